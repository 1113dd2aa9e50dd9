import Foundation
import Imaging
import Testing

@Suite("what the command refuses")
struct RefusalTests {
  @Test("every fault of a document is said at once, with its place and the nearest name; nothing runs")
  func faults() async throws {
    let place = try Workplace()
    try place.furnish()
    let faulty = Workplace.document.replacing("image.blend", with: "image.blnd").replacing(
      "\"minimum\": 0", with: "\"minimun\": 0"
    )
    .replacing("object.image", with: "objekt.image")
    try place.write("faulty.json", faulty)
    let run = try await place.run("faulty.json")
    #expect(run.code == 3)
    #expect(run.errors.contains("did you mean 'minimum'?"), "\(run.errors)")
    try place.write("faulty.json", faulty.replacing("\"minimun\": 0", with: "\"minimum\": 0"))
    let second = try await place.run("faulty.json")
    #expect(
      second.errors.contains("faulty.json:9:") && second.errors.contains("did you mean 'object.image'?"))
    #expect(second.errors.contains("did you mean 'image.blend'?") && !place.exists("out"))
  }

  @Test(
    "wrong words on the command line are usage faults",
    arguments: [
      ["--bogus"], [], ["paste.json", "--param", "photo"], ["stages", "image.blnd"],
      ["graph", "paste.json", "--as", "gif"],
      ["paste.json", "--param", "feather=1", "--param", "feather=2"],
      ["batch", "paste.json", "--input", "a=b", "--input", "a=b"],
    ])
  func usage(_ arguments: [String]) async throws {
    let place = try Workplace()
    try place.furnish()
    #expect(try await place.run(arguments).code == 2)
  }

  @Test(
    "a word that is no command is told the nearest one",
    arguments: [
      (["pln", "paste.json"], "did you mean 'pipeline-run plan'?"),
      (["batch", "stauts", "out"], "did you mean 'pipeline-run batch status'?"),
      (["models", "lst"], "did you mean 'pipeline-run models list'?"),
      (["xyzzy"], "the commands are run, batch,"),
    ])
  func commands(_ arguments: [String], _ advice: String) async throws {
    let place = try Workplace()
    let run = try await place.run(arguments)
    #expect(run.code == 2 && run.errors.contains(advice), "\(run.errors)")
    // Not where it is a file.
    try place.write("xyzzy", Workplace.document)
    #expect(try await place.run("xyzzy").code != 2)
  }

  @Test(
    "a document's paths stay beside it and in the output folder, unless the caller allows more",
    arguments: [
      "../secret.png", "/etc/hostname", "link/secret.png",
    ])
  func paths(_ path: String) async throws {
    let place = try Workplace()
    try place.furnish()
    let inner = place.folder.appending(path: "inner")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: place.path("scene.png"), toPath: place.path("secret.png"))
    try FileManager.default.createSymbolicLink(
      atPath: place.path("inner/link"), withDestinationPath: place.folder.path)
    try place.write(
      "inner/d.json",
      """
      { "formatVersion": 1, "stages": {"a": {"use": "image.load", "set": {"path": "\(path)"}}}, "outputs": {"p": "a.image"} }
      """)
    let run = try await place.run("inner/d.json")
    #expect(run.code == 3 && run.errors.contains("lies outside"), "\(run.errors)")
    guard path != "/etc/hostname" else { return }
    #expect(try await place.run("inner/d.json", "--allow-path", ".").code == 0)
  }

  @Test("no command runs without permission")
  func exec() async throws {
    let place = try Workplace()
    try place.write(
      "exec.json",
      """
      { "formatVersion": 1, "stages": {"a": {"use": "exec", "set": {"command": ["touch", "{out:image}"]}}},
        "outputs": {"p": "a.image"} }
      """)
    let run = try await place.run("exec.json")
    #expect(run.code == 4 && run.errors.contains("--allow-exec"))
  }

  /// Files that are no pictures, and a word of what is said of them.
  static let badFiles: [(String, String)] = [
    ("empty", "is empty"), ("text", "is not a picture"), ("truncated", "is cut short"),
    ("corrupt", "is damaged"),
    ("no end", "IEND"), ("jpeg", "is cut short"),
  ]

  @Test("a damaged picture is named with its fault, and the earlier result stays", arguments: badFiles)
  func badPicture(_ kind: String, _ words: String) async throws {
    let place = try Workplace()
    try place.furnish()
    _ = try await place.run("paste.json")
    let before = try place.read("out/result.png")
    let good = [UInt8](try place.read("scene.png"))
    var bad: [UInt8] = []
    switch kind {
    case "text": bad = Array("hello".utf8)
    case "truncated": bad = Array(good.prefix(good.count / 2))
    case "no end": bad = Array(good.dropLast(12))
    case "corrupt":
      bad = good
      bad[good.count / 2] ^= 0x55
    case "jpeg":
      let noise = try Vips.image("gaussnoise", ["width": 200, "height": 200, "mean": 128]).cast(to: .uint8)
      let jpeg = try noise.encoded(as: .jpeg)
      bad = Array(jpeg.prefix(jpeg.count / 2))
    default: break
    }
    try place.write("bad.png", bad)
    let run = try await place.run("paste.json", "--param", "photo=bad.png")
    #expect(run.code == 4 && run.errors.contains(words) && run.errors.contains("bad.png"), "\(run.errors)")
    #expect(run.errors.contains("stage 'scene' (image.load) failed"))
    #expect(try place.read("out/result.png") == before)
  }

  @Test("masks of another size, empty masks, folders, missing files and NaN are refused in the user's words")
  func misfits() async throws {
    let place = try Workplace()
    try place.furnish()
    try place.mask(width: 20, height: 20).write(to: place.path("small.png"))
    try Image.filled(width: 48, height: 32, colour: [0]).write(to: place.path("black.png"))
    try FileManager.default.createDirectory(
      atPath: place.path("folder.png"), withIntermediateDirectories: true)
    for (option, code, words) in [
      ("--param=hole=small.png", 4, "is 20×20, the picture 48×32"), ("--param=hole=black.png", 4, "is empty"),
      ("--param=photo=folder.png", 3, "it is a folder"), ("--param=photo=nowhere.png", 3, "no such file"),
      ("--param=feather=nan", 3, "is not a number"), ("--set=blend.mode=hrad", 3, "did you mean 'hard'?"),
    ] {
      let run = try await place.run("paste.json", option)
      #expect(run.code == Int32(code) && run.errors.contains(words), "\(option): \(run.errors)")
    }
  }

  @Test(
    "where nobody reads on, or nothing can be written, that is said and nothing crashes",
    arguments: [
      (#""$0" stages > /dev/full"#, 75, "cannot write standard output: no space left"),
      (#""$0" --help > /dev/full"#, 75, "cannot write standard output: no space left"),
      // More than a buffer holds, so that the first failure is not the last one.
      (#""$0" schema > /dev/full"#, 75, "cannot write standard output: no space left"),
      (
        #""$0" --generate-completion-script bash > /dev/full"#, 75,
        "cannot write standard output: no space left"
      ),
      (#""$0" paste.json --json > /dev/full"#, 75, "cannot write standard output: no space left"),
      (
        #""$0" paste.json --param out=- --quiet > /dev/full"#, 75,
        "cannot write standard output: no space left"
      ),
      (
        #"{ "$0" paste.json --param out=- --quiet; echo "code $?" >&2; } | true"#, 0,
        "nobody reads it any more\n  with image: 48×32 srgb, 8 bit\ncode 4"
      ),
      (#""$0" paste.json 2> /dev/full"#, 0, ""),
      (#""$0" paste.json --out scene.png/out"#, 4, "a part of its path is no folder"),
      (#""$0" paste.json --cache scene.png/cache"#, 2, "name another folder with --cache"),
      (#"printf '' | "$0" paste.json --param photo=-"#, 4, "standard input is empty"),
      (#"cat paste.json | "$0" - --param photo=-"#, 3, "standard input is the document already"),
    ])
  func broken(_ line: String, _ code: Int, _ words: String) async throws {
    let place = try Workplace()
    try place.furnish()
    let run = try await place.shell(line)
    #expect(run.code == Int32(code), "\(run.code) \(run.errors)")
    #expect(words.isEmpty || run.errors.contains(words), "\(run.errors)")
    #expect(!run.errors.contains("Fatal error") && !run.errors.contains("NSCocoaErrorDomain"))
  }

  @Test(
    "who reads no further than the first lines makes no error",
    arguments: [
      "--help", "--version", "stages", "schema", "resolve paste.json", "plan paste.json --json",
      "--generate-completion-script bash", "paste.json --json", "models list", "cache info",
    ])
  func enough(_ command: String) async throws {
    let place = try Workplace()
    try place.furnish()
    let run = try await place.shell(#"{ "$0" \#(command); echo "code $?" >&2; } | true"#)
    #expect(run.errors.hasSuffix("code 0\n") && !run.errors.contains("error"), "\(run.errors)")
  }

  @Test("a picture of 400 megapixels in a few hundred kilobytes is refused from its header")
  func bomb() async throws {
    let place = try Workplace()
    try place.furnish()
    try Image.filled(width: 20_000, height: 20_000, colour: [0])
      .write(to: place.path("bomb.png"), options: SaveOptions(compression: 9))
    let run = try await place.run("paste.json", "--param", "photo=bomb.png")
    #expect(run.code == 4 && run.errors.contains("20000×20000"), "\(run.errors)")
  }
}
