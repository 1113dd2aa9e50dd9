import Foundation
import Testing

@testable import Diffusion

@Suite("the settings of a single file")
struct PaintByExampleFilesTests {
  @Test(
    "they describe the published model: its shapes are the standard ones, its weights those of the repository"
  )
  func published() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (path, text) in PaintByExampleFiles.texts {
      try makeFolder(("\(folder)/\(path)" as NSString).deletingLastPathComponent)
      try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(path)"))
    }
    let model = try DiffusionModel(path: folder)
    #expect(try model.unet().configuration == .paintByExample)
    #expect(try model.autoencoder().configuration == AutoencoderConfiguration())
    #expect(try model.exemplarEncoder().configuration == CLIPVisionConfiguration())
    #expect(model.schedule == .paintByExample)
    #expect(try model.preprocessing() == ImagePreprocessing())
    let names = Set(
      try model.unet().weightShapes.keys.map { "unet/\($0)" }
        + model.autoencoder().weightShapes.keys.map { "vae/\($0)" }
        + model.exemplarEncoder().weightShapes.keys.map { "image_encoder/\($0)" })
    let published = try Fixtures.checkpoint("diffusers-names.safetensors").tensors.keys
    #expect(names.symmetricDifference(published.filter { !$0.hasSuffix("position_ids") }) == [])
  }
}
