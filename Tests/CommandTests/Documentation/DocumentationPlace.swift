import Foundation
import Imaging
import ProgramTesting

/// A folder where a reader of the README stands: the project's folders, his own pictures, and small models for the
/// published ones.
struct DocumentationPlace {
  let place: Workplace

  /// What `…` stands for where a document takes pictures.
  private static let inputs = "--input scene=room.jpg --input mask=hole.png --input exemplar=cup.jpg"

  init() throws {
    place = try Workplace()
    for name in [
      "Pipelines", "Plugins", "Schemas", "Models", "Makefile", "Scripts", "Examples", "Experiments",
    ] {
      try FileManager.default.createSymbolicLink(
        at: place.folder.appending(path: name), withDestinationURL: Workplace.repository.appending(path: name)
      )
    }
    try FileManager.default.createDirectory(
      at: place.folder.appending(path: "bin"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: place.folder.appending(path: "bin/pipeline-run"), withDestinationURL: Workplace.executable)
    let models = place.folder.appending(path: ".local/share/pipeline-run/models")
    try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
    for (fixture, name) in [
      ("base", "paint-by-example"), ("base", "objectstitch"), ("text", "stable-diffusion-inpainting"),
    ] {
      try FileManager.default.copyItem(
        at: Workplace.repository.appending(path: "Tests/ParityTests/Fixtures/\(fixture)/model"),
        to: models.appending(path: name))
    }
    try furnish()
  }

  /// The pictures and documents that the commands name.
  private func furnish() throws {
    let room = (0..<160 * 120 * 3).map { UInt8($0 * 7 % 251) }
    try Image(pixels: room, width: 160, height: 120, bands: 3).write(to: place.path("room.jpg"))
    let cup = (0..<40 * 48 * 3).map { UInt8($0 * 13 % 241) }
    try Image(pixels: cup, width: 40, height: 48, bands: 3).write(to: place.path("cup.jpg"))
    try place.mask(width: 40, height: 48).write(to: place.path("cup-mask.png"))
    try place.mask(width: 160, height: 120).write(to: place.path("hole.png"))
    let readme = try DocumentedText("README.md")
    // The first document that the README shows.
    let edit = readme.blocks.first { $0.language == "json" }
    try place.write("edit.json", edit?.text ?? "")
    try FileManager.default.copyItem(
      at: Workplace.repository.appending(path: "Pipelines/copy-paste.json"),
      to: place.folder.appending(path: "my-method.json"))
    for folder in ["train", "train2017"] {
      try FileManager.default.createDirectory(
        at: place.folder.appending(path: folder), withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: place.path("room.jpg"), toPath: place.path("\(folder)/1.jpg"))
    }
    try place.write(
      "instances_train2017.json",
      """
      {"images": [{"id": 1, "file_name": "1.jpg", "width": 160, "height": 120}],
       "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [40, 30, 60, 50]}],
       "categories": [{"id": 1, "name": "cup"}]}
      """)
    try place.write(
      "train-annotations-bbox.csv",
      """
      ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside
      1,xclick,/m/02jvh9,1,0.25,0.6,0.25,0.7,0,0,0,0,0
      """)
  }

  /// Runs a line as it stands, but for `…`, which stands for what was given before, and for the number of steps.
  func run(_ line: String) async throws -> Workplace.Ending {
    if line.contains("answers/*.csv") {
      try StudyPeople.answer(place, key: "study/study-key.json", into: "answers")
    }
    let program = try RunningProgram(
      URL(filePath: "/bin/bash"), ["-o", "pipefail", "-c", filled(line)], in: place.folder,
      environment: [
        "PIPELINE_CACHE": place.path("cache"), "HOME": place.folder.path,
        "PATH": "\(place.path("bin")):/usr/local/bin:/usr/bin:/bin",
      ])
    return Workplace.Ending(try await program.end())
  }

  func filled(_ line: String) -> String {
    var line = line
    let isPainting = [
      "demo", "paint-by-example", "guidance-sweep", "naive-all-tokens", "stable-diffusion", "objectstitch",
    ].contains {
      line.contains("Pipelines/\($0)")
    }
    if line.hasPrefix("…") { line = "pipeline-run validate Pipelines/train-denoiser.json" + line.dropFirst() }
    let arguments =
      line.contains("edit.json")
      ? "--param photo=room.jpg --param hole=hole.png --param exemplar=cup.jpg" : Self.inputs
    // What is given twice counts as given last.
    let given = line.contains("photo=") ? arguments.replacing("--param photo=room.jpg ", with: "") : arguments
    line = line.replacing("…", with: given)
    if line.hasPrefix("python3") { return line.replacing(/steps=\d+/, with: "steps=1") }
    if isPainting, !line.hasPrefix("pipeline-run stages") {
      line = line.replacing(/--param steps=\d+/, with: "") + " --param steps=1"
    }
    return line
  }
}
