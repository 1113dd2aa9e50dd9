import Diffusion
import EngineTesting
import Tensors
import Testing

@Suite("Inception-v3")
struct InceptionTests {
  /// Weights of the network's shape, and what does not belong to it.
  private func weights(of network: Inception) throws -> Checkpoint {
    let list = WeightList()
    _ = try network.graph(list)
    return try Checkpoint(shapes: list.shapes, values: SeededNumbers.weights(list.shapes))
  }

  @Test("the features are those of pytorch-fid", arguments: TestedEngine.allCases)
  func features(engine: TestedEngine) async throws {
    let network = Inception()
    let executable = try await engine.make().compile(
      network.graph(weights(of: network)), options: .init(precision: .f32))
    let shape = [1, 3, network.size, network.size]
    let picture = Tensor(SeededNumbers.noise(seed: 1000, count: shape.reduce(1, *)), shape: shape)
    let features = try #require(try await executable.run(["picture": picture])["features"])
    let expected = try SafetensorsFixture("inception.tensors")["features"].floats
    #expect(features.shape == [1, network.width] && expected.count == network.width)
    let worst = zip(features.floats, expected).map { abs($0 - $1) }.max()!
    #expect(worst <= 1e-4 * expected.map(abs).max()!, "off by \(worst)")
  }

  @Test("the published classifier, auxiliary head and counters are left out")
  func names() throws {
    var network = Inception()
    network.reduction = 16
    let weights = try weights(of: network)
    let bias = try #require(weights["Conv2d_1a_3x3.bn.bias"])
    var published = weights
    for name in ["fc.weight", "AuxLogits.conv0.conv.weight", "Mixed_5b.branch1x1.bn.num_batches_tracked"] {
      published.tensors[name] = bias
    }
    #expect(Set(network.named(published).tensors.keys) == Set(weights.tensors.keys))
  }
}
