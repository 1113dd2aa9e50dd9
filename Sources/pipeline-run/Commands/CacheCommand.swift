import ArgumentParser
import Foundation
import PipelineKit

/// Looks after the store.
struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "Look after the store of kept results.",
    subcommands: [Info.self, Verify.self, Clear.self], defaultSubcommand: Info.self)

  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say where the store is and how much it keeps.")
    @OptionGroup var storing: StoreOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
      let store = try storing.required()
      let info = try store.info()
      guard !json else { return print(JSONWriter.pretty(report(info, store)), terminator: "") }
      print("folder   \(store.root.path(percentEncoded: false))")
      print("results  \(info.entries)")
      print("size     \(ProgressView.size(Int(info.bytes))) of at most \(ProgressView.size(Int(info.limit)))")
      let compiled = FileManager.default.sizes(in: storing.compiledFolder)
      if compiled.count > 0 {
        print(
          "compiled \(compiled.count) networks, \(ProgressView.size(compiled.bytes)) (run --keep-compiled)")
      }
      if let oldest = info.oldestUse { print("oldest   last used \(oldest.formatted(.iso8601))") }
    }

    private func report(_ info: StoreInfo, _ store: Store) -> JSONValue {
      let compiled = FileManager.default.sizes(in: storing.compiledFolder)
      return [
        "folder": .string(store.root.path(percentEncoded: false)), "results": JSONValue(info.entries),
        "bytes": JSONValue(Int(info.bytes)), "limitBytes": JSONValue(Int(info.limit)),
        "oldestUse": info.oldestUse.map { .string($0.formatted(.iso8601)) } ?? .null,
        "compiledNetworks": ["count": JSONValue(compiled.count), "bytes": JSONValue(compiled.bytes)],
      ]
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check every byte; damaged results are removed and will be made again.")
    @OptionGroup var storing: StoreOptions

    func run() throws {
      let verification = try storing.required().verify()
      for damage in verification.damaged { print("removed \(damage.key): \(damage.reason)") }
      print("\(verification.checked) results checked, \(verification.damaged.count) damaged")
    }
  }

  struct Clear: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove every kept result that no run is using, and all compiled networks.")
    @OptionGroup var storing: StoreOptions

    func run() throws {
      let removed = try storing.required().clear()
      let compiled = FileManager.default.sizes(in: storing.compiledFolder).count
      if compiled > 0 { try FileManager.default.removeItem(at: storing.compiledFolder) }
      print("removed \(removed) results" + (compiled > 0 ? " and \(compiled) compiled networks" : ""))
    }
  }
}

extension FileManager {
  /// How many entries a folder has, and how much all files below it take; nothing when it is not there.
  fileprivate func sizes(in folder: URL) -> (count: Int, bytes: Int) {
    let entries = (try? contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    let bytes = entries.reduce(0) { sum, entry in
      let files = (try? contentsOfDirectory(at: entry, includingPropertiesForKeys: [.fileSizeKey])) ?? []
      return files.reduce(sum) { $0 + ((try? $1.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0) }
    }
    return (entries.count, bytes)
  }
}
