import Diffusion
import Tensors

/// What running a network takes, for plans: the engine's copy of the weights, the file's pages they are copied from,
/// and the values between layers.
enum NetworkMemory {
  static func bytes(of encoder: ExemplarEncoder, precision: Precision) throws -> Int {
    let graph =
      encoder.configuration.architecture == .projection
      ? try encoder.embeddingGraph(WeightList()) : try encoder.graph(WeightList())
    return bytes(of: graph, precision)
  }

  static func bytes(
    of unet: UNet, height: Int, width: Int, contexts: Int, tokens: Int, precision: Precision
  ) throws -> Int {
    bytes(
      of: try unet.graph(WeightList(), height: height, width: width, contexts: contexts, tokens: tokens),
      precision)
  }

  static func bytes(
    ofEncoder autoencoder: Autoencoder, height: Int, width: Int, precision: Precision
  ) throws -> Int {
    bytes(of: try autoencoder.encoderGraph(WeightList(), height: height, width: width), precision)
  }

  static func bytes(
    ofDecoder autoencoder: Autoencoder, height: Int, width: Int, precision: Precision
  ) throws -> Int {
    bytes(of: try autoencoder.decoderGraph(WeightList(), height: height, width: width), precision)
  }

  private static func bytes(of graph: Graph, _ precision: Precision) -> Int {
    let width = precision == .f32 ? 4 : 2
    // The file's pages stay resident while the engine copies them into its own layout.
    return graph.constantElementCount * (4 + width) + graph.peakValueBytes
  }
}
