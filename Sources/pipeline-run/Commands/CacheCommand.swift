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

    func run() throws {
      let store = try storing.required()
      let info = try store.info()
      print("folder   \(store.root.path(percentEncoded: false))")
      print("results  \(info.entries)")
      print("size     \(ProgressView.size(Int(info.bytes))) of at most \(ProgressView.size(Int(info.limit)))")
      if let oldest = info.oldestUse { print("oldest   last used \(oldest.formatted(.iso8601))") }
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
      abstract: "Remove every kept result that no run is using.")
    @OptionGroup var storing: StoreOptions

    func run() throws {
      let removed = try storing.required().clear()
      print("removed \(removed) results")
    }
  }
}
