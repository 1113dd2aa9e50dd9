import Foundation
import Imaging
import Testing

@Suite("picture files given to the command")
struct PictureFileTests {
  let place: Workplace

  init() throws {
    place = try Workplace()
    try place.furnish()
  }

  private func document(_ file: String, saving: String) throws {
    try place.write(
      "d.json",
      """
      { "formatVersion": 1, "stages": {
        "scene": {"use": "image.load", "set": {"path": "\(file)"}},
        "save": {"use": "image.save", "in": {"image": "scene.image"}, "set": {"path": "\(saving)"}} } }
      """)
  }

  @Test("what a file cannot hold is said before anything runs", arguments: ["run", "plan"])
  func misfit(command: String) async throws {
    let scene = try Image.load(from: place.path("scene.png"))
    try scene.rescaled(to: .uint16).write(to: place.path("wide.png"))
    try scene.withAlpha().write(to: place.path("clear.png"))
    for (file, word) in [("wide.png", "16-bit samples"), ("clear.png", "opacity")] {
      try document(file, saving: "a.jpg")
      let run = try await place.run(command, "d.json")
      #expect(run.code == 3 && run.errors.contains(word) && run.errors.contains("d.json:3:"), "\(run.errors)")
      #expect(!place.exists("out/a.jpg"))
      try document(file, saving: "a.webp")
      #expect(try await place.run(command, "d.json").code == (file == "wide.png" ? 3 : 0))
      try document(file, saving: "a.png")
      #expect(try await place.run(command, "d.json").code == 0)
    }
  }

  @Test("a lossless AVIF that this libvips cannot write is refused with the document")
  func losslessAVIF() async throws {
    try place.write(
      "d.json",
      """
      { "formatVersion": 1, "stages": {
        "scene": {"use": "image.load", "set": {"path": "scene.png"}},
        "save": {"use": "image.save", "in": {"image": "scene.image"}, "set": {"path": "a.avif", "lossless": true}} } }
      """)
    let run = try await place.run("d.json")
    guard run.code == 0 else {
      #expect(run.code == 3 && run.errors.contains("8.15.3"), "\(run.errors)")
      return
    }
    let saved = try Image.load(from: place.path("out/a.avif"))
    #expect(try saved.hasSamePixels(as: Image.load(from: place.path("scene.png"))))
  }

  @Test("a file whose name is not UTF-8 is read, alone and behind a name")
  func bytes() async throws {
    let run = try await place.shell(
      """
      cp scene.png "$(printf 'n\\374.png')" && cp paste.json "$(printf 'd\\374.json')" &&
      "$0" paste.json --param "photo=$(printf 'n\\374.png')" && "$0" paste.json --param "photo=$PWD/$(printf 'n\\374.png')"
      """)
    #expect(run.code == 0, "\(run.errors)")
    let absent = try await place.shell(#""$0" paste.json --param "photo=$(printf 'm\374.png')""#)
    #expect(absent.code == 2 && absent.errors.contains("is not UTF-8"), "\(absent.errors)")
  }

  @Test(
    "names with brackets and tildes are those files",
    arguments: ["a[1].png", "b[page=2]", "~c.png", "d[.png"])
  func names(name: String) async throws {
    try FileManager.default.copyItem(atPath: place.path("scene.png"), toPath: place.path(name))
    try document(name, saving: "e[2].png")
    let run = try await place.run("d.json")
    #expect(run.code == 0 && place.exists("out/e[2].png"), "\(run.errors)")
  }

  @Test("a pipe as a picture is refused, as an input and as a param")
  func pipe() async throws {
    #expect(mkfifo(place.path("pipe"), 0o600) == 0)
    let run = try await place.run("paste.json", "--param", "photo=pipe")
    #expect(run.code == 3 && run.errors.contains("it is no ordinary file"), "\(run.errors)")
  }

  @Test("what was skipped in a picture is said with the file's name")
  func remarks() async throws {
    let grey = try Image.load(from: place.path("scene.png")).converted(to: .grey)
    let profile = try #require(
      try Vips.call("profile_load", ["name": "srgb"], permissions: .files)["profile"]?.bytes)
    let marker = Array("ICC_PROFILE\0".utf8) + [1, 1] + profile
    let head: [UInt8] = [0xff, 0xe2, UInt8((marker.count + 2) >> 8), UInt8((marker.count + 2) & 0xff)]
    let plain = try grey.encoded(as: .jpeg)
    try place.write("grey.jpg", plain.prefix(2) + head + marker + plain.dropFirst(2))
    try document("grey.jpg", saving: "a.png")
    let run = try await place.run("d.json")
    #expect(run.code == 0 && run.errors.contains("grey.jpg: its ICC profile"), "\(run.errors)")
  }
}
