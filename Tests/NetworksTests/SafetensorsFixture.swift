import Diffusion
import Foundation
import Tensors
import Testing

/// A `.safetensors` file of this suite's own fixtures. Nothing is checked: the files are ours.
final class SafetensorsFixture: WeightSource, Weights {
  let path: String
  let byteCount: Int
  let fileDescriptor: Int32
  /// Where each tensor lies, by name.
  let entries: [String: (offset: Int, type: TensorType)]
  private let content: Data

  /// Opens `Fixtures/NAME.safetensors`.
  init(_ name: String) throws {
    path = fixtures.appendingPathComponent(name + ".safetensors").path
    content = try Data(contentsOf: URL(fileURLWithPath: path))
    byteCount = content.count
    fileDescriptor = open(path, O_RDONLY)
    try #require(fileDescriptor >= 0)
    let headerEnd = 8 + content.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    let header = try JSONDecoder().decode([String: Entry].self, from: content[8..<headerEnd])
    entries = header.mapValues { (headerEnd + $0.data_offsets[0], TensorType($0.elementType, $0.shape)) }
  }

  deinit { close(fileDescriptor) }

  /// A tensor by name, read into memory.
  subscript(name: String) -> Tensor {
    get throws {
      let (offset, type) = try #require(entries[name], "\(path) has no \(name)")
      return Tensor(type, bytes: Array(content[offset..<offset + type.byteCount]))
    }
  }

  func constant(_ name: String, shape: [Int]) throws -> Constant {
    let (offset, type) = try #require(entries[name], "\(path) has no \(name)")
    try #require(type.shape == shape, "\(name)")
    return Constant(self, offset: offset, type: type)
  }

  private struct Entry: Decodable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [Int]

    var elementType: ElementType {
      switch dtype {
      case "F16": .f16
      case "BF16": .bf16
      default: .f32
      }
    }
  }
}

/// Where the fixtures are. `Scripts/fixtures/networks.py` writes them.
let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("Fixtures")

/// The networks' configurations among the fixtures.
func unetConfiguration(_ name: String) throws -> UNetConfiguration {
  try UNetConfiguration(contentsOf: fixtures.appending(path: name + ".json").path)
}
func autoencoderConfiguration(_ name: String) throws -> AutoencoderConfiguration {
  try AutoencoderConfiguration(contentsOf: fixtures.appending(path: name + ".json").path)
}
func encoderConfiguration(_ name: String) throws -> CLIPVisionConfiguration {
  try CLIPVisionConfiguration(contentsOf: fixtures.appending(path: name + ".json").path)
}
func textConfiguration(_ name: String) throws -> CLIPTextConfiguration {
  try CLIPTextConfiguration(contentsOf: fixtures.appending(path: name + ".json").path)
}
