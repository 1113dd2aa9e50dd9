import Diffusion
import EngineTesting
import Foundation
import Tensors
import Testing

@Suite("LPIPS")
struct PerceptualTests {
  private static let height = 72
  private static let width = 83

  /// Weights of the published shapes; heads are never below 0.
  private func weights(of network: LPIPS) throws -> Checkpoint {
    let list = WeightList()
    _ = try network.graph(list)
    let seeded = SeededNumbers.weights(list.shapes)
    return try Checkpoint(shapes: list.shapes) { name in
      name.hasPrefix("lin") ? seeded(name).map(abs) : seeded(name)
    }
  }

  private func picture(_ seed: Int) -> [Float] {
    SeededNumbers.noise(seed: seed, count: 3 * Self.height * Self.width)
  }

  @Test(
    "distances are those of the lpips package", arguments: [LPIPS.Trunk.alex, .vgg], TestedEngine.allCases)
  func distances(trunk: LPIPS.Trunk, engine: TestedEngine) async throws {
    var network = LPIPS(trunk)
    (network.height, network.width) = (Self.height, Self.width)
    let executable = try await engine.make().compile(
      network.graph(weights(of: network)), options: .init(precision: .f32))
    func distance(_ first: [Float], _ second: [Float]) async throws -> Double {
      let shape = [1, 3, Self.height, Self.width]
      let results = try await executable.run([
        "first": Tensor(first, shape: shape), "second": Tensor(second, shape: shape),
      ])
      return Double(try #require(results["distance"]?.floats.first))
    }
    let (first, second) = (picture(1000), picture(1001))
    let near = zip(first, second).map { 0.9 * $0 + 0.1 * $1 }
    let file = fixtures.appendingPathComponent("lpips.json")
    let expected = try #require(
      try JSONDecoder().decode([String: [String: Double]].self, from: Data(contentsOf: file))[trunk.rawValue])
    #expect(abs(try await distance(first, second) / expected["far"]! - 1) < 1e-3)
    #expect(abs(try await distance(first, near) / expected["near"]! - 1) < 1e-3)
    #expect(try await distance(first, first) == 0)
  }

  @Test("whose the weights are tells their names, and the classifier's head is left out")
  func trunks() throws {
    for trunk in [LPIPS.Trunk.alex, .vgg] {
      var small = LPIPS(trunk)
      small.widths = small.widths.map { $0 / 32 }
      let weights = try weights(of: small)
      var published = weights
      published.tensors["classifier.1.weight"] = weights["features.0.bias"]
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      // The heads lie in a file of their own.
      for isHead in [false, true] {
        let part = published.tensors.filter { $0.key.hasPrefix("lin") == isHead }
        try Checkpoint(tensors: part).write(to: folder.appending(path: "\(isHead).safetensors").path)
      }
      let found = try LPIPS(weightsAt: folder.path)
      #expect(found.trunk == trunk && found.widths == small.widths)
      #expect(Set(try found.weights(at: folder.path).tensors.keys) == Set(weights.tensors.keys))
    }
  }
}
