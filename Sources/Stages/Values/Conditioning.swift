import Diffusion
public import Foundation
public import PipelineKit
import Tensors

/// The value at a `condition` port: what conditions a denoiser on an exemplar or a prompt, and its unconditional twin.
///
/// Exchange form: `.safetensors` with `context` `[1, tokens, width]` and `unconditional` `[1, 1 or tokens, width]`.
public struct Conditioning: PortValue {
  let value: DenoiserConditioning

  init(_ value: DenoiserConditioning) { self.value = value }

  /// The type of port it flows through.
  public static let portType: PortType = "condition"
  /// The exchange form's file extension.
  public static let exchangeExtension = "safetensors"

  /// What a plan says of it.
  public var shape: ValueShape { .condition(tokens: value.tokens, width: value.width) }

  /// Writes the store form.
  public func write(to folder: URL, monitor: Monitor) throws {
    try export(to: folder.appending(path: "condition.safetensors"), monitor: monitor)
  }
  /// Reads the store form.
  public static func read(from folder: URL) throws -> Conditioning {
    try imported(from: folder.appending(path: "condition.safetensors"))
  }

  /// Writes the exchange form.
  public func export(to file: URL, monitor: Monitor) throws {
    try TensorFile(tensors: ["context": value.context, "unconditional": value.unconditional]).write(to: file)
  }
  /// Reads the exchange form.
  public static func imported(from file: URL) throws -> Conditioning {
    let tensors = try TensorFile.read(["context", "unconditional"], from: file).tensors
    let (context, unconditional) = (tensors["context"]!, tensors["unconditional"]!)
    guard DenoiserConditioning.belongTogether(context.shape, unconditional.shape)
    else {
      throw StageFailure(
        "'\(file.lastPathComponent)' is no condition: its tensors are \(context.shape) and \(unconditional.shape)",
        advice: "context is [1, tokens, width], unconditional [1, 1, width] or as the context")
    }
    return Conditioning(DenoiserConditioning(context: context, unconditional: unconditional))
  }
}

extension ValueShape {
  /// What is known of a condition.
  static func condition(tokens: Int, width: Int) -> ValueShape {
    ValueShape(
      summary: "\(tokens) token\(tokens == 1 ? "" : "s") of \(width)", bytes: 8 * tokens * width,
      sizes: ["tokens": tokens, "width": width])
  }
}
