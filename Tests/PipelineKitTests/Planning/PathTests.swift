import FileTesting
import Foundation
import PipelineKit
import PipelineTesting
import Testing

@Suite struct PathTests {
  let bench: Bench
  let outside: TemporaryFolder
  init() throws {
    bench = try Bench.planning()
    outside = try TemporaryFolder()
    try bench.write("1", to: "n.json")
    try bench.write("1", to: "sub/n.json")
    try Data("2".utf8).write(to: outside["n.json"])
    try FileManager.default.createSymbolicLink(
      at: bench.folder.appending(path: "link"), withDestinationURL: outside.url)
    try FileManager.default.createSymbolicLink(
      at: bench.folder.appending(path: "file-link.json"), withDestinationURL: outside["n.json"])
  }

  private func load(_ path: String, params: String = "{}") -> String {
    text(#""a": {"use": "number.load", "set": {"path": \#(path)}}"#, last: "a", params: params)
  }

  @Test(
    "a document reads beside itself",
    arguments: ["n.json", "./n.json", "sub/n.json", "sub/../n.json", "none/../n.json"])
  func inside(path: String) throws {
    #expect(try bench.faults(load("\"\(path)\"")).isEmpty)
    #expect(try bench.faults(load("\"\(bench.folder.systemPath)\(path)\"")).isEmpty)
  }

  @Test(
    "and nowhere else, by no way",
    arguments: [
      "../n.json", "sub/../../n.json", "/etc/passwd", "~/n.json", "~", "link/n.json",
      "file-link.json", "link/none/n.json",
      "..", ".", "sub/..", "link/../../n.json", "/proc/self/root/etc/passwd",
    ])
  func outside(path: String) throws {
    let found = try bench.faults(load("\"\(path)\""))
    #expect(
      found.messages == [
        "'\(path)' lies outside the document's folder; the caller may allow it with --allow-path FOLDER"
      ])
    #expect(throws: InvalidDocument.self) {
      try Planner(registry: bench.registry).validate(bench.document(load("\"\(path)\"")), bench.request())
    }
  }

  @Test("a name that begins with ~ is a name", arguments: ["~n.json", "~sub/n.json"])
  func tilde(path: String) throws {
    let file = bench.folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("3".utf8).write(to: file)
    #expect(try bench.faults(load("\"\(path)\"")).isEmpty)
  }

  @Test("a pipe is refused without waiting for who writes into it")
  func pipe() throws {
    #expect(mkfifo(bench.folder.appending(path: "pipe").path(percentEncoded: false), 0o600) == 0)
    #expect(
      try bench.faults(load("\"pipe\"")).messages == [
        "cannot read 'pipe': it is no ordinary file"
      ])
  }

  @Test("paths are compared by their bytes: a name that only looks like the folder's is another")
  func bytes() throws {
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
    for (folder, other) in [(composed, decomposed), (decomposed, composed)] {
      try bench.write("1", to: "\(folder)/n.json")
      try bench.write("2", to: "\(other)/n.json")
      let document = try PipelineDocument(
        JSONParser.parse(Data(load("\"../\(other)/n.json\"").utf8), file: "d.json"),
        folder: bench.folder.appending(path: folder, directoryHint: .isDirectory))
      #expect(throws: InvalidDocument.self) {
        try Planner(registry: bench.registry).plan(document, bench.request())
      }
    }
  }

  @Test("a link that leads nowhere yet leads nowhere")
  func danglingLink() throws {
    try FileManager.default.createSymbolicLink(
      at: bench.folder.appending(path: "later.json"), withDestinationURL: outside["later.json"])
    #expect(try bench.faults(load("\"later.json\"")).messages.first?.contains("lies outside") == true)
  }

  @Test("a link's .. does not lead out: the path means what it says")
  func dotsBehindLink() throws {
    try Data("3".utf8).write(to: outside.url.deletingLastPathComponent().appending(path: "n.json"))
    defer {
      try? FileManager.default.removeItem(
        at: outside.url.deletingLastPathComponent().appending(path: "n.json"))
    }
    for path in ["link/../n.json", "\(bench.folder.systemPath)link/../n.json"] {
      let plan = try bench.plan(load("\"\(path)\""))
      #expect(
        plan.step("a")?.components["/stages/a/set/path"] == [
          "sha256": .string(ContentDigest(of: Data("1".utf8)).description)
        ])
    }
  }

  @Test("what the caller allows is allowed")
  func allowed() throws {
    #expect(try bench.faults(load("\"link/n.json\"")) { $0.permissions.folders = [outside.url] }.isEmpty)
    #expect(
      try bench.faults(load("\"\(outside["n.json"].systemPath)\"")) { $0.permissions.folders = [outside.url] }
        .isEmpty)
  }

  @Test("the caller's own paths are free, and start from where the caller is")
  func callers() throws {
    let document = load(#"{"$param": "p"}"#, params: #"{"p": {"type": "path", "default": "../x"}}"#)
    #expect(try bench.faults(document).count == 1)
    for path in ["n.json", outside["n.json"].systemPath, "link/n.json"] {
      #expect(try bench.faults(document) { $0.params = ["p": .text(path)] }.isEmpty)
    }
    #expect(
      try bench.faults(load("\"../x\"")) {
        $0.settings = ["a": ["path": .text(outside["n.json"].systemPath)]]
      }.isEmpty)
    let elsewhere = try bench.plan(document) {
      $0.params = ["p": .text("n.json")]
      $0.workingFolder = outside.url
    }
    #expect(
      elsewhere.step("a")?.components["/stages/a/set/path"] == [
        "sha256": .string(ContentDigest(of: Data("2".utf8)).description)
      ])
  }

  @Test("a param of another type never gains a path's rights", arguments: ["string", "any"])
  func laundering(type: String) throws {
    let document = load(#"{"$param": "p"}"#, params: #"{"p": {"type": "\#(type)"}}"#)
    let found = try bench.faults(document) { $0.params = ["p": .text(outside["n.json"].systemPath)] }
    #expect(found.count == 1)
    #expect(found.first?.message.contains("lies outside the document's folder") == true)
  }

  @Test("a path cannot stand where text or any value is taken")
  func pathElsewhere() throws {
    let found = try bench.faults(
      text(
        #""a": {"use": "test.everything", "set": {"text": {"$param": "p"}, "any": [{"$param": "p"}]}}"#,
        last: "a",
        params: #"{"p": {"type": "path", "default": "n.json"}}"#))
    #expect(
      found.messages == [
        "the param 'p' is the path of a file", "a list of 1 is not any JSON value but a path",
      ])
  }

  @Test("files that are not there, and folders, are said")
  func unreadable() throws {
    #expect(try bench.faults(load("\"none.json\"")).messages == ["cannot read 'none.json': no such file"])
    #expect(try bench.faults(load("\"sub\"")).messages == ["cannot read 'sub': it is a folder"])
    #expect(
      try bench.faults(load(#""a\u0000b""#)).messages == ["\"a\u{0}b\" is not the path of a file to read"])
    #expect(throws: Never.self) {
      try Planner(registry: bench.registry).validate(bench.document(load("\"none.json\"")), bench.request())
    }
  }

  private func save(_ path: String) -> String {
    text(
      #""c": {"use": "number.constant"}, "s": {"use": "number.save", "in": {"number": "c.number"}, "set": {"path": "\#(path)"}}"#
    )
  }

  @Test(
    "a document writes into the output folder and nowhere else",
    arguments: [
      ("x.json", true), ("a/b.json", true), ("../x.json", false), ("/tmp/x.json", false), ("~/x.json", false),
      ("in/x.json", false),
    ])
  func outputs(path: String, isAllowed: Bool) async throws {
    try FileManager.default.createDirectory(at: bench.outputFolder, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: bench.outputFolder.appending(path: "in"), withDestinationURL: bench.folder)
    #expect(try bench.faults(save(path)).isEmpty == isAllowed)
    guard isAllowed else { return }
    #expect(try await bench.run(save(path)).error == nil)
    #expect(bench.output(path) == "[1,8]")
  }

  @Test("the caller's own destination is free")
  func callersOutput() async throws {
    let run = try await bench.run(
      save("x.json"), asking: { $0.settings = ["s": ["path": .text(outside["y.json"].systemPath)]] })
    #expect(run.error == nil)
    #expect(try outside.names == ["n.json", "y.json"])
  }

  @Test("two stages may not write one file", arguments: ["x.json", "./x.json", "a/../x.json"])
  func oneWriter(path: String) throws {
    let found = try bench.faults(
      text(
        #""c": {"use": "number.constant"}, "s": {"use": "number.save", "in": {"number": "c.number"}, "set": {"path": "x.json"}}, "t": {"use": "number.save", "in": {"number": "c.number"}, "set": {"path": "\#(path)"}}"#
      ))
    #expect(found.messages == ["'\(path)' is written by 's' too"])
  }
}
