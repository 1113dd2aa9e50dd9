import ArgumentParser
import Foundation
import Imaging
import PipelineKit
import Torch

/// Says what this installation has and lacks.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Say what is installed, what is missing, and the command that mends it.")

  @OptionGroup var registration: RegistrationOptions
  @OptionGroup var storing: StoreOptions

  func run() throws {
    var isWhole = true
    func line(_ name: String, _ check: () throws -> String) {
      do {
        print("ok       \(name): \(try check())")
      } catch {
        isWhole = false
        print("MISSING  \(name): \(error)")
      }
    }
    line(Program.name) { Program.version }
    line("libvips") {
      try Vips.start()
      return "\(Vips.version), \(Vips.threads) threads"
    }
    line("stages") { "\(try registration.registry().stages.count)" }
    line("memory") { "\(ProgressView.size(MemoryBudget.standard)) for stages" }
    line("store") {
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
    guard isWhole else { throw Reported(exitCode: 5) }
  }
}
