import Diffusion
import Foundation

/// Networks of few channels and random weights by which the command measures.
enum TinyEncoders {
  static let fixtures = Workplace.repository.appending(path: "Tests/NetworksTests/Fixtures").path
  /// A folder of CLIP's, 12 features wide.
  static let clip = "\(fixtures)/clip"
  static let dreamSim = "\(fixtures)/dreamsim"
  static let dino = "\(fixtures)/dino.weights.safetensors"

  /// Inception-v3 with a sixteenth of its channels.
  static func writeInception(to path: String) throws {
    var network = Inception()
    network.reduction = 16
    let list = WeightList()
    _ = try network.graph(list)
    try Checkpoint(shapes: list.shapes) { name in
      let shape = list.shapes[name]!
      let scale = (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
      return (0..<shape.reduce(1, *)).map { index in
        let value = sin(Double(index * index % 7919))
        return Float(shape.count > 1 ? value * scale : name.hasSuffix("running_var") ? 1 : 0.1 * value + 0.2)
      }
    }.write(to: path)
  }

  /// LPIPS by an AlexNet with a thirty-second of its channels.
  static func writeLPIPS(to path: String) throws {
    var network = LPIPS(.alex)
    network.widths = network.widths.map { $0 / 32 }
    let list = WeightList()
    _ = try network.graph(list)
    try Checkpoint(shapes: list.shapes) { name in
      (0..<list.shapes[name]!.reduce(1, *)).map { index in
        let value = Float(sin(Double(index * index % 7919)))
        return name.hasPrefix("lin") ? abs(value) : 0.2 * value
      }
    }.write(to: path)
  }

  /// Two Gaussians, as wide as `clip`'s features.
  static func writeMixture(to path: String) throws {
    let width = 12
    let unit = (0..<2).flatMap { _ in (0..<width * width).map { $0 % (width + 1) == 0 ? 1.0 : 0 } }
    try Checkpoint(
      tensors: [
        "weights": CheckpointTensor(doubles: [0.25, 0.75], shape: [2]),
        "means": CheckpointTensor(doubles: (0..<2 * width).map { sin(Double($0)) }, shape: [2, width]),
        "precisions_cholesky": CheckpointTensor(doubles: unit, shape: [2, width, width]),
      ], metadata: [:]
    ).write(to: path)
  }
}
