import Foundation
import Foundations
import PipelineKit

/// Another process that uses a store, for tests.
///
/// Usage: store-process FOLDER fill|die|clear: stores twenty entries and reads each; is killed while it writes one;
/// clears the store and prints how many entries it removed.
@main
struct StoreProcess {
  static func main() throws {
    let words = CommandLine.arguments
    let store = try Store(at: URL(filePath: words[1], directoryHint: .isDirectory), limit: 1 << 30)
    switch words[2] {
    case "fill": try fill(store)
    case "die": try die(store)
    default: print(try store.clear())
    }
  }

  private static func fill(_ store: Store) throws {
    for index in 0..<20 {
      let bytes = Data(repeating: UInt8(index), count: 10_000)
      let key = ContentDigest(of: Data("\(index)".utf8))
      try store.insert(key, metadata: Data()) { try bytes.write(to: $0.appending(path: "values.bin")) }
      guard case .present(let entry) = try store.open(key),
        try entry.withFolder({ try Data(contentsOf: $0.appending(path: "values.bin")) }) == bytes
      else { exit(1) }
    }
  }

  private static func die(_ store: Store) throws {
    let draft = try store.draft(ContentDigest(of: Data("a".utf8)))
    try Data(count: 1000).write(to: draft.folder.appending(path: "values.bin"))
    kill(getpid(), SIGKILL)
    _ = draft.folder
  }
}
