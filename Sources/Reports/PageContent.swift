import Experiments
import Foundation
import Foundations
import Imaging
import PipelineKit
import Stages

/// What `report.js` reads, made of records and the files that they name.
struct PageContent {
  private let report: Report
  private let page: URL
  private var pictures: PicturePool
  /// The graph of the first picture that carries its pipeline.
  private(set) var graph: PlanGraph?

  init(_ report: Report, page: URL) {
    (self.report, self.page) = (report, page.absoluteURL)
    pictures = PicturePool(thumbnail: report.options.thumbnail)
  }

  /// - Throws: `CancellationError`.
  mutating func json() throws -> JSONValue {
    let names = report.names
    var rows: [JSONValue] = []
    var outputs: Set<String> = []
    for record in report.records {
      try Task.checkCancellation()
      let shown = self.outputs(of: record)
      outputs.formUnion(shown.compactMap { $0["name"]?.string })
      rows.append(row(record, shown))
    }
    let (done, failed) = (
      report.records.count(where: \.isDone), report.records.count { $0.error != nil }
    )
    let count = max(report.manifest["rows"]?.integer ?? 0, report.records.count)
    var members: [String: JSONValue] = [
      "title": .string(report.title), "pipeline": report.manifest["pipeline"] ?? .null,
      "counts": [
        "rows": JSONValue(count), "done": JSONValue(done), "failed": JSONValue(failed),
        "left": JSONValue(count - done - failed),
      ],
      "names": .array(
        names.map { ["name": .string($0.name), "values": .array($0.values.map { .string($0) })] }),
      "measures": .array(
        Set(report.records.flatMap(\.measures.keys)).sorted().map { .string($0) }),
      "outputs": .array(
        outputs.sorted(by: Self.pictureFirst).map { .string($0) }),
      "fixed": report.manifest["fixed"] ?? [:],
      "versions": .object(
        report.records.reduce(into: [:]) { $0.merge($1.versions) { $1 } }.mapValues { .string($0) }),
      "rows": .array(rows), "pictures": .array(pictures.all.map { .string($0) }),
    ]
    if let command = report.manifest["command"]?.array?.compactMap(\.string), !command.isEmpty {
      members["command"] = .string(command.map(Shell.quoted).joined(separator: " "))
    }
    return .object(members)
  }

  private mutating func row(_ record: RowRecord, _ outputs: [JSONValue]) -> JSONValue {
    let provenance = provenance(of: record)
    if graph == nil, let document = provenance?.document.pipeline { graph = PlanGraph(flat: document) }
    var members: [String: JSONValue] = [
      "name": .string(record.name), "row": JSONValue(record.number),
      "status": record.error == nil ? "done" : "failed",
      "values": .object(record.values.mapValues { .string($0) }), "measures": .object(record.measures),
      "seconds": .number(record.seconds), "outputs": .array(outputs),
      "inputs": .array(provenance.map { inputs(of: $0.document, beside: $0.file) } ?? []),
      "stages": .object(
        record.stages.mapValues { stage in
          [
            .number(stage.seconds), stage.peakBytes.map { JSONValue($0) } ?? .null, .bool(stage.isCached),
            .bool(stage.isShared),
          ]
        }),
    ]
    if let error = record.error { members["error"] = .string(error) }
    if let file = provenance?.file {
      members["command"] = .string("pipeline-run replay " + Shell.quoted(path(to: file)))
    }
    return .object(members)
  }

  /// The pictures among a row's files.
  private mutating func outputs(of record: RowRecord) -> [JSONValue] {
    record.files.sorted { $0.key < $1.key }.compactMap { name, file in
      let url = file.url(in: report.folder)
      guard let format = try? ImageFormat(path: file.path), format != .vips,
        let thumbnail = pictures.thumbnail(of: url, digest: file.digest)
      else { return nil }
      var members = thumbnail.json
      members["name"] = .string(name)
      members["path"] = .string(path(to: url))
      members["file"] = .string(link(to: url))
      if report.options.embedsPictures, let whole = pictures.whole(url, format, digest: file.digest) {
        members["full"] = JSONValue(whole)
      }
      return .object(members)
    }
  }

  /// The pictures that a result was made of, as far as they are found.
  private mutating func inputs(of provenance: Provenance, beside picture: URL) -> [JSONValue] {
    let search = SourcePictures.search(report.manifest, beside: picture)
    return SourcePictures.files(of: provenance).compactMap { name, file in
      guard let url = pictures.place(file.digest, { search.find(file.path, digest: file.digest) }),
        let thumbnail = pictures.thumbnail(of: url, digest: file.digest)
      else { return nil }
      var members = thumbnail.json
      members["name"] = .string(name)
      if let large = pictures.large(url, digest: file.digest) { members["full"] = JSONValue(large) }
      return .object(members)
    }
  }

  private func provenance(of record: RowRecord) -> (file: URL, document: Provenance)? {
    record.files.sorted { Self.pictureFirst($0.key, $1.key) }.lazy.compactMap {
      let url = $0.value.url(in: report.folder)
      return RunRecord.provenance(of: url).map { (url, $0) }
    }.first
  }

  /// By name, but what pipelines call their result before all else.
  private static func pictureFirst(_ one: String, _ other: String) -> Bool {
    one == "picture" || other == "picture" ? one == "picture" && other != "picture" : one < other
  }

  // MARK: Paths

  /// A file's path from the page's folder.
  private func path(to file: URL) -> String {
    let (from, to) = (
      page.deletingLastPathComponent().standardizedFileURL.pathComponents,
      file.standardizedFileURL.pathComponents
    )
    let common = zip(from, to).prefix { $0 == $1 }.count
    return (Array(repeating: "..", count: from.count - common) + to[common...]).joined(separator: "/")
  }

  /// The same as a link, which no name turns into anything but a path.
  private func link(to file: URL) -> String {
    "./"
      + path(to: file).split(separator: "/").map {
        $0.addingPercentEncoding(
          withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~")))
          ?? String($0)
      }.joined(separator: "/")
  }
}

extension Provenance {
  /// The document that the picture was made by.
  fileprivate var pipeline: PipelineDocument? {
    try? PipelineDocument(
      JSONParser.parse(Data(JSONWriter.pretty(document).utf8), file: "provenance"),
      folder: .currentDirectory())
  }
}

/// Text on a command line.
enum Shell {
  /// Quoted where a shell would read anything else.
  static func quoted(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_./=:,@+%".unicodeScalars.contains($0))
      }
    return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
