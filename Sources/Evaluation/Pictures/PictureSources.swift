import Experiments
import Foundation
import Reports

/// What a set's pictures were made of: the exemplar that each shows, and where it was painted.
package struct PictureSources: Sendable {
  /// What the pipeline calls the exemplar, or a path in which {name} is the picture's name without its ending.
  package var exemplar = "exemplar"
  /// What the pipeline calls the mask, or such a path.
  package var mask = "mask"

  /// The pipeline's own names for both.
  package init() {}

  /// What a stage measures of a set, and what of it cannot be measured, with the reason.
  ///
  /// - Throws: ``EvaluationFault`` where no input has several results, and pairs of them are meant.
  func subjects(_ kind: Subjects, of set: PictureSet) throws(EvaluationFault) -> (
    [Subject], skipped: [PictureSet.Skipped]
  ) {
    var (subjects, skipped): ([Subject], [PictureSet.Skipped]) = ([], [])
    func add(
      _ pictures: [Int], _ name: String,
      _ files: (PictureSet.Picture) throws(EvaluationFault) -> [String: String]
    ) {
      do throws(EvaluationFault) {
        subjects.append(Subject(pictures: pictures, name: name, files: try files(set.pictures[pictures[0]])))
      } catch {
        skipped.append(.init(name: name, reason: error.description))
      }
    }
    switch kind {
    case .pictures:
      for (index, picture) in set.pictures.enumerated() {
        add([index], picture.name) { picture throws(EvaluationFault) in
          [
            "image": Self.path(picture.file), "mask": try file(mask, "mask", of: picture, in: set),
            "exemplar": try file(exemplar, "exemplar", of: picture, in: set),
          ]
        }
      }
    case .pairsOfOneInput:
      let groups = Dictionary(grouping: set.pictures.indices) { set.pictures[$0].group }.values
      let several = groups.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
      guard !several.isEmpty else { throw InputMeans.noSeveral }
      for group in several {
        for (place, first) in group.enumerated() {
          for second in group[(place + 1)...] {
            let (before, after) = (set.pictures[first], set.pictures[second])
            add([first, second], "\(before.name) and \(after.name)") { picture throws(EvaluationFault) in
              [
                "before": Self.path(before.file), "after": Self.path(after.file),
                "mask": try file(mask, "mask", of: picture, in: set),
              ]
            }
          }
        }
      }
    }
    return (subjects, skipped)
  }

  private static func path(_ file: URL) -> String { file.path(percentEncoded: false) }

  private func file(
    _ source: String, _ kind: String, of picture: PictureSet.Picture, in set: PictureSet
  ) throws(EvaluationFault) -> String {
    guard source.contains("{name}") else {
      guard let (record, results) = set.record(of: picture) else {
        throw EvaluationFault(
          "its \(kind) is not known: name the files with --\(kind) 'FOLDER/{name}.png'")
      }
      let known = SourcePictures.of(record, in: results)
      if let found = known.first(where: { $0.name == source }) { return Self.path(found.file) }
      throw EvaluationFault(
        "its \(kind) is not known: of what it was made of, \(known.map(\.name).joined(separator: ", ")) is still there; "
          + "name one with --\(kind), or its file as 'FOLDER/{name}.png'")
    }
    let name = picture.file.deletingPathExtension().lastPathComponent
    let path = source.replacing("{name}", with: set.record(of: picture)?.0.name ?? name)
    guard FileManager.default.fileExists(atPath: path) else {
      throw EvaluationFault("its \(kind) is not there: \(path)")
    }
    return URL(filePath: path).absoluteURL.path(percentEncoded: false)
  }
}
