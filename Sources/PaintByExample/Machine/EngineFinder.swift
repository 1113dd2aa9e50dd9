import Diffusion
public import Foundation
import OpenVINO
public import PipelineKit
public import Tensors
import Torch

/// Finds the engines that documents name. Name and version count, for other ones round differently; of a GPU, so does
/// its kind.
public struct EngineFinder: ResourceFinder {
  /// The engine of that name, as a resource.
  public func find(_ name: String, file: () throws -> URL) throws -> Resource {
    guard name != ComputeOptions.standardEngine else {
      guard let record = try EngineRecord.remembered() else { throw EngineNotMeasured() }
      return Resource(name: name, identity: ["engine": .string(record.engine)])
    }
    let capabilities = try Self.engine(name).capabilities
    return Resource(
      name: name,
      identity: [
        "engine": .string("\(capabilities.engine) \(capabilities.version) on \(capabilities.device)")
      ])
  }

  /// The engine of that name: `openvino`, `torch` or `torch:DEVICE`.
  ///
  /// - Throws: `MissingDependency` when it is not installed, or has no such device.
  public static func engine(_ name: String) throws -> any Engine {
    if name == ComputeOptions.standardEngine { return try OpenVINOEngine.installed() }
    let device = name == "torch" ? "cpu" : String(name.dropFirst("torch:".count))
    do {
      return try TorchEngine(device: device)
    } catch {
      throw MissingDependency(
        "the engine '\(name)' cannot be used: \(error)", remedy: "see: pipeline-run doctor")
    }
  }
}
