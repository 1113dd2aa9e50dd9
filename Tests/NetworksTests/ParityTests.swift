import Diffusion
import EngineTesting
import Foundation
import Tensors
import Testing

/// Small random models give the same numbers as diffusers and transformers, within 2·10⁻⁴ of the largest.
@Suite("Parity with the reference")
struct ParityTests {
  private func run(
    _ graph: Graph, on engine: TestedEngine, _ inputs: [String: Tensor]
  ) async throws -> [String: Tensor] {
    try await engine.make().compile(graph, options: .init(precision: .f32)).run(inputs)
  }

  @Test(
    "UNet: one token or several, shared picture or not, odd sizes, both projections",
    arguments: ["unet-exemplar", "unet-text", "unet-shared"], TestedEngine.allCases)
  func unet(name: String, engine: TestedEngine) async throws {
    let unet = UNet(try unetConfiguration(name))
    let weights = try SafetensorsFixture(name + ".weights")
    let tensors = try SafetensorsFixture(name + ".tensors")
    let (sample, context) = (try tensors["sample"], try tensors["context"])
    let graph = try unet.graph(
      weights, height: sample.shape[2], width: sample.shape[3], batch: context.shape[0],
      tokens: context.shape[1], pictures: sample.shape[0])
    let time = unet.timestepEmbedding(try tensors["timestep"].floats[0])
    expectClose(time, try tensors["time"])
    let results = try await run(graph, on: engine, ["sample": sample, "time": time, "context": context])
    expectClose(results["noise"], try tensors["noise"])
  }

  @Test(
    "cut at any skip connection, the UNet's shallow layers make the same of its deep layers' features",
    arguments: ["unet-exemplar", "unet-text", "unet-shared"])
  func cutUNet(name: String) async throws {
    let unet = UNet(try unetConfiguration(name))
    let weights = try SafetensorsFixture(name + ".weights")
    let tensors = try SafetensorsFixture(name + ".tensors")
    let (sample, context) = (try tensors["sample"], try tensors["context"])
    let inputs = ["sample": sample, "time": try tensors["time"], "context": context]
    #expect(
      unet.branchCount == unet.configuration.blockChannels.count * (unet.configuration.layersPerBlock + 1))
    for branch in 0..<unet.branchCount {
      func graph(_ caching: FeatureCaching) throws -> Graph {
        try unet.graph(
          weights, height: sample.shape[2], width: sample.shape[3], batch: context.shape[0],
          tokens: context.shape[1], pictures: sample.shape[0], caching: caching)
      }
      let whole = try await run(graph(.giving(branch: branch)), on: .openVINO, inputs)
      expectClose(whole["noise"], try tensors["noise"])
      let shallow = try graph(.taking(branch: branch))
      #expect(try shallow.operations.count < graph(.giving(branch: branch)).operations.count)
      let known = inputs.merging(["features": try #require(whole["features"])]) { $1 }
        .filter { shallow.inputTypes[$0.key] != nil }
      expectClose(try await run(shallow, on: .openVINO, known)["noise"], try tensors["noise"])
    }
  }

  @Test(
    "autoencoder, both ways", arguments: ["autoencoder-deep", "autoencoder-shallow"], TestedEngine.allCases)
  func autoencoder(name: String, engine: TestedEngine) async throws {
    let autoencoder = Autoencoder(try autoencoderConfiguration(name))
    let weights = try SafetensorsFixture(name + ".weights")
    let tensors = try SafetensorsFixture(name + ".tensors")
    let (picture, latent) = (try tensors["picture"], try tensors["latent"])
    let moments = try await run(
      autoencoder.encoderGraph(weights, height: picture.shape[2], width: picture.shape[3]), on: engine,
      ["picture": picture])
    expectClose(moments["mean"], try tensors["mean"])
    expectClose(moments["logVariance"], try tensors["logVariance"])
    let decoded = try await run(
      autoencoder.decoderGraph(weights, height: latent.shape[2], width: latent.shape[3]), on: engine,
      ["latent": latent])
    expectClose(decoded["picture"], try tensors["decoded"])
  }

  @Test(
    "exemplar encoder: the class token alone, and all tokens",
    arguments: ["exemplar-quick", "exemplar-exact"], TestedEngine.allCases)
  func exemplar(name: String, engine: TestedEngine) async throws {
    let encoder = ExemplarEncoder(try encoderConfiguration(name))
    let tensors = try SafetensorsFixture(name + ".tensors")
    for tokens in ExemplarTokens.allCases {
      let graph = try encoder.graph(SafetensorsFixture(name + ".weights"), tokens: tokens)
      let results = try await run(graph, on: engine, ["exemplar": tensors["exemplar"]])
      expectClose(results["context"], try tensors[tokens.rawValue])
    }
  }

  @Test("CLIP's own picture embedding", arguments: TestedEngine.allCases)
  func embedding(engine: TestedEngine) async throws {
    let encoder = ExemplarEncoder(try encoderConfiguration("embedding"))
    let tensors = try SafetensorsFixture("embedding.tensors")
    let graph = try encoder.embeddingGraph(SafetensorsFixture("embedding.weights"))
    let results = try await run(graph, on: engine, ["exemplar": tensors["exemplar"]])
    expectClose(results["embedding"], try tensors["embedding"])
  }

  @Test(
    "text encoder: both nonlinearities, and without its last layers",
    arguments: ["text-quick", "text-exact"],
    TestedEngine.allCases)
  func text(name: String, engine: TestedEngine) async throws {
    let encoder = TextEncoder(try textConfiguration(name))
    let tensors = try SafetensorsFixture(name + ".tensors")
    let tokens = try tensors["tokens"]
    let ids = Tensor(integers: tokens.floats.map { Int64($0) }, shape: tokens.shape)
    for (skipped, expected) in ["context", "skipped-1", "skipped-2"].enumerated() {
      let graph = try encoder.graph(
        SafetensorsFixture(name + ".weights"), batch: tokens.shape[0], skipped: skipped)
      let results = try await run(graph, on: engine, ["tokens": ids])
      expectClose(results["context"], try tensors[expected])
    }
  }

  @Test("PCT-Net", arguments: TestedEngine.allCases)
  func harmonizer(engine: TestedEngine) async throws {
    let weights = fixtures.appendingPathComponent("pct-net.weights.safetensors").path
    let tensors = try SafetensorsFixture("pct-net.tensors")
    var network = try PCTNet(weightsAt: weights)
    #expect(network.width == 16 && network.depth == 2 && network.feedForwardWidth == 24)
    network.size = 32
    let results = try await run(
      network.graph(SafetensorsFixture("pct-net.weights")), on: engine,
      ["composite": tensors["composite"]])
    expectClose(results["maps"], try tensors["maps"])
  }

  @Test("PCT-Net of the published shape asks for the weights that are in the published file")
  func harmonizerNames() throws {
    let list = WeightList()
    _ = try PCTNet().graph(list)
    let names = list.shapes.map { "\($0) \($1)\n" }.sorted().joined()
    let published = fixtures.appendingPathComponent("pct-net.names.txt")
    #expect(names == (try String(contentsOf: published, encoding: .utf8)))
  }
}

/// Fails where two tensors differ in shape, or by more than 2·10⁻⁴ of the largest expected element.
private func expectClose(
  _ tensor: Tensor?, _ expected: Tensor, sourceLocation: Testing.SourceLocation = #_sourceLocation
) {
  #expect(tensor?.shape == expected.shape, sourceLocation: sourceLocation)
  guard let tensor, tensor.shape == expected.shape else { return }
  let scale = expected.floats.map(abs).max() ?? 0
  let worst = zip(tensor.floats, expected.floats).map { abs($0 - $1) }.max() ?? .infinity
  #expect(worst <= 2e-4 * scale, "off by \(worst / scale)", sourceLocation: sourceLocation)
}
