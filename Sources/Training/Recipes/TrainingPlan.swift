package import Diffusion
package import Foundation
import Foundations
package import Tensors

/// The processes that train together, as a program offers them to its stages.
package struct TrainingProcesses: Sendable {
  /// This process among them.
  package var exchange: any GradientExchange
  /// Which one it is of those on its machine: the number of its GPU; nil when nobody said.
  package var localRank: Int?

  /// One process that trains alone, unless said otherwise.
  package init(_ exchange: any GradientExchange = SingleProcess(), localRank: Int? = nil) {
    (self.exchange, self.localRank) = (exchange, localRank)
  }
}

/// How a network is trained, and where: what trainings of all three networks share.
package struct TrainingPlan: Sendable {
  /// The model: shapes of all networks, and the weights of those that are not trained.
  package var model: DiffusionModel
  /// The folder for checkpoints, metrics and the result.
  package var folder: URL
  /// Steps, optimizer, averages, checkpoints.
  package var settings: TrainerSettings
  /// Examples of a micro-batch.
  package var batchSize: Int
  /// Whether the network begins with random weights; otherwise with the model's.
  package var startsFromScratch: Bool
  /// Fixes every random choice.
  package var seed: Int
  /// What computes gradients, and how exactly.
  package var compute: ComputeOptions
  /// What computes frozen networks and samples.
  package var frozenCompute: ComputeOptions
  /// Examples.
  package var data: any TrainingData
  /// What sheets of samples show.
  package var samples: any TrainingData
  /// Whether values that the way back needs are computed anew there, which takes less memory and more time.
  package var recomputes = false
  /// Other processes that train with this one.
  package var exchange: any GradientExchange = SingleProcess()

  /// A plan.
  package init(
    model: DiffusionModel, folder: URL, settings: TrainerSettings, batchSize: Int, startsFromScratch: Bool,
    seed: Int, compute: ComputeOptions, frozenCompute: ComputeOptions, data: any TrainingData,
    samples: any TrainingData
  ) {
    (self.model, self.folder, self.settings) = (model, folder, settings)
    (self.batchSize, self.startsFromScratch, self.seed) = (batchSize, startsFromScratch, seed)
    (self.compute, self.frozenCompute) = (compute, frozenCompute)
    (self.data, self.samples) = (data, samples)
  }

  /// Micro-batches of a step, of all processes.
  var microBatches: Int { settings.accumulation * exchange.processCount }
  /// The folder of the trained model.
  package var result: URL { folder.appending(path: "model", directoryHint: .notDirectory) }

  /// The weights that a component begins with, in single precision.
  func start(_ component: ModelComponent, shapes: [String: [Int]], runtime: DiffusionRuntime) async throws
    -> Checkpoint
  {
    guard startsFromScratch else {
      return try await runtime.weights(of: component, of: model).inSinglePrecision()
    }
    let seed = self.seed &+ ModelComponent.allCases.firstIndex(of: component)!
    let tensors = TensorWeights(beginning: shapes, seed: seed).tensors
    return try Checkpoint(shapes: shapes) { tensors[$0]!.floats }
  }
}

/// A training's own part: its loss, its batches, and what becomes of its weights.
protocol TrainingRecipe: Sendable {
  /// Tells trainings apart whose checkpoints do not fit each other.
  var subject: JSONValue { get }
  /// The loss, with the trained weights as parameters.
  func graph() throws -> Graph
  /// The batches.
  var batches: any BatchSource { get throws }
  /// The trained components' weights, all of each, and settings that follow from them.
  func trained(_ vector: ParameterVector) async throws -> TrainedComponents
  /// A sheet of samples of the model in `folder`, as a PNG.
  func sheet(_ model: DiffusionModel, _ runtime: DiffusionRuntime) async throws -> Data
}

/// What a training makes of a model.
struct TrainedComponents {
  var weights: [ModelComponent: Checkpoint]
  /// Files of settings by their paths in the model's folder.
  var settings: [String: Data] = [:]
}

extension TrainingPlan {
  /// Trains until all steps are done or the task is cancelled, and writes the model.
  ///
  /// - Returns: how it ended, with the last step's metrics.
  func run(
    _ recipe: some TrainingRecipe, runtime: DiffusionRuntime,
    progress: @escaping @Sendable (TrainingProgress) -> Void
  ) async throws -> TrainingOutcome {
    guard let engine = try await runtime.gradientEngine(compute.engine) else {
      throw TrainingError("the engine '\(compute.engine)' finds no gradients; torch does")
    }
    let graph = try recipe.graph()
    let executable = try await engine.compile(
      graph, differentiating: "loss", options: CompileOptions(precision: compute.precision),
      recomputes: recomputes)
    let trainer = try await Trainer(
      executable, on: recipe.batches, settings: settings, folder: folder, subject: recipe.subject,
      exchange: exchange)
    let outcome = try await trainer.run(progress: progress) { snapshot in
      try await keep(snapshot, recipe, runtime)
    }
    if outcome.isFinished, exchange.rank == 0 { try await keep(trainer.snapshot(), recipe, runtime) }
    return outcome
  }

  /// Writes the model as it is now, and a sheet of what it does.
  private func keep(_ snapshot: TrainingSnapshot, _ recipe: some TrainingRecipe, _ runtime: DiffusionRuntime)
    async throws
  {
    let trained = try await recipe.trained(snapshot.average ?? snapshot.weights)
    let conversion = try ModelConversion(model, trained: trained.weights, settings: trained.settings)
    let path = result.path(percentEncoded: false)
    try conversion.write(to: path, replacing: true)
    let picture = try await recipe.sheet(DiffusionModel(path: path), runtime.anew())
    let sheets = folder.appending(path: "samples", directoryHint: .isDirectory)
    try FileSystem().createFolder(sheets)
    let digits = String(snapshot.step)
    let name = "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".png"
    try AtomicFile(sheets.appending(path: name)).write(picture)
  }
}

extension Checkpoint {
  /// These weights with those that were trained in place of theirs; trained weights of other components are left out.
  func replacing(_ trained: Checkpoint) -> Checkpoint {
    Checkpoint(tensors: tensors.merging(trained.tensors.filter { tensors[$0.key] != nil }) { $1 })
  }
}
