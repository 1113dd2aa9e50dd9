import FileTesting
import Foundation
import PipelineKit
import PipelineTesting
import Synchronization

/// Counts what goes on at once, and remembers the most.
final class Crowd: Sendable {
  private let state = Mutex((now: 0, most: 0))

  var most: Int { state.withLock { $0.most } }

  func enter(_ count: Int = 1) {
    state.withLock {
      $0.now += count
      $0.most = max($0.most, $0.now)
    }
  }

  func leave(_ count: Int = 1) { state.withLock { $0.now -= count } }
}

/// A place where a number of tasks wait until all of them are there.
actor Barrier {
  private var missing: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(of count: Int) { missing = count }

  func arrive() async {
    missing -= 1
    guard missing > 0 else { return waiting.forEach { $0.resume() } }
    await withCheckedContinuation { waiting.append($0) }
  }
}

/// A number that can be made to be gone.
final class Tracked: PortValue {
  static let portType: PortType = "tracked"
  static let exchangeExtension = "bin"
  var shape: ValueShape { ValueShape(summary: "tracked", bytes: 1) }
  func write(to folder: URL, monitor: Monitor) throws {}
  static func read(from folder: URL) throws -> Tracked { Tracked() }
  func export(to file: URL, monitor: Monitor) throws {}
  static func imported(from file: URL) throws -> Tracked { Tracked() }
}

/// Holds a value without keeping it.
final class WeakBox: Sendable {
  private weak let value: Tracked?
  init(_ value: Tracked) { self.value = value }
  var isGone: Bool { value == nil }
}

/// A number whose store form cannot be written.
struct Unstorable: PortValue {
  static let portType: PortType = "unstorable"
  static let exchangeExtension = "bin"
  var shape: ValueShape { ValueShape(summary: "unstorable", bytes: 1) }
  func write(to folder: URL, monitor: Monitor) throws { throw CocoaError(.fileWriteOutOfSpace) }
  static func read(from folder: URL) throws -> Unstorable { Unstorable() }
  func export(to file: URL, monitor: Monitor) throws {}
  static func imported(from file: URL) throws -> Unstorable { Unstorable() }
}

extension Bench {
  /// The names below the store that belong to entries still being written.
  var unfinishedEntries: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: store.root.appending(path: "temporary").systemPath)
    }
  }

  /// The files of values in the store.
  var storedFiles: [URL] {
    let all = FileManager.default.enumerator(
      at: store.root.appending(path: "entries"), includingPropertiesForKeys: nil)
    return (all?.allObjects as? [URL] ?? []).filter { $0.lastPathComponent == "value.json" }
  }
}
