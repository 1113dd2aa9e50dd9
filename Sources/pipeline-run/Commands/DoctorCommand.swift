import ArgumentParser
import Diffusion
import Foundation
import Foundations
import Imaging
import OpenVINO
import PaintByExample
import PipelineKit
import Tensors
import Torch

/// Says what this installation has and lacks.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Say what is installed, what is missing, and the command that mends it.")

  @OptionGroup var registration: RegistrationOptions
  @OptionGroup var models: ModelOptions
  @OptionGroup var storing: StoreOptions

  mutating func run() async throws {
    let (registration, models, storing) = (registration, models, storing)
    var isWhole = true
    func line(_ name: String, _ check: () async throws -> String) async {
      do {
        print("ok       \(name): \(try await check())")
      } catch {
        isWhole = false
        print("MISSING  \(name): \(error)")
      }
    }
    await line(Program.name) { Release.version + (Release.commit.map { ", commit \($0)" } ?? "") }
    await line("libvips") {
      try Vips.start()
      return "\(Vips.version), \(Vips.threads) threads"
    }
    await line("engine") { try await Self.engine() }
    await line("models") {
      let names = models.search.models().map(\.name).joined(separator: ", ")
      return names.isEmpty
        ? "none in \(models.search.folders.joined(separator: ", ")); fetch one with: pipeline-run models pull "
          + "paint-by-example" : names
    }
    await line("stages") { "\(try registration.registry().stages.count)" }
    await line("processors") {
      let processors = ProcessorCount.current
      return "\(processors.count)" + (processors.limit.map { ", by \($0)" } ?? "")
    }
    await line("memory") { "\(ProgressView.size(MemoryBudget.standard)) for stages" }
    await line("store") {
      let store = try storing.required()
      return "\(store.root.path(percentEncoded: false)), \(try store.info().entries) results"
    }
    // A second engine: what it is asked for only is missing without it.
    do {
      let engine = try TorchEngine()
      print("ok       libtorch: \(engine.capabilities.version), \(engine.libraryPath)")
    } catch {
      print("absent   libtorch: \(error)")
    }
    if PlanGraph.canBeDrawn {
      print("ok       Graphviz: draws graphs")
    } else {
      print(
        "absent   Graphviz: graph --as svg and reports need it to draw; install it (Debian: apt-get install graphviz)"
      )
    }
    guard isWhole else { throw Reported(exitCode: 5) }
  }

  /// What computes networks: its version and library, the processor, and what was measured of it.
  private static func engine() async throws -> String {
    let engine = try OpenVINOEngine()
    let capabilities = engine.capabilities
    let record = try await EngineRecord.measured()
    let precisions = capabilities.precisions.map(\.rawValue).joined(separator: ", ")
    return
      ([
        "\(record.engine) (\(engine.libraryPath)) on \(capabilities.device); \(precisions), fastest here "
          + record.fastest.rawValue
      ] + capabilities.notes).joined(separator: "; ")
  }
}
