import Foundation
import Foundations

/// What happens while a model is fetched.
package enum PullEvent: Sendable, Equatable {
  /// What will be fetched. Bytes is nil where the server does not say how large its files are.
  case planned(files: Int, bytes: Int?)
  /// Files on disk are compared with what is published.
  case checking(file: String)
  /// Another process fetches the same model.
  case waiting
  /// Bytes on disk, of all that are needed.
  case progress(bytes: Int, of: Int?)
  /// A file is whole and checked.
  case finished(file: String, bytes: Int)
  /// A connection broke.
  case retrying(file: String, reason: String, pause: Duration)
  /// What an earlier try left of a file is of no use.
  case restarted(file: String)
}

/// What a pull came to.
package struct PullResult: Sendable, Equatable {
  /// The model's folder.
  package var folder: String
  /// How many files it has.
  package var files: Int
  /// How many of them were fetched; 0 when all were there.
  package var fetchedFiles: Int
  /// Bytes of all files.
  package var bytes: Int
}

/// Where a model comes from.
package enum ModelSource: Sendable, Hashable {
  /// A hub's repository.
  case repository(HubRepository)
  /// A folder on a plain server.
  case folder(PlainFolder)
  /// Files that are published one by one.
  case addresses([PublishedFile])

  /// What says that two pulls are of the same model: a mirror's repository is the same as the original.
  var identity: String {
    switch self {
    case .repository(let repository): repository.name
    case .folder(let folder): folder.url.absoluteString
    case .addresses(let files): files.map(\.url.absoluteString).joined(separator: " ")
    }
  }
}

/// What a pulled folder says about itself, in `.pulled.json`.
struct PullRecord: Codable, Equatable {
  static let name = ".pulled.json"

  var source: String

  init(of source: ModelSource) { self.source = source.identity }

  init?(in folder: String) {
    guard let data = try? Data(contentsOf: URL(filePath: "\(folder)/\(Self.name)")),
      let record = try? JSONDecoder().decode(PullRecord.self, from: data)
    else { return nil }
    self = record
  }

  func write(in folder: String) throws {
    try AtomicFile(URL(filePath: "\(folder)/\(Self.name)")).write(try JSONEncoder().encode(self))
  }
}
