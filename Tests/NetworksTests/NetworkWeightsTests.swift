import Diffusion
import Tensors
import Testing

@Suite("Networks and their weights")
struct NetworkWeightsTests {
  @Test(
    "the weights a network asks for are exactly those of the published layout, folded or not",
    arguments: ["unet-exemplar", "unet-text", "autoencoder-deep", "autoencoder-shallow", "exemplar-quick"])
  func weightShapes(name: String) throws {
    let shapes =
      switch name.prefix(4) {
      case "unet": try UNet(unetConfiguration(name)).weightShapes
      case "auto": try Autoencoder(autoencoderConfiguration(name)).weightShapes
      default: try ExemplarEncoder(encoderConfiguration(name)).weightShapes
      }
    #expect(try shapes == SafetensorsFixture(name + ".weights").entries.mapValues(\.type.shape))
  }

  @Test("one token drops queries, keys and the normalisation before them, and nothing else")
  func folding() throws {
    let unet = UNet(try unetConfiguration("unet-exemplar"))
    let list = WeightList()
    _ = try unet.graph(list, height: 8, width: 8, tokens: 1)
    let dropped = Set(try unet.weightShapes.keys).subtracting(list.shapes.keys)
    #expect(!dropped.isEmpty)
    #expect(
      dropped.allSatisfy { $0.contains("attn2.to_q") || $0.contains("attn2.to_k") || $0.contains("norm2") })
    #expect(dropped.allSatisfy { $0.contains("transformer_blocks") })
  }

  @Test("a picture that is no multiple of the autoencoder's scale is refused")
  func pictureSize() throws {
    let autoencoder = Autoencoder(try autoencoderConfiguration("autoencoder-deep"))
    let error = #expect(throws: GraphError.self) {
      try autoencoder.encoderGraph(WeightList(), height: 40, width: 20)
    }
    #expect(error?.message == "40×20 is not a multiple of 8")
  }
}
