import Foundation
import LoopbackServer

/// A whole model of a few hundred kilobytes, put together from the fixtures of the networks' tests.
enum TinyModel {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  /// Bytes by path in a diffusers folder.
  static func files() throws -> [String: Data] {
    func fixture(_ name: String) throws -> Data { try Data(contentsOf: tests.appending(path: name)) }
    var files: [String: Data] = [
      "model_index.json": Data(
        """
        {"_class_name": "PaintByExamplePipeline", "feature_extractor": ["transformers", "CLIPImageProcessor"],
         "image_encoder": ["paint_by_example", "PaintByExampleImageEncoder"],
         "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
         "scheduler": ["diffusers", "PNDMScheduler"], "unet": ["diffusers", "UNet2DConditionModel"],
         "vae": ["diffusers", "AutoencoderKL"]}
        """.utf8),
      "scheduler/scheduler_config.json": try fixture(
        "DiffusionTests/Fixtures/model/scheduler/scheduler_config.json"),
      "feature_extractor/preprocessor_config.json": Data("{}".utf8),
      "safety_checker/config.json": Data("{}".utf8),
      "safety_checker/model.safetensors": Data("never wanted".utf8),
    ]
    for (component, name, weights) in [
      ("unet", "unet-exemplar", "diffusion_pytorch_model"),
      ("vae", "autoencoder-deep", "diffusion_pytorch_model"),
      ("image_encoder", "exemplar-quick", "model"),
    ] {
      files["\(component)/config.json"] = try fixture("NetworksTests/Fixtures/\(name).json")
      files["\(component)/\(weights).safetensors"] = try fixture(
        "NetworksTests/Fixtures/\(name).weights.safetensors")
    }
    return files
  }

  /// The published repository, served.
  static func shelf() throws -> Shelf { Shelf(try files(), name: "Fantasy-Studio/Paint-by-Example") }

  /// Writes the model's folder.
  static func write(to folder: String) throws {
    for (path, data) in try files() where !path.hasPrefix("safety_checker") {
      let file = URL(filePath: "\(folder)/\(path)")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file)
    }
  }
}
