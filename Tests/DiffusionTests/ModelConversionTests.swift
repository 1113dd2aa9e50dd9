import Foundation
import Testing

@testable import Diffusion

@Suite("the settings of a single file")
struct PaintByExampleFilesTests {
  @Test(
    "they say what this program takes for the published model when a file comes without settings"
  )
  func published() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (path, text) in PaintByExampleFiles.texts {
      try FileManager.default.createDirectory(
        atPath: ("\(folder)/\(path)" as NSString).deletingLastPathComponent, withIntermediateDirectories: true
      )
      try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(path)"))
    }
    let model = try DiffusionModel(path: folder)
    #expect(try model.unet().configuration == .paintByExample)
    #expect(try model.autoencoder().configuration == AutoencoderConfiguration())
    #expect(try model.exemplarEncoder().configuration == CLIPVisionConfiguration())
    #expect(try model.schedule == .paintByExample)
    #expect(try model.preprocessing() == ImagePreprocessing())
  }
  @Test(
    "the published models' networks ask for the weights that are published, by name and shape",
    arguments: ["unet", "unet-2", "vae", "text_encoder", "text_encoder-2", "image_encoder"])
  func names(network: String) throws {
    let (first, second) = (
      try original(.stableDiffusion1, channels: 9), try original(.stableDiffusion2, channels: 9)
    )
    let shapes =
      switch network {
      case "unet": try UNet(first.unet).weightShapes
      case "unet-2": try UNet(second.unet).weightShapes
      case "vae": try Autoencoder(AutoencoderConfiguration()).weightShapes
      case "text_encoder": try TextEncoder(#require(first.textEncoder)).weightShapes
      case "text_encoder-2": try TextEncoder(#require(second.textEncoder)).weightShapes
      default: try ExemplarEncoder(CLIPVisionConfiguration()).weightShapes
      }
    #expect(UNetConfiguration.paintByExample == first.unet)
    // `Scripts/fixtures/published.py` writes them.
    let list = try String(contentsOfFile: Fixtures.path("published/\(network).txt"), encoding: .utf8)
    let ours = shapes.map { "\($0.key) \($0.value.map(String.init).joined(separator: " "))" }
    let published = Set(list.split(separator: "\n").map(String.init))
    #expect(Set(ours).symmetricDifference(published).sorted() == [])
  }

  private func original(_ kind: OriginalModel.Kind, channels: Int) throws -> OriginalModel {
    try OriginalModel(
      Checkpoint(shapes: Self.shapes(kind, channels)) { _ in Self.zeros(channels) }, path: "m")
  }

  /// Names that tell the kinds apart.
  private static func shapes(_ kind: OriginalModel.Kind, _ channels: Int) -> [String: [Int]] {
    let name =
      switch kind {
      case .paintByExample: "cond_stage_model.final_ln.bias"
      case .stableDiffusion1: "cond_stage_model.transformer.text_model.final_layer_norm.bias"
      case .stableDiffusion2: "cond_stage_model.model.ln_final.bias"
      }
    return ["model.diffusion_model.input_blocks.0.0.weight": [1, channels, 1, 1], name: [channels]]
  }

  private static func zeros(_ count: Int) -> [Float] { Array(repeating: 0, count: count) }

  @Test(
    "a single file is taken for the model that its names tell, with the settings that one was published with",
    arguments: [
      (.paintByExample, 9, "PaintByExamplePipeline"),
      (.stableDiffusion1, 9, "StableDiffusionInpaintPipeline"),
      (.stableDiffusion1, 4, "StableDiffusionPipeline"),
      (.stableDiffusion2, 9, "StableDiffusionInpaintPipeline"),
    ] as [(OriginalModel.Kind, Int, String)])
  func kinds(kind: OriginalModel.Kind, channels: Int, pipeline: String) throws {
    try Fixtures.withFolder { folder in
      let weights = try Checkpoint(shapes: Self.shapes(kind, channels)) { _ in Self.zeros(channels) }
      let place = folder.appending(path: "whole")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try weights.write(into: place.path, stem: "weights", as: nil, shardBytes: nil)
      for path in [place.path, place.path + "/weights.safetensors"] {
        let model = try DiffusionModel(path: path)
        #expect(model.pipelineClass == pipeline && model.components.count == 3)
        #expect(try model.unet().configuration.inputChannels == channels)
        #expect(throws: WeightMismatch.self) { try model.weights(of: .unet) }
        let error = #expect(throws: CheckpointError.self) { try model.tokenizer() }
        #expect(error?.detail.contains("into a folder") == path.hasSuffix("safetensors"))
      }
      guard kind != .paintByExample else { return }
      let model = try DiffusionModel(path: place.path)
      let texts = try StableDiffusionFiles.texts(#require(model.published))
      for (path, text) in texts {
        let file = folder.appending(path: "settings/\(path)")
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
      let written = try DiffusionModel(path: folder.appending(path: "settings").path)
      #expect(written.pipelineClass == pipeline)
      #expect(try written.unet().configuration == model.unet().configuration)
      #expect(try written.textEncoder().configuration == model.textEncoder().configuration)
      #expect(try written.autoencoder().configuration == model.autoencoder().configuration)
      #expect(try written.schedule == model.schedule)
      #expect(throws: CheckpointError.self) { try model.exemplarEncoder() }
    }
  }

  @Test(
    "what the weights of Stable Diffusion 2 do not tell is asked for: whether they predict noise or velocity")
  func velocity() throws {
    let model = try original(.stableDiffusion2, channels: 4)
    let error = #expect(throws: CheckpointError.self) { try model.schedule(path: "m") }
    #expect(error?.detail.contains("scheduler/scheduler_config.json") == true)
  }
}
