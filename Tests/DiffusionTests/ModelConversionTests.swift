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
    arguments: [
      "unet", "unet-of-4", "unet-2", "unet-2-of-4", "vae", "text_encoder", "text_encoder-2", "image_encoder",
      "clip-vit-h",
    ])
  func names(network: String) throws {
    let channels = network.hasSuffix("-of-4") ? 4 : 9
    let (first, second) = (
      try original(.stableDiffusion1, channels: channels), try original(.stableDiffusion2, channels: channels)
    )
    let shapes =
      switch network {
      case "unet", "unet-of-4": try UNet(first.unet).weightShapes
      case "unet-2", "unet-2-of-4": try UNet(second.unet).weightShapes
      case "clip-vit-h": try ExemplarEncoder(.vitH).weightShapes
      case "vae": try Autoencoder(AutoencoderConfiguration()).weightShapes
      case "text_encoder": try TextEncoder(#require(first.textEncoder)).weightShapes
      case "text_encoder-2": try TextEncoder(#require(second.textEncoder)).weightShapes
      default: try ExemplarEncoder(CLIPVisionConfiguration()).weightShapes
      }
    #expect(channels == 4 || UNetConfiguration.paintByExample == first.unet)
    var published = try Self.published(network)
    if channels == 4 {
      published.merge(try Self.published(String(network.dropLast("-of-4".count)))) { own, _ in own }
    }
    #expect(Self.differences(shapes, published) == [])
  }

  @Test(
    "an IP-Adapter's file of the published names is taken as one, and all of it is used",
    arguments: [("ip-adapter-sd15", 4, 22_319_616), ("ip-adapter-plus-sd15", 16, 49_087_488)])
  func adapters(name: String, tokens: Int, numbers: Int) throws {
    let published = try Self.published(name)
    #expect(published.values.reduce(0) { $0 + $1.reduce(1, *) } == numbers)
    let file = try CheckpointTensor(doubles: [0], shape: [1]).file
    let shapesAlone = published.mapValues {
      CheckpointTensor(file: file, scalarType: .float16, shape: $0, byteOffset: 0)
    }
    let projection = try #require(IPAdapterProjection(Checkpoint(tensors: shapesAlone)))
    #expect(projection.tokens == tokens && projection.width == 768)
    let list = WeightList()
    _ = try projection.graph(list)
    var shapes = list.shapes
    let unet = UNet(.paintByExample)
    let all = try unet.weightShapes
    for (place, layer) in unet.crossAttentions.enumerated() {
      for kind in ["k", "v"] {
        shapes["ip_adapter.\(2 * place + 1).to_\(kind)_ip.weight"] = all["\(layer).to_\(kind).weight"]
      }
    }
    #expect(Self.differences(shapes, published) == [])
  }

  @Test("CLIP ViT-B/16 by its published settings asks for the weights that are published, both towers")
  func clip() throws {
    try Fixtures.withFolder { folder in
      let settings = """
        {"model_type": "clip", "projection_dim": 512,
         "text_config": {"hidden_size": 512, "intermediate_size": 2048, "num_attention_heads": 8,
                         "num_hidden_layers": 12},
         "vision_config": {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12,
                           "num_hidden_layers": 12, "patch_size": 16}}
        """
      try Data(settings.utf8).write(to: folder.appending(path: "config.json"))
      try Checkpoint(shapes: ["logit_scale": [1]]) { _ in [0] }.write(
        to: folder.appending(path: "model.safetensors").path)
      let list = WeightList()
      _ = try CLIPPictureEmbedding(weightsAt: folder.path).graph(list)
      _ = try CLIPTextEmbedding(weightsAt: folder.path).graph(list)
      var published = try Self.published("clip-vit-b-16")
      // How sharply CLIP was trained to tell pairs apart; no tower has a part in it.
      #expect(published.removeValue(forKey: "logit_scale") == [])
      #expect(Self.differences(list.shapes, published) == [])
    }
  }

  /// Names and shapes as `Scripts/fixtures/published.py` lists them.
  private static func published(_ network: String) throws -> [String: [Int]] {
    let list = try String(contentsOfFile: Fixtures.path("published/\(network).txt"), encoding: .utf8)
    return list.split(separator: "\n").reduce(into: [:]) { shapes, line in
      let words = line.split(separator: " ")
      shapes[String(words[0])] = words.dropFirst().compactMap { Int($0) }
    }
  }

  /// The names that only one of two lists has, or that have another shape in each.
  private static func differences(_ ours: [String: [Int]], _ published: [String: [Int]]) -> [String] {
    Set(ours.keys).union(published.keys).filter { ours[$0] != published[$0] }.sorted()
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

extension CLIPVisionConfiguration {
  /// OpenCLIP's ViT-H/14, as `models/image_encoder/config.json` of h94/IP-Adapter says it.
  fileprivate static var vitH: CLIPVisionConfiguration {
    var configuration = CLIPVisionConfiguration()
    configuration.architecture = .projection
    (configuration.width, configuration.feedForwardWidth, configuration.depth) = (1280, 5120, 32)
    (configuration.activation, configuration.projectionWidth) = (.gelu, 1024)
    return configuration
  }
}
