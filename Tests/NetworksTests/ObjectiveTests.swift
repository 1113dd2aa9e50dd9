import Diffusion
import Foundation
import OpenVINO
import Tensors
import Testing

/// The training losses are what their formulas say, computed from the networks themselves.
@Suite("Training objectives")
struct ObjectiveTests {
  private let engine: OpenVINOEngine

  init() throws { engine = try OpenVINOEngine() }

  private func run(_ graph: Graph, _ inputs: [String: Tensor]) async throws -> [String: Tensor] {
    try await engine.compile(graph, options: .init(precision: .f32)).run(inputs)
  }

  private func normal(_ seed: Int, _ shape: [Int]) -> Tensor {
    var generator = TorchGenerator(seed: seed)
    return Tensor(generator.normal(count: shape.reduce(1, *)), shape: shape)
  }

  private var unet: UNet {
    var shape = UNetConfiguration.paintByExample
    (shape.blockChannels, shape.layersPerBlock, shape.groups, shape.contextWidth) = ([8, 16], 1, 4, 6)
    (shape.attends, shape.heads, shape.transformerDepth) = ([true, false], [2, 2], [1, 1])
    return UNet(shape)
  }

  private var encoder: ExemplarEncoder {
    var shape = CLIPVisionConfiguration()
    (shape.width, shape.feedForwardWidth, shape.depth, shape.heads) = (16, 32, 4, 2)
    (shape.imageSize, shape.patchSize, shape.projectionWidth) = (16, 8, 6)
    return ExemplarEncoder(shape)
  }

  @Test(
    "denoising: the mean square over a batch with a time step each, conditioned or not", arguments: [0, 1])
  func denoising(conditioned: Float) async throws {
    let (unet, encoder) = (unet, encoder)
    let unetWeights = TensorWeights(beginning: try unet.weightShapes, seed: 1)
    let encoderWeights = TensorWeights(beginning: try encoder.weightShapes, seed: 2)
    let (sample, noise) = (normal(3, [2, 9, 4, 6]), normal(4, [2, 4, 4, 6]))
    let pictures = [normal(5, [1, 3, 16, 16]), normal(6, [1, 3, 16, 16])]
    var (tokens, squares, weighted): ([Float], [Float], [Float]) = ([], [], [])
    let weights: [Float] = [1, 0.25]
    let times: [Float] = [17, 801]
    for index in 0..<2 {
      tokens += try await run(encoder.towerGraph(encoderWeights), ["exemplar": pictures[index]])["token"]!
        .floats
      let context =
        conditioned == 1
        ? try await run(encoder.graph(encoderWeights), ["exemplar": pictures[index]])["context"]!
        : Tensor(encoderWeights.tensors["uncond_vector"]!.floats, shape: [1, 1, 6])
      let predicted = try await run(
        unet.graph(unetWeights, height: 4, width: 6),
        [
          "sample": Tensor(Array(sample.floats[index * 216..<(index + 1) * 216]), shape: [1, 9, 4, 6]),
          "time": unet.timestepEmbedding(times[index]), "context": context,
        ])["noise"]!.floats
      let errors = zip(predicted, noise.floats[index * 96..<(index + 1) * 96]).map { ($0 - $1) * ($0 - $1) }
      squares += errors
      weighted += errors.map { $0 * weights[index] }
    }
    var inputs = [
      "sample": sample, "target": noise, "token": Tensor(tokens, shape: [2, 1, 16]),
      "time": Tensor(times.flatMap { unet.timestepEmbedding($0).floats }, shape: [2, 8]),
      "conditioned": Tensor([conditioned], shape: [1, 1, 1]),
    ]
    for (isWeighted, terms) in [(false, squares), (true, weighted)] {
      let graph = try DenoisingObjective(unet, encoder).graph(
        TrainedWeights(unetWeights), TrainedWeights(encoderWeights), batch: 2, height: 4, width: 6,
        isWeighted: isWeighted)
      inputs["weight"] = isWeighted ? Tensor(weights, shape: [2, 1, 1, 1]) : nil
      let loss = try await run(graph, inputs)["loss"]!.floats[0]
      let expected = terms.reduce(0, +) / Float(terms.count)
      #expect(abs(loss - expected) < 1e-4 * expected)
    }
  }

  @Test("reconstruction: pictures and their steps, and the latents' divergence")
  func reconstruction() async throws {
    var shape = AutoencoderConfiguration()
    (shape.blockChannels, shape.layersPerBlock, shape.groups) = ([8, 8], 1, 4)
    let autoencoder = Autoencoder(shape)
    let weights = TensorWeights(beginning: try autoencoder.weightShapes, seed: 1)
    let (picture, noise) = (normal(2, [1, 3, 8, 12]), normal(3, [1, 4, 4, 6]))
    let moments = try await run(autoencoder.encoderGraph(weights, height: 8, width: 12), ["picture": picture])
    let (mean, logarithm) = (moments["mean"]!.floats, moments["logVariance"]!.floats)
    let latent = mean.indices.map { mean[$0] + exp(logarithm[$0] / 2) * noise.floats[$0] }
    let decoded = try await run(
      autoencoder.decoderGraph(weights, height: 4, width: 6), ["latent": Tensor(latent, shape: [1, 4, 4, 6])])
    let difference = zip(decoded["picture"]!.floats, picture.floats).map { $0 - $1 }
    var (across, down): ([Float], [Float]) = ([], [])
    for index in difference.indices {
      if index % 12 < 11 { across.append(abs(difference[index + 1] - difference[index])) }
      if index / 12 % 8 < 7 { down.append(abs(difference[index + 12] - difference[index])) }
    }
    func average(_ values: [Float]) -> Float { values.reduce(0, +) / Float(values.count) }
    let edges = average(difference.map(abs)) + average(across) + average(down)
    let expected = 4 * average(difference.map { $0 * $0 }) + edges / 4
    let divergence = average(
      mean.indices.map {
        0.5 * (mean[$0] * mean[$0] + exp(logarithm[$0]) - logarithm[$0] - 1)
      })
    let graph = try ReconstructionObjective(autoencoder, divergenceWeight: 0.5).graph(
      TrainedWeights(weights), batch: 1, height: 8, width: 12)
    let results = try await run(graph, ["picture": picture, "noise": noise]).mapValues { $0.floats[0] }
    #expect(abs(results["difference"]! - expected) < 1e-4)
    #expect(abs(results["divergence"]! - divergence) < 1e-4)
    #expect(abs(results["loss"]! - expected - 0.5 * divergence) < 1e-4)
  }

  @Test("contrast: each view finds the other of its object among the batch, both ways")
  func contrast() async throws {
    let weights = TensorWeights(beginning: try encoder.weightShapes, seed: 1)
    let (first, second) = (normal(2, [3, 3, 16, 16]), normal(3, [3, 3, 16, 16]))
    let pairs = Tensor((0..<9).map { $0 % 4 == 0 ? 1 : 0 }, shape: [3, 3])
    let graph = try ContrastiveObjective(encoder).graph(TrainedWeights(weights), batch: 3)
    let results = try await run(graph, ["first": first, "second": second, "pairs": pairs])
    let scores = results["similarities"]!.floats.map { Double($0) * 10 }
    let losses = (0..<3).flatMap { index -> [Double] in
      let row = (0..<3).map { exp(scores[3 * index + $0]) }.reduce(0, +)
      let column = (0..<3).map { exp(scores[3 * $0 + index]) }.reduce(0, +)
      return [log(row) - scores[4 * index], log(column) - scores[4 * index]]
    }
    #expect(abs(Double(results["loss"]!.floats[0]) - losses.reduce(0, +) / 6) < 1e-4)
    let same = try await run(graph, ["first": first, "second": first, "pairs": pairs])["similarities"]!.floats
    for index in 0..<3 { #expect(abs(same[4 * index] - 1) < 1e-5) }
  }

  @Test("only the weights that are to be trained are parameters, each once")
  func parameters() throws {
    let weights = TensorWeights(beginning: try encoder.weightShapes, seed: 1)
    let graph = try DenoisingObjective(unet, encoder).graph(
      TensorWeights(beginning: try unet.weightShapes, seed: 2),
      TrainedWeights(weights) { !$0.hasPrefix("model.") }, batch: 1, height: 4, width: 4)
    let names = graph.operations.compactMap { operation -> String? in
      if case .constant(let constant) = operation.operator { constant.parameter?.name } else { nil }
    }
    #expect(names.contains("uncond_vector") && names.contains("proj_out.weight"))
    #expect(names.allSatisfy { encoderNames.contains($0) && !$0.hasPrefix("model.") })
  }

  private var encoderNames: Set<String> { Set((try? encoder.weightShapes.keys.map { $0 }) ?? []) }
}
