import Diffusion
import EngineTesting
import Foundation
import Tensors
import Testing

@Suite("DreamSim")
struct DreamSimTests {
  @Test(
    "tokens and distance are those of the dreamsim package, by a trunk and an adapter that PEFT saved",
    arguments: TestedEngine.allCases)
  func distance(engine: TestedEngine) async throws {
    let path = fixtures.appendingPathComponent("dreamsim").path
    var network = try DreamSim(weightsAt: path)
    network.trunk.size = 32
    #expect(network.trunk.depth == 2 && network.trunk.width == 64)
    let executable = try await engine.make().compile(
      network.graph(network.weights(at: path)), options: .init(precision: .f32))
    let tensors = try SafetensorsFixture("dreamsim.tensors")
    var tokens: [[Float]] = []
    for name in ["first", "second"] {
      let picture = try tensors[name]
      let (mean, deviation): ([Float], [Float]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
      let size = 32 * 32
      let normalised = picture.floats.enumerated().map { index, value in
        (value - mean[index / size]) / deviation[index / size]
      }
      tokens.append(
        try #require(await executable.run(["picture": Tensor(normalised, shape: picture.shape)])["token"])
          .floats)
    }
    let expected = try tensors["token"].floats
    let worst = zip(tokens[0], expected).map { abs($0 - $1) }.max()!
    #expect(worst <= 1e-4 * expected.map(abs).max()!, "off by \(worst)")
    let distance = Double(try tensors["distance"].floats[0])
    #expect(abs(DreamSim.distance(tokens[0], tokens[1]) - distance) < 1e-3 * distance)
    #expect(abs(DreamSim.distance(tokens[0], tokens[0])) < 1e-6)
  }

  @Test("a trunk without an adapter is refused with the place where the adapter is published")
  func withoutAdapter() {
    let path = fixtures.appendingPathComponent("dreamsim/trunk.pth").path
    let error = #expect(throws: CheckpointError.self) { try DreamSim(weightsAt: path) }
    #expect(error?.description.contains("dino_vitb16_single_lora") == true)
  }
}
