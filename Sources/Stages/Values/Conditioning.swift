import Diffusion
public import Foundation
public import PipelineKit
import Tensors

/// The value at a `condition` port: what conditions a denoiser on an exemplar or a prompt, and its unconditional twin.
///
/// Exchange form: `.safetensors` with `context` `[1, tokens, width]` and `unconditional` `[1, 1 or tokens, width]`; with
/// pictures through an IP-Adapter also `images` and `images.unconditional`, both `[1, tokens, width]`, and `images.scale`
/// `[1]`.
public struct Conditioning: PortValue {
  let value: DenoiserConditioning

  init(_ value: DenoiserConditioning) { self.value = value }

  /// The type of port it flows through.
  public static let portType: PortType = "condition"
  /// The exchange form's file extension.
  public static let exchangeExtension = "safetensors"

  /// What a plan says of it.
  public var shape: ValueShape {
    .condition(tokens: value.tokens, width: value.width, imageTokens: value.shape.imageTokens)
  }

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
    var tensors = ["context": value.context, "unconditional": value.unconditional]
    if let images = value.images {
      tensors["images"] = images.tokens
      tensors["images.unconditional"] = images.unconditional
      tensors["images.scale"] = Tensor([images.scale], shape: [1])
    }
    try TensorFile(tensors: tensors).write(to: file)
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
    var value = DenoiserConditioning(context: context, unconditional: unconditional)
    value.images = try images(in: file)
    return Conditioning(value)
  }

  private static func images(in file: URL) throws -> ImageConditioning? {
    guard try TensorFile.names(in: file).contains("images") else { return nil }
    let names = ["images", "images.unconditional", "images.scale"]
    let tensors = try TensorFile.read(names, from: file).tensors
    let (tokens, none, scale) = (tensors[names[0]]!, tensors[names[1]]!, tensors[names[2]]!)
    guard ImageConditioning.belongTogether(tokens.shape, none.shape), scale.shape == [1] else {
      throw StageFailure(
        "'\(file.lastPathComponent)' is no condition: its pictures' tensors are \(tokens.shape), \(none.shape) and \(scale.shape)",
        advice: "images and images.unconditional are [1, tokens, width], images.scale is [1]")
    }
    return ImageConditioning(tokens: tokens, unconditional: none, scale: scale.floats[0])
  }
}

extension ValueShape {
  /// What is known of a condition.
  static func condition(tokens: Int, width: Int, imageTokens: Int = 0) -> ValueShape {
    ValueShape(
      summary: "\(tokens) token\(tokens == 1 ? "" : "s") of \(width)"
        + (imageTokens > 0 ? ", \(imageTokens) of pictures" : ""),
      bytes: 8 * (tokens + imageTokens) * width,
      sizes: ["tokens": tokens, "width": width, "imageTokens": imageTokens])
  }
}
