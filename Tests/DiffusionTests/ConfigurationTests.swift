import Diffusion
import Foundation
import Testing

@Suite("configurations")
struct ConfigurationTests {
  @Test("a UNet's configuration as diffusers writes it is obeyed")
  func unet() throws {
    let unet = try UNetConfiguration(contentsOf: Fixtures.path("model/unet/config.json"))
    #expect(unet.inputChannels == 9)
    #expect(unet.blockChannels == [4, 8, 8])
    #expect(unet.layersPerBlock == 2)
    #expect(unet.attends == [true, true, false])
    #expect(unet.heads == [2, 2, 2])
    #expect(unet.contextWidth == 6)
    #expect(unet.groups == 2)
  }

  @Test("an autoencoder's configuration as diffusers writes it is obeyed")
  func autoencoder() throws {
    let vae = try AutoencoderConfiguration(contentsOf: Fixtures.path("model/vae/config.json"))
    #expect(vae.blockChannels == [4, 4, 8])
    #expect(vae.layersPerBlock == 1)
    #expect(vae.scalingFactor == 0.18215)
  }

  @Test("schedulers' configurations as diffusers writes them are obeyed, -Infinity and all")
  func schedulers() throws {
    var expected = SchedulerConfiguration.paintByExample
    expected.spacing = .leading
    expected.clipsSample = nil
    let pndm = try SchedulerConfiguration(contentsOf: Fixtures.path("model/scheduler/scheduler_config.json"))
    #expect(pndm == expected)
    let dpm = try SchedulerConfiguration(contentsOf: Fixtures.path("model/dpm/scheduler_config.json"))
    #expect(dpm.sampler == .dpmSolver)
    #expect(dpm.usesKarrasSigmas)
  }

  @Test(
    "what is not supported is refused by name",
    arguments: [
      (#"{"down_block_types": ["SimpleCrossAttnDownBlock2D"]}"#, "SimpleCrossAttnDownBlock2D"),
      (#"{"addition_embed_type": "text_time"}"#, "addition_embed_type"),
      (#"{"time_embedding_type": "fourier"}"#, "time_embedding_type"),
      (#"{"act_fn": "mish"}"#, "mish"),
      (#"{"an_option_of_tomorrow": 3}"#, "an_option_of_tomorrow"),
      (#"{"attention_head_dim": 7}"#, "7 heads"),
      (#"{"block_out_channels": [320, "a"]}"#, "block_out_channels"),
      (#"{"in_channels": 0}"#, "in_channels"),
      (#"{"in_channels": 1e300}"#, "in_channels"),
      (#"{"_class_name": "UNet3DConditionModel"}"#, "UNet3DConditionModel"),
      (#"{"in_channels": 4, "in_channels": 9}"#, "in_channels"),
    ])
  func refused(_ json: String, _ name: String) throws {
    try Fixtures.withFile(Data(json.utf8), ending: "json") { path in
      let error = #expect(throws: CheckpointError.self) { try UNetConfiguration(contentsOf: path) }
      #expect(error?.detail.contains(name) == true, "\(String(describing: error))")
    }
  }

  @Test("missing keys mean the library's defaults, null too")
  func defaults() throws {
    try Fixtures.withFile(Data(#"{"in_channels": 9, "norm_num_groups": null}"#.utf8), ending: "json") {
      path in
      let unet = try UNetConfiguration(contentsOf: path)
      #expect(unet.inputChannels == 9)
      #expect(unet.contextWidth == 1280)
      #expect(unet.blockChannels == [320, 640, 1280, 1280])
      #expect(unet.attends == [true, true, true, false])
    }
    let clip = Data(#"{"hidden_size": 1024, "num_attention_heads": 16, "patch_size": 14}"#.utf8)
    try Fixtures.withFile(clip, ending: "json") { path in
      let encoder = try CLIPVisionConfiguration(contentsOf: path)
      #expect(encoder.tokens == 257)
    }
  }

  @Test("everything that is unsupported or mistyped is named at once")
  func faults() throws {
    let json = #"""
      {"in_channels": "nine", "class_embed_type": "timestep", "act_fn": "mish",
       "block_out_channels": [8], "mid_block_type": "UNetMidBlock2D"}
      """#
    try Fixtures.withFile(Data(json.utf8), ending: "json") { path in
      let error = #expect(throws: CheckpointError.self) { try UNetConfiguration(contentsOf: path) }
      for key in ["in_channels", "class_embed_type", "act_fn", "block_out_channels", "mid_block_type"] {
        #expect(error?.detail.contains("\"\(key)\"") == true)
      }
    }
  }

  @Test(
    "no number in a configuration crashes: zero, negative, huge and empty are faults",
    arguments: ["0", "-1", "99999999999", "[]", "[0]", "[8, -8]", "1e300"])
  func hostile(number: String) throws {
    func refuses(_ key: String, _ read: (String) throws -> Void) throws {
      try Fixtures.withFile(Data("{\"\(key)\": \(number)}".utf8), ending: "json") { path in
        #expect(throws: CheckpointError.self, "\(key)") { try read(path) }
      }
    }
    for key in [
      "block_out_channels", "attention_head_dim", "layers_per_block", "norm_num_groups", "in_channels",
    ] {
      try refuses(key) { _ = try UNetConfiguration(contentsOf: $0) }
      guard key != "attention_head_dim" else { continue }
      try refuses(key) { _ = try AutoencoderConfiguration(contentsOf: $0) }
    }
    for key in ["image_size", "patch_size", "hidden_size", "num_attention_heads", "num_hidden_layers"] {
      try refuses(key) { _ = try CLIPVisionConfiguration(contentsOf: $0) }
    }
  }

  @Test("a noise schedule of a single step is refused: there is nothing to interpolate")
  func shortSchedule() throws {
    try Fixtures.withFile(
      Data(#"{"num_train_timesteps": 1, "use_karras_sigmas": true}"#.utf8), ending: "json"
    ) {
      path in
      let error = #expect(throws: CheckpointError.self) { try SchedulerConfiguration(contentsOf: path) }
      #expect(error?.detail.contains("num_train_timesteps") == true)
    }
  }

  @Test("head counts come from attention_head_dim, diffusers' misnomer, one for each resolution")
  func heads() throws {
    let json = """
      {"attention_head_dim": [5, 10, 20, 20], "num_attention_heads": null, "use_linear_projection": true,
       "cross_attention_dim": 1024, "upcast_attention": true}
      """
    try Fixtures.withFile(Data(json.utf8), ending: "json") { path in
      let unet = try UNetConfiguration(contentsOf: path)
      #expect(unet.heads == [5, 10, 20, 20])
      #expect(unet.usesLinearProjection)
    }
  }

  @Test("an image encoder's architecture is known by name, and extra settings do not matter")
  func encoder() throws {
    let json = """
      {"architectures": ["PaintByExampleImageEncoder"], "model_type": "clip_vision_model", "hidden_size": 1024,
       "intermediate_size": 4096, "num_hidden_layers": 24, "num_attention_heads": 16, "patch_size": 14,
       "projection_dim": 768, "torch_dtype": "float32", "temperature": 1.0, "id2label": {"0": "a"}}
      """
    try Fixtures.withFile(Data(json.utf8), ending: "json") { path in
      let encoder = try CLIPVisionConfiguration(contentsOf: path)
      #expect(encoder == CLIPVisionConfiguration())
    }
    try Fixtures.withFile(Data(#"{"architectures": ["Dinov2Model"]}"#.utf8), ending: "json") { path in
      #expect(throws: CheckpointError.self) { try CLIPVisionConfiguration(contentsOf: path) }
    }
  }

  @Test("picture sizes are read in transformers' old and new forms")
  func preprocessing() throws {
    for size in ["224", #"{"shortest_edge": 224}"#, #"{"height": 224, "width": 224}"#] {
      let json = Data(#"{"size": \#(size), "crop_size": 224, "resample": 3}"#.utf8)
      try Fixtures.withFile(json, ending: "json") { path in
        let preprocessing = try ImagePreprocessing(contentsOf: path)
        var expected = ImagePreprocessing()
        expected.keepsProportions = !size.contains("height")
        #expect(preprocessing == expected)
      }
    }
    try Fixtures.withFile(Data(#"{"resample": 2}"#.utf8), ending: "json") { path in
      #expect(throws: CheckpointError.self) { try ImagePreprocessing(contentsOf: path) }
    }
  }

  @Test("a model folder says which components it has")
  func modelFolder() throws {
    let index = """
      {"_class_name": "PaintByExamplePipeline", "_diffusers_version": "0.7.0",
       "unet": ["diffusers", "UNet2DConditionModel"], "safety_checker": [null, null], "requires_safety_checker": true}
      """
    try Fixtures.withFolder { folder in
      try Data(index.utf8).write(to: folder.appending(path: "model_index.json"))
      let model = try ModelFolder(path: folder.path)
      #expect(model.pipelineClass == "PaintByExamplePipeline")
      #expect(model.components == ["unet": "UNet2DConditionModel"])
    }
  }
}
