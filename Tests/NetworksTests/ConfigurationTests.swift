import Diffusion
import Foundation
import Tensors
import Testing

@Suite("Network configurations")
struct ConfigurationTests {
  private func decode<Value: Decodable>(_ json: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(json.utf8))
  }

  @Test(
    "the weights a network asks for are exactly those of the published layout, folded or not",
    arguments: ["unet-exemplar", "unet-text", "autoencoder-deep", "autoencoder-shallow", "exemplar-quick"])
  func weightShapes(name: String) throws {
    let shapes =
      switch name.prefix(4) {
      case "unet": try UNet(configuration(name)).weightShapes
      case "auto": try Autoencoder(configuration(name)).weightShapes
      default: try ExemplarEncoder(configuration(name)).weightShapes
      }
    #expect(try shapes == SafetensorsFixture(name + ".weights").entries.mapValues(\.type.shape))
  }

  @Test("one token drops queries, keys and the normalisation before them, and nothing else")
  func folding() throws {
    let unet = UNet(try configuration("unet-exemplar"))
    let list = WeightList()
    _ = try unet.graph(list, height: 8, width: 8, tokens: 1)
    let dropped = Set(try unet.weightShapes.keys).subtracting(list.shapes.keys)
    #expect(!dropped.isEmpty)
    #expect(
      dropped.allSatisfy { $0.contains("attn2.to_q") || $0.contains("attn2.to_k") || $0.contains("norm2") })
    #expect(dropped.allSatisfy { $0.contains("transformer_blocks") })
  }

  @Test("missing keys mean the library's defaults, null too")
  func defaults() throws {
    let unet: UNetConfiguration = try decode(#"{"in_channels": 9, "norm_num_groups": null}"#)
    #expect(unet.inputChannels == 9)
    #expect(unet.groups == 32)
    #expect(unet.blockChannels == [320, 640, 1280, 1280])
    #expect(unet.attends == [true, true, true, false])
    #expect(unet.heads == [8, 8, 8, 8])
    let clip: CLIPVisionConfiguration = try decode(
      #"{"hidden_size": 1024, "num_attention_heads": 16, "patch_size": 14}"#)
    #expect(clip.tokens == 257)
    #expect(clip.activation == .quickGelu)
  }

  @Test("every unsupported or mistyped setting is named at once")
  func faults() {
    let json = #"""
      {"in_channels": "nine", "class_embed_type": "timestep", "act_fn": "mish",
       "block_out_channels": [8], "mid_block_type": "UNetMidBlock2D"}
      """#
    let error = #expect(throws: InvalidConfiguration.self) { let _: UNetConfiguration = try decode(json) }
    #expect(error?.faults.count == 5)
    for key in ["in_channels", "class_embed_type", "act_fn", "block_out_channels", "mid_block_type"] {
      #expect(error?.description.contains("'\(key)'") == true)
    }
  }

  @Test(
    "no number in a configuration crashes: zero, negative, huge and empty are faults",
    arguments: ["0", "-1", "99999999999", "[]", "[0]", "[8, -8]", "1e300"])
  func hostile(number: String) {
    for key in [
      "block_out_channels", "attention_head_dim", "layers_per_block", "norm_num_groups", "in_channels",
    ] {
      let json = "{\"\(key)\": \(number)}"
      #expect(throws: InvalidConfiguration.self) { let _: UNetConfiguration = try decode(json) }
      guard key != "attention_head_dim" else { continue }
      #expect(throws: InvalidConfiguration.self) { let _: AutoencoderConfiguration = try decode(json) }
    }
    for key in ["image_size", "patch_size", "hidden_size", "num_attention_heads", "num_hidden_layers"] {
      let json = "{\"\(key)\": \(number)}"
      #expect(throws: InvalidConfiguration.self) { let _: CLIPVisionConfiguration = try decode(json) }
    }
  }

  @Test("a picture that is no multiple of the autoencoder's scale is refused")
  func pictureSize() throws {
    let autoencoder = Autoencoder(try configuration("autoencoder-deep"))
    let error = #expect(throws: GraphError.self) {
      try autoencoder.encoderGraph(WeightList(), height: 40, width: 20)
    }
    #expect(error?.message == "40×20 is not a multiple of 8")
  }
}
