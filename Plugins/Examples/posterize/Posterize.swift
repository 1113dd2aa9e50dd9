import Imaging
import PipelineKit
import Stages

/// Leaves few levels in each channel: a worked example of a plugin in Swift. Plugins/README.md tells how to build it.
struct Posterize: Stage {
  static let name = "swift.posterize"
  static let summary = "Leaves few levels in each channel of a picture."
  static let image = Input<Picture>("image", help: "The picture.")
  static let result = Output<Picture>("image", help: "The picture with fewer levels. Alpha is left as it is.")
  static let inputs: [any StagePort] = [image]
  static let outputs: [any StagePort] = [result]

  struct Parameters: StageParameters {
    @Parameter(help: "Levels left in each channel.", 2...64) var levels = 4
  }
  var parameters: Parameters

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let picture = try inputs[Self.image].image
    let step = picture.format.fullScale / Double(parameters.levels - 1)
    let colours = try picture.withoutAlpha()
      .linear(1 / step, 0.5).cast(to: .uint8)  // casting cuts off, so this rounds
      .linear(step, 0.5).cast(to: picture.format)
    return StageOutputs(Self.result, Picture(try picture.alpha().map(colours.withAlpha) ?? colours))
  }
}

/// Where the program that loads the library begins.
@_cdecl("pipeline_plugin")
public func plugin() -> UnsafeMutableRawPointer { PluginLibrary.offer([Posterize.self]) }
