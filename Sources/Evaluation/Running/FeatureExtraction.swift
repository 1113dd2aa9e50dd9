import Diffusion
import Foundation
import Foundations
package import PipelineKit
import Tensors

/// Makes features of pictures, and keeps them in a store by the picture's digest and all that they depend on besides.
package struct FeatureExtraction: Sendable {
  private let encoder: PictureEncoder
  private let store: Store?

  /// Bytes of the file of features count as this version's.
  private static let version = 1
  /// How many pictures are read while the network runs.
  private static let window = 4

  /// An extraction.
  ///
  /// - Parameter store: nil keeps nothing.
  package init(_ encoder: PictureEncoder, store: Store?) { (self.encoder, self.store) = (encoder, store) }

  /// Features of a set.
  package struct Result: Sendable {
    /// One picture a row.
    package var features: Matrix
    /// The pictures of the rows.
    package var pictures: [PictureSet.Picture]
    /// Those that could not be read, and why.
    package var skipped: [PictureSet.Skipped]
    /// How many were kept from earlier.
    package var kept: Int
  }

  /// A picture on its way.
  private enum Prepared: Sendable {
    case kept([Float])
    case inputs([String: Tensor], key: ContentDigest)
    case unreadable(String)
  }

  /// The features of every picture that can be read.
  ///
  /// - Parameter report: told how many pictures are done.
  /// - Throws: ``EvaluationFault`` where no picture can be read; what the engine, the store and cancellation throw.
  package func callAsFunction(_ set: PictureSet, report: (_ done: Int) -> Void) async throws -> Result {
    var rows = [[Float]?](repeating: nil, count: set.pictures.count)
    var (skipped, kept, done) = (set.skipped, 0, 0)
    var reasons: [Int: String] = [:]
    try await withThrowingTaskGroup(of: (Int, Prepared).self) { group in
      var next = 0
      func begin() {
        guard next < set.pictures.count else { return }
        let (index, file) = (next, set.pictures[next].file)
        group.addTask { (index, try prepare(file)) }
        next += 1
      }
      for _ in 0..<Self.window { begin() }
      while let (index, prepared) = try await group.next() {
        begin()
        switch prepared {
        case .unreadable(let reason): reasons[index] = reason
        case .kept(let features):
          rows[index] = features
          kept += 1
        case .inputs(let inputs, let key):
          let features = try await encoder.features(inputs)
          try keep(features, key)
          rows[index] = features
        }
        done += 1
        report(done)
      }
    }
    for (index, reason) in reasons.sorted(by: { $0.key < $1.key }) {
      skipped.append(.init(name: set.pictures[index].name, reason: reason))
    }
    let read = rows.indices.filter { rows[$0] != nil }
    guard let width = read.first.map({ rows[$0]!.count }) else {
      throw EvaluationFault(
        "\(set.folder.path(percentEncoded: false)): none of its \(set.pictures.count) pictures can be read; the first: "
          + (reasons[0] ?? ""))
    }
    let values = read.flatMap { rows[$0]!.map(Double.init) }
    return Result(
      features: Matrix(rows: read.count, columns: width, values: values),
      pictures: read.map { set.pictures[$0] }, skipped: skipped, kept: kept)
  }

  private func prepare(_ file: URL) throws -> Prepared {
    try Task.checkCancellation()
    let bytes: Data
    do {
      bytes = try Data(ofFile: file)
    } catch let error as FileError {
      return .unreadable("it cannot be read: \(error.reason)")
    } catch {
      return .unreadable("it cannot be read: \(error.localizedDescription)")
    }
    let key = key(ContentDigest(of: bytes))
    if let features = try keptFeatures(key) { return .kept(features) }
    do {
      let picture = try EvaluatedPicture(decoding: Array(bytes), name: file.lastPathComponent)
      return .inputs(try encoder.inputs(picture), key: key)
    } catch let error as CancellationError {
      throw error
    } catch {
      return .unreadable("\(error)")
    }
  }

  // MARK: - The store

  private func key(_ picture: ContentDigest) -> ContentDigest {
    var members = encoder.dependencies.mapValues { JSONValue.string($0) }
    members["picture"] = .string(picture.description)
    members["features"] = JSONValue(Self.version)
    return ContentDigest(of: JSONWriter.canonical(.object(members)))
  }

  private func keptFeatures(_ key: ContentDigest) throws -> [Float]? {
    guard let store, case .present(let entry) = try store.open(key) else { return nil }
    let bytes = try entry.withFolder { try Data(contentsOf: $0.appending(path: Self.file)) }
    return bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count - 3, by: 4).map {
        Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self)))
      }
    }
  }

  private func keep(_ features: [Float], _ key: ContentDigest) throws {
    guard let store else { return }
    var bytes = Data(capacity: 4 * features.count)
    for feature in features {
      withUnsafeBytes(of: feature.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    try store.insert(key, metadata: Data("features".utf8)) { folder in
      try bytes.write(to: folder.appending(path: Self.file))
    }
  }

  private static let file = "features.f32"
}
