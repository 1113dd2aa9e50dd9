import Foundations
import Foundation

extension Checkpoint {
  /// Writes all tensors to one `.safetensors` file, laid out as the format's own writer lays it out.
  ///
  /// The file appears whole or not at all. Cancelling the task ends the writing with an error.
  ///
  /// - Parameter scalarType: what singles, halves and bfloat16 become; nil leaves them as they are.
  ///   Rounding is to nearest, ties to even. A weight too large for half precision is an error that names it.
  package func write(to path: String, as scalarType: ScalarType? = nil) throws(CheckpointError) {
    precondition(scalarType?.isWeight ?? true, "weights cannot be \(scalarType!)")
    let entries = Checkpoint.layout(tensors, as: scalarType)
    do {
      let draft = try AtomicFile(URL(filePath: path)).draft()
      try draft.write(Checkpoint.header(entries, metadata: metadata))
      for entry in entries {
        try Task.checkCancellation()
        try entry.write(to: draft, path: path)
      }
      try draft.commit()
    } catch {
      throw CheckpointError(error, in: path)
    }
  }

  /// Wide types first, so that every tensor is aligned; then by name.
  private static func layout(
    _ tensors: [String: CheckpointTensor], as scalarType: ScalarType?
  ) -> [StoredTensor] {
    let order = ScalarType.allCases
    return tensors.map { name, tensor in
      let stored = tensor.scalarType.isWeight ? scalarType ?? tensor.scalarType : tensor.scalarType
      return StoredTensor(name: name, tensor: tensor, scalarType: stored)
    }.sorted { first, second in
      let (left, right) = (order.firstIndex(of: first.scalarType)!, order.firstIndex(of: second.scalarType)!)
      return left == right ? first.name.utf8.lexicographicallyPrecedes(second.name.utf8) : left > right
    }
  }

  /// The header with its length before it, padded with spaces to a multiple of 8.
  private static func header(_ entries: [StoredTensor], metadata: [String: String]) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map {
        "\(JSONWriter.quoted($0)):\(JSONWriter.quoted($1))"
      }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for entry in entries {
      let end = offset + entry.byteCount
      let shape = entry.tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(JSONWriter.quoted(entry.name)):{\"dtype\":\"\(entry.scalarType.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    while !text.count.isMultiple(of: 8) { text.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
  }
}

/// A tensor and the type it is stored as.
private struct StoredTensor {
  var name: String
  var tensor: CheckpointTensor
  var scalarType: ScalarType

  var byteCount: Int { tensor.elementCount * scalarType.byteCount }

  func write(to draft: FileDraft, path: String) throws {
    guard scalarType != tensor.scalarType else { return try tensor.withBytes { try draft.write($0) } }
    // Some at a time: the largest tensors have hundreds of megabytes.
    let values = tensor.reshaped([tensor.elementCount])
    for start in stride(from: 0, to: tensor.elementCount, by: Self.pieceLength) {
      let piece = values.rows(start..<min(start + Self.pieceLength, tensor.elementCount))
      try write(piece.floats()!, to: draft, path: path)
    }
  }

  private static let pieceLength = 1 << 18

  private func write(_ floats: [Float], to draft: FileDraft, path: String) throws {
    switch scalarType {
    case .float16:
      let halves = floats.map { half($0).littleEndian }
      guard zip(floats, halves).allSatisfy({ UInt16(littleEndian: $1) & 0x7C00 != 0x7C00 || !$0.isFinite })
      else {
        throw CheckpointError(
          .unsupportedConfiguration, in: path, "tensor \"\(name)\" holds values too large for F16; use BF16")
      }
      try halves.withUnsafeBytes { try draft.write($0) }
    case .bfloat16:
      try floats.map { bfloat16($0).littleEndian }.withUnsafeBytes { try draft.write($0) }
    default:
      try floats.map(\.bitPattern.littleEndian).withUnsafeBytes { try draft.write($0) }
    }
  }
}
