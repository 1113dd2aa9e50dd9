public import Experiments
public import Foundation
import Foundations
import Imaging
public import PipelineKit
import Stages
import Synchronization

/// The record of a single run, as a batch keeps one of each row.
public final class RunRecord: Sendable {
  private let state: Mutex<RowRecord>
  private let start = ContinuousClock.now
  private let folder: URL

  /// - Parameters:
  ///   - plan: what is run.
  ///   - name: what the result is called.
  ///   - folder: where its outputs go.
  public init(_ plan: Plan, named name: String, in folder: URL, versions: [String: String]) {
    self.folder = folder
    var record = RowRecord(key: plan.fingerprint, name: name, number: 0)
    record.versions = versions
    state = Mutex(record)
  }

  /// Notes what happens.
  public func note(_ event: Event) {
    switch event {
    case .finished(let step, let result):
      state.withLock {
        $0.stages[step] = RowRecord.Stage(
          seconds: result.seconds, peakBytes: result.peakBytes, isCached: result.wasCached, isShared: false)
      }
    case .delivered(let step, let delivery):
      // What went to standard output is no file.
      guard let digest = try? ContentDigest(ofFile: URL(filePath: delivery.place)) else { return }
      state.withLock {
        $0.files[RowRecord.name(ofOutput: step)] = RowRecord.File(
          path: delivery.place, bytes: delivery.bytes, digest: digest.description)
      }
    case .failed(_, let message): state.withLock { $0.error = $0.error ?? message }
    default: break
    }
  }

  /// What the run came to.
  public func end() -> RowRecord {
    var record = state.withLock { $0 }
    record.seconds = start.duration(to: .now) / .seconds(1)
    record.measures = Self.measures(record.files, in: folder)
    return record
  }

  /// A record for each picture in a folder that carries how it came to be.
  static func records(of folder: URL) -> [RowRecord] {
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
    let pictures = names.sorted().filter { name in
      name.lowercased().hasSuffix(".png") && provenance(of: folder.appending(path: name)) != nil
    }
    return pictures.enumerated().compactMap { index, name in
      let url = folder.appending(path: name)
      guard let digest = try? ContentDigest(ofFile: url),
        let size = try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize
      else { return nil }
      var record = RowRecord(key: digest, name: String(name.dropLast(4)), number: index)
      record.files["picture"] = RowRecord.File(path: name, bytes: size, digest: digest.description)
      record.versions = provenance(of: url)?.environment ?? [:]
      return record
    }
  }

  /// How a picture came to be; nil for files that do not say.
  static func provenance(of file: URL) -> Provenance? {
    guard file.pathExtension.lowercased() == "png",
      let text = try? PNGFile(path: file.path(percentEncoded: false)).texts.first(where: {
        $0.keyword == StandardStages.provenanceKeyword
      })?.text
    else { return nil }
    return (try? JSONValue(parsing: text)).flatMap(Provenance.init(json:))
  }

  /// Every number in the reports among the files, by output and members: `change.outside.changed`.
  private static func measures(_ files: [String: RowRecord.File], in folder: URL) -> [String: JSONValue] {
    var measures: [String: JSONValue] = [:]
    func collect(_ value: JSONValue, _ name: String) {
      if value.number != nil { measures[name] = value }
      for (key, member) in value.object ?? [:] { collect(member, "\(name).\(key)") }
    }
    for (name, file) in files where file.path.hasSuffix(".json") {
      guard let report = try? JSONValue(parsing: Data(contentsOf: file.url(in: folder))) else { continue }
      collect(report, name)
    }
    return measures
  }
}
