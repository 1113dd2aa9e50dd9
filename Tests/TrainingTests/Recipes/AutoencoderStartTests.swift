import Diffusion
import EngineTesting
import OpenVINO
import Tensors
import Testing

@testable import Training

@Suite("What an autoencoder begins with")
struct AutoencoderStartTests {
  private let autoencoder: Autoencoder
  private let start: Checkpoint

  init() throws {
    var shape = AutoencoderConfiguration()
    (shape.blockChannels, shape.layersPerBlock, shape.groups) = ([8, 16, 16], 1, 4)
    autoencoder = Autoencoder(shape)
    let random = TensorWeights(beginning: try autoencoder.weightShapes, seed: 3)
    start = try Checkpoint(tensors: random.tensors.mapValues { try CheckpointTensor($0) })
      .copyingColours(autoencoder)
  }

  /// The means of a picture's first three latents.
  private func latents(red: Float, green: Float, blue: Float) async throws -> [Float] {
    let engine = try OpenVINOEngine()
    let network = try await engine.compile(
      autoencoder.encoderGraph(start, height: 16, width: 16), options: CompileOptions(precision: .f32))
    let picture = [red, green, blue].flatMap { [Float](repeating: $0, count: 256) }
    let results = try await network.run(["picture": Tensor(picture, shape: [1, 3, 16, 16])])
    #expect(results["logVariance"]!.floats.allSatisfy { $0 == -6 })
    let mean = results["mean"]!.floats
    return (0..<3).map { channel in mean[16 * channel..<16 * channel + 16].reduce(0, +) / 16 }
  }

  @Test("latents tell colours before anything is learnt, each in its own channel, with little noise")
  func colours() async throws {
    let grey = try await latents(red: 0, green: 0, blue: 0)
    for channel in 0..<3 {
      var colour: [Float] = [-0.5, -0.5, -0.5]
      colour[channel] = 0.8
      let found = try await latents(red: colour[0], green: colour[1], blue: colour[2])
      let change = zip(found, grey).map { $0 - $1 }
      #expect(change.max() == change[channel], "\(channel): \(change)")
      #expect(
        change[channel] > 0.1 + change.enumerated().filter { $0.offset != channel }.map(\.element).max()!)
    }
  }

  @Test("all other weights stay as they were")
  func rest() throws {
    let random = TensorWeights(beginning: try autoencoder.weightShapes, seed: 3)
    for name in ["encoder.down_blocks.0.resnets.0.conv1.weight", "decoder.mid_block.resnets.0.conv2.bias"] {
      #expect(start[name]!.floats()! == random.tensors[name]!.floats)
    }
  }
}
