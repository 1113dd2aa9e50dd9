import Foundations
public import Foundation
import SystemPackage

/// What a store holds.
public struct StoreInfo: Sendable, Hashable {
  /// The store's folder.
  public let root: URL
  /// How many entries there are.
  public let entries: Int
  /// Bytes of their files, manifests included.
  public let bytes: Int64
  /// Bytes they may take.
  public let limit: Int64
  /// When the entry used longest ago was used; nil when there is none.
  public let oldestUse: Date?
}

/// What a check of the whole store found.
public struct StoreVerification: Sendable, Hashable {
  /// How many entries were compared with their manifests.
  public let checked: Int
  /// Those that were damaged, by key. They are removed.
  public let damaged: [StoreDamage]
}

extension Store {
  /// What the store holds now.
  public func info() throws -> StoreInfo {
    let entries = try scan()
    return StoreInfo(
      root: root, entries: entries.count, bytes: entries.reduce(0) { $0 + $1.bytes }, limit: limit,
      oldestUse: entries.map(\.lastUse).min())
  }

  /// Compares every entry with its manifest and removes the damaged ones. Does not count as use.
  ///
  /// - Parameter checkCancellation: called for every mebibyte verified; what it throws ends the check.
  public func verify(
    checkCancellation: () throws -> Void = { try Task.checkCancellation() }
  ) throws -> StoreVerification {
    var checked = 0
    var damaged: [StoreDamage] = []
    for key in try keys().sorted() {
      switch try verified(key, checkCancellation: checkCancellation) {
      case .present: checked += 1
      case .absent: continue
      case .damaged(let damage):
        checked += 1
        damaged.append(damage)
      }
    }
    return StoreVerification(checked: checked, damaged: damaged)
  }

  /// Removes all entries that nobody holds, and all ledger records.
  ///
  /// - Returns: how many entries were removed.
  @discardableResult
  public func clear() throws -> Int {
    let doomed = try withUsage { usage in
      let doomed = try keys().compactMap(setAsideUnlessLeased)
      try usage.write(scan().reduce(0) { $0 + $1.bytes })
      return doomed
    }
    for path in doomed { try system.remove(path) }
    for name in try system.list(ledgerPath) { try system.remove(ledgerPath.appending(name)) }
    return doomed.count
  }
}
