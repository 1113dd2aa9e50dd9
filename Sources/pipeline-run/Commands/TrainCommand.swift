import ArgumentParser
import Dispatch
import Foundation
import PaintByExample
import PipelineKit
import Tensors
import Torch
import Training

/// Trains what a document says.
struct TrainCommand: AsyncParsableCommand, UnhurriedCommand {
  /// The step under way is finished and a checkpoint written.
  static let patience = DispatchTimeInterval.seconds(120)

  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model as a document says.",
    discussion: """
      DOC.json is a pipeline document with a stage train.autoencoder, train.encoder or train.denoiser, whose folder \
      gets:

        checkpoints/       the last ones, whole; a training that was interrupted goes on from the newest; \
      Ctrl-C finishes the step and writes one, a second Ctrl-C or kill -9 costs the steps since the last
        metrics.jsonl      a line for each step: loss, rate, length of the gradient, examples a second
        loss.svg           the loss, drawn
        samples/           sheets of what the model does
        model/             the trained model, a diffusers folder

      It needs libtorch, which make torch connects in a clone of the project. The same document, started again, goes on where it was; more --param steps=… \
      train longer. A loss or gradient that is no finite number ends the training with its step, and the last good \
      checkpoint stays.

      Several processes train together, each on micro-batches of its own, when torchrun or srun starts them: gradients \
      are averaged over Gloo, and process 0 writes.

      The model in the box is made by: make model

      EXAMPLES
        pipeline-run train Pipelines/train-autoencoder.json --out training
        pipeline-run train Pipelines/train-encoder.json --out training --param model=training/autoencoder/model
        pipeline-run train Pipelines/train-denoiser.json --out training --param model=training/encoder/model
        pipeline-run train Pipelines/train-denoiser.json --param model=paint-by-example --param start=model \\
          --swap world=shards.examples --set world.folder=pairs
        torchrun --nproc-per-node 2 --no-python pipeline-run train Pipelines/train-denoiser.json --out training
      """)

  @OptionGroup var options: DocumentOptions

  @Flag(help: "Print events as newline-delimited JSON on standard output.")
  var json = false

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  mutating func run() async throws {
    let document = try options.load()
    let request = try options.request(document)
    let machine = try options.machine()
    let plan = try await machine.plan(document, request)
    guard plan.steps.contains(where: { $0.descriptor.name.hasPrefix("train.") }) else {
      throw UsageFault("'\(options.document)' has no stage train.…, so there is nothing to train")
    }
    let processes = try await Self.processes()
    let isQuiet = quiet || processes.exchange.rank > 0
    let view = ProgressView(mode: isQuiet ? .quiet : json ? .json : Terminal.isInteractive ? .bars : .lines)
    var running = machine.runOptions
    running.services.set(processes)
    running.events = { view.show($0) }
    try await Scheduler(running).run(plan)
    withExtendedLifetime(request) {}
  }

  /// Those that a launcher started with this one, connected.
  private static func processes() async throws -> TrainingProcesses {
    do {
      guard let place = try ProcessPlace(environment: ProcessInfo.processInfo.environment), place.count > 1
      else { return TrainingProcesses() }
      return TrainingProcesses(try await TorchExchange(place), localRank: place.localRank)
    } catch let error as InvalidPlace {
      throw UsageFault("\(error)")
    } catch let error as TorchError {
      throw MissingDependency("\(error)", remedy: "see: pipeline-run doctor")
    }
  }
}
