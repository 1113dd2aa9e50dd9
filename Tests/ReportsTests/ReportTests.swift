import Experiments
import FileTesting
import Foundation
import Foundations
import Imaging
import PipelineKit
import Testing

@testable import Reports

@Suite("reports")
struct ReportTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// Writes a picture of one colour, and tells of it.
  private func picture(_ name: String, level: UInt8, width: Int = 40, height: Int = 24) throws
    -> RowRecord.File
  {
    let url = folder[name]
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Image(
      pixels: [UInt8](repeating: level, count: width * height * 3), width: width, height: height, bands: 3
    )
    .write(to: url.path(percentEncoded: false))
    let size = try #require(try url.resourceValues(forKeys: [.fileSizeKey]).fileSize)
    return RowRecord.File(path: name, bytes: size, digest: try ContentDigest(ofFile: url).description)
  }

  private func record(_ name: String, _ number: Int, _ values: [String: String], level: UInt8? = nil) throws
    -> RowRecord
  {
    var record = RowRecord(
      key: ContentDigest(of: Data(name.utf8)), name: name, number: number, values: values)
    if let level { record.files["picture"] = try picture("\(number)/picture.png", level: level) }
    record.measures = ["seam": .number(Double(number) / 4)]
    record.seconds = 1.5
    record.stages = [
      "paint": RowRecord.Stage(seconds: 1.25, peakBytes: 3_000_000, isCached: false, isShared: true)
    ]
    return record
  }

  private func write(_ records: [RowRecord], axes: JSONValue = [], more: [String: JSONValue] = [:]) throws {
    let manifest = ["rows": JSONValue(records.count), "axes": axes].merging(more) { $1 }
    try Data(JSONWriter.canonical(.object(manifest))).write(to: folder["experiment.json"])
    let lines = records.map { String(decoding: JSONWriter.canonical($0.json), as: UTF8.self) + "\n" }
    // A record's line begins with its key and time.
    try Data(
      lines.map { line in
        let json = try JSONValue(parsing: line)
        let rest = (json.object ?? [:]).filter { !["key", "time"].contains($0.key) }
        let tail = String(decoding: JSONWriter.canonical(.object(rest)), as: UTF8.self).dropFirst()
        return "{\"key\":\"\(json["key"]?.string ?? "")\",\"time\":1,\(tail)\n"
      }.joined().utf8
    ).write(to: folder["results.jsonl"])
  }

  /// What `report.js` reads in a page.
  private func data(of page: String) throws -> JSONValue {
    let start = try #require(page.range(of: "<script type=\"application/json\" id=\"data\">"))
    let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
    return try JSONValue(parsing: String(page[start.upperBound..<end.lowerBound]))
  }

  private func page(_ change: (inout Report) -> Void = { _ in }, at name: String = "report.html") async throws
    -> String
  {
    var report = try Report(of: folder.url)
    change(&report)
    try await report.write(to: folder[name])
    return try String(contentsOf: folder[name], encoding: .utf8)
  }

  @Test("hold what was recorded: values, measures, times, errors, pictures and how to make them again")
  func content() async throws {
    var failed = try record("c", 2, ["guidance": "10", "seed": "1"])
    failed.error = "stage 'paint' failed: no"
    let axes: JSONValue = [["seed": ["1"]], ["guidance": ["2", "5", "10"]]]
    let command: JSONValue = ["pipeline-run", "batch", "a b.json"]
    try write(
      [
        record("a", 0, ["guidance": "5", "seed": "1"], level: 10),
        record("b", 1, ["guidance": "2", "seed": "1"], level: 200), failed,
      ], axes: axes, more: ["rows": 4, "command": command, "fixed": ["param:steps": "8"]])
    let data = try data(of: await page())
    #expect(data["counts"] == ["rows": 4, "done": 2, "failed": 1, "left": 1])
    // Axes in their order, numbers by size.
    #expect(
      data["names"] == [
        ["name": "seed", "values": ["1"]], ["name": "guidance", "values": ["2", "5", "10"]],
      ])
    #expect(data["measures"] == ["seam"] && data["outputs"] == ["picture"])
    #expect(data["fixed"] == ["param:steps": "8"] && data["command"] == "pipeline-run batch 'a b.json'")
    let rows = try #require(data["rows"]?.array)
    #expect(
      rows.map { $0["name"] } == ["a", "b", "c"] && rows.map { $0["status"] } == ["done", "done", "failed"])
    #expect(rows[2]["error"] == "stage 'paint' failed: no" && rows[2]["outputs"] == [])
    #expect(rows[1]["measures"] == ["seam": 0.25] && rows[1]["seconds"] == 1.5)
    #expect(rows[1]["stages"] == ["paint": [1.25, 3_000_000, false, true]])
    let output = try #require(rows[1]["outputs"]?.array?.first)
    #expect(output["file"] == "./1/picture.png" && output["width"] == 40 && output["height"] == 24)
    let pictures = try #require(data["pictures"]?.array)
    let index = try #require(output["thumbnail"]?.integer)
    let uri = try #require(pictures[index].string)
    let prefix = "data:image/jpeg;base64,"
    #expect(uri.hasPrefix(prefix))
    try #require(Data(base64Encoded: String(uri.dropFirst(prefix.count)))).write(to: folder["thumbnail.jpg"])
    let thumbnail = try Image.load(from: folder["thumbnail.jpg"].path(percentEncoded: false))
    let middle = try thumbnail.pixel(x: 20, y: 12)[0]
    #expect(thumbnail.width == 40 && abs(middle - 200) < 3)
  }

  @Test("are the same bytes for the same results")
  func deterministic() async throws {
    try write([record("a", 0, ["x": "1"], level: 10), record("b", 1, ["x": "2"], level: 20)])
    let (first, second) = (try await page(), try await page(at: "again.html"))
    #expect(first == second)
  }

  @Test("show names as text, whatever they hold")
  func hostile() async throws {
    let name = "</script><script>alert(1)</script><!--"
    var hostile = try record(name, 0, ["\"><img src=x onerror=alert(1)>": "'\u{2028}\u{202E}"], level: 7)
    hostile.error = name
    try write([hostile], more: ["pipeline": .string(name)])
    let page = try await page()
    #expect(
      page.components(separatedBy: "<script").count == 4
        && page.components(separatedBy: "</script").count == 4)
    #expect(!page.contains("<!--") && !page.contains("<img src=x"))
    #expect(try data(of: page)["rows"]?.array?.first?["name"] == .string(name))
  }

  @Test("link pictures from where the page lies, as paths and nothing else")
  func links() async throws {
    var record = try record("a", 0, [:])
    record.files["picture"] = try picture("javascript:alert(1)/a #?%.png", level: 1)
    try write([record])
    try FileManager.default.createDirectory(at: folder["pages"], withIntermediateDirectories: true)
    let output = try data(of: await page(at: "pages/report.html"))["rows"]?.array?.first?["outputs"]?.array?
      .first
    #expect(output?["file"] == "./../javascript%3Aalert%281%29/a%20%23%3F%25.png")
    #expect(output?["path"] == "../javascript:alert(1)/a #?%.png")
  }

  @Test("hold the pictures themselves where that is asked for, each once")
  func embedded() async throws {
    try write((0..<3).map { try record("row \($0)", $0, ["x": "\($0)"], level: $0 == 2 ? 9 : 8) })
    let linked = try data(of: await page())
    // Two rows have the same picture.
    #expect(linked["pictures"]?.array?.count == 2)
    let data = try data(of: await page { $0.options.embedsPictures = true })
    #expect(data["pictures"]?.array?.count == 4)
    let output = try #require(data["rows"]?.array?[2]["outputs"]?.array?.first)
    let index = try #require(output["full"]?.integer)
    let whole = try #require(data["pictures"]?.array?[index].string)
    let bytes = try Data(contentsOf: folder["2/picture.png"])
    #expect(whole == "data:image/png;base64," + bytes.base64EncodedString())
  }

  @Test("of thousands of rows stay small")
  func many() async throws {
    let file = try picture("picture.png", level: 100, width: 8, height: 8)
    let records = try (0..<2000).map { number in
      var record = try record("row \(number)", number, ["x": "\(number % 40)", "y": "\(number / 40)"])
      record.files["picture"] = file
      return record
    }
    try write(records)
    let page = try await page()
    #expect(try data(of: page)["rows"]?.array?.count == 2000)
    #expect(page.utf8.count < 2_000_000)
  }

  @Test("of a folder without results say so, and pictures that cannot be read are left out")
  func nothing() async throws {
    let none = #expect(throws: Report.Nothing.self) { try Report(of: folder.url) }
    #expect(none?.description.contains("neither results of a batch nor pictures") == true)
    var record = try record("a", 0, [:])
    try Data("no picture".utf8).write(to: folder["broken.png"])
    record.files["picture"] = RowRecord.File(path: "broken.png", bytes: 10, digest: "0")
    try write([record])
    #expect(try data(of: await page())["rows"]?.array?.first?["outputs"] == [])
  }
}
