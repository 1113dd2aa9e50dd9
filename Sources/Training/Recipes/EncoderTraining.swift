package import Diffusion
import Foundation
import Imaging
import Foundations
import Tensors

/// Trains an image encoder's vision tower from scratch, by telling objects apart.
package struct EncoderTraining: Sendable {
  /// How and where.
  package var plan: TrainingPlan
  /// Similarities are divided by this.
  package var temperature: Double

  /// A training.
  package init(_ plan: TrainingPlan, temperature: Double) {
    (self.plan, self.temperature) = (plan, temperature)
  }

  /// Trains, writes checkpoints and, at the end, the model.
  package func run(
    _ runtime: DiffusionRuntime, progress: @escaping @Sendable (TrainingProgress) -> Void
  ) async throws -> TrainingOutcome {
    let encoder = try plan.model.exemplarEncoder()
    guard encoder.configuration.architecture == .paintByExample else {
      throw TrainingError("the model's image encoder is no PaintByExampleImageEncoder")
    }
    let start = try await plan.start(.imageEncoder, shapes: encoder.weightShapes, runtime: runtime)
    let recipe = EncoderRecipe(
      training: self, encoder: encoder, preprocessing: try plan.model.preprocessing(), start: start)
    return try await plan.run(recipe, runtime: runtime, progress: progress)
  }
}

private struct EncoderRecipe: TrainingRecipe {
  let training: EncoderTraining
  let encoder: ExemplarEncoder
  let preprocessing: ImagePreprocessing
  let start: Checkpoint

  private var plan: TrainingPlan { training.plan }

  var subject: JSONValue {
    [
      "network": "image encoder", "data": plan.data.identity, "temperature": .number(training.temperature),
      "seed": JSONValue(plan.seed), "scratch": .bool(plan.startsFromScratch),
    ]
  }

  func graph() throws -> Graph {
    try ContrastiveObjective(encoder, temperature: Float(training.temperature)).graph(
      TrainedWeights(start) { !ExemplarEncoder.isTrained($0) }, batch: plan.batchSize)
  }

  var batches: any BatchSource {
    ContrastiveBatches(
      plan.data, encoder, preprocessing, batchSize: plan.batchSize, microBatches: plan.microBatches)
  }

  func trained(_ vector: ParameterVector) async throws -> TrainedComponents {
    TrainedComponents(weights: [.imageEncoder: start.replacing(try vector.checkpoint())])
  }

  /// In each row a view, and the five most similar of forty views of other moments, the most similar first: the
  /// second picture should show the first one's object.
  func sheet(_ model: DiffusionModel, _ runtime: DiffusionRuntime) async throws -> Data {
    let encoding = try ExemplarEncoding(model, plan.frozenCompute, runtime: runtime)
    var views: [(first: Image, second: Image, query: [Float], key: [Float])] = []
    for index in 0..<40 {
      let (first, second) = try plan.samples.views(plan.samples.wrapped(index))
      views.append((first, second, try await token(first, encoding), try await token(second, encoding)))
    }
    var grid = PictureGrid(columns: 6, side: encoder.configuration.imageSize)
    for view in views.prefix(10) {
      try grid.add(view.first)
      let ranked = views.sorted { similarity($0.key, view.query) > similarity($1.key, view.query) }
      for other in ranked.prefix(5) { try grid.add(other.second) }
    }
    return try grid.png()
  }

  private func token(_ view: Image, _ encoding: ExemplarEncoding) async throws -> [Float] {
    let exemplar = try preprocessing.exemplar(view, size: encoding.imageSize)
    return try await encoding.token(exemplar, tokens: .classToken).floats
  }

  private func similarity(_ left: [Float], _ right: [Float]) -> Float {
    let dot = { (a: [Float], b: [Float]) in zip(a, b).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
    return dot(left, right) / (dot(left, left) * dot(right, right)).squareRoot()
  }
}
