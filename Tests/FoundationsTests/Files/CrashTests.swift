import FileTesting
import Foundation
import Synchronization
import SystemPackage
import Testing

@testable import Foundations

/// A file system that dies: from the call of that number on, none is made any more, as after a crash.
final class DyingSystem: Sendable {
  private let state = Mutex<(count: Int, calls: [String])>((0, []))
  private let limit: Int
  private let reason: FileError.Reason
  private let diesForGood: Bool

  /// - Parameter diesForGood: whether every later call fails, too; otherwise the one alone fails.
  init(at limit: Int, with reason: FileError.Reason = .mediumFailure, diesForGood: Bool = true) {
    (self.limit, self.reason, self.diesForGood) = (limit, reason, diesForGood)
  }

  var system: FileSystem {
    FileSystem { operation, path in
      self.state.withLock { state in
        defer { state.count += 1 }
        guard state.count < self.limit || !self.diesForGood && state.count > self.limit else {
          return self.reason
        }
        state.calls.append("\(operation.rawValue) \(URL(filePath: path).lastPathComponent)")
        return nil
      }
    }
  }

  /// Whether the fault was met.
  var hasFailed: Bool { state.withLock { $0.count > limit } }
  /// The calls that were made.
  var calls: [String] { state.withLock { $0.calls } }
}

@Suite("a crash or a fault between any two system calls") struct CrashTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// What a reader sees under the name: a file's text, or those of a folder's files.
  private func seen(_ name: String) throws -> [String: String] {
    let place = folder[name]
    guard FileManager.default.fileExists(atPath: place.systemPath) else { return [:] }
    if let text = try? String(contentsOf: place, encoding: .utf8) { return ["": text] }
    var files: [String: String] = [:]
    for file in try FileManager.default.subpathsOfDirectory(atPath: place.systemPath) {
      files[file] = try? String(contentsOf: place.appending(path: file), encoding: .utf8)
    }
    return files
  }

  private func clear() throws {
    for name in try folder.names { try FileManager.default.removeItem(at: folder[name]) }
  }

  /// Lets `write` meet a fault at each of its calls in turn, and checks what is there after each.
  private func everywhere(
    _ name: String, old: [String: String], new: [String: String], diesForGood: Bool,
    prepare: () throws -> Void, write: (FileSystem) throws -> Void
  ) throws {
    for call in 0... {
      try clear()
      try prepare()
      let dying = DyingSystem(at: call, diesForGood: diesForGood)
      let result = Result { try write(dying.system) }
      let found = try seen(name)
      #expect(found == old || found == new, "\(name) after call \(call): \(dying.calls)")
      if case .success = result { #expect(found == new) }
      // Who outlives the fault leaves nothing behind: but for the former folder, where removing it is what failed.
      if !diesForGood, case .failure = result { #expect(try folder.names.filter { $0 != name }.isEmpty) }
      // Whatever the dead have left is in nobody's way.
      try write(FileSystem())
      #expect(try seen(name) == new)
      if !dying.hasFailed { return }
    }
  }

  @Test("a file is the old one or the new one", arguments: [true, false])
  func file(diesForGood: Bool) throws {
    try everywhere(
      "a", old: ["": "old"], new: ["": "new"], diesForGood: diesForGood,
      prepare: { try Data("old".utf8).write(to: folder["a"]) },
      write: { try AtomicFile(folder["a"], system: $0).write(Data("new".utf8)) })
  }

  @Test("a file that is written in pieces is there with all of them or not at all", arguments: [true, false])
  func pieces(diesForGood: Bool) throws {
    try everywhere(
      "a", old: [:], new: ["": "one two"], diesForGood: diesForGood, prepare: {},
      write: { system in
        let draft = try AtomicFile(folder["a"], system: system).draft()
        for piece in ["one", " ", "two"] { try draft.write(Data(piece.utf8)) }
        try draft.commit()
      })
  }

  @Test("a folder in the place of another is the old one or the new one", arguments: [true, false])
  func replacedFolder(diesForGood: Bool) throws {
    try everywhere(
      "m", old: ["a": "old", "b": "old"], new: ["a": "new", "c/d": "new"],
      diesForGood: diesForGood,
      prepare: {
        try FileManager.default.createDirectory(at: folder["m"], withIntermediateDirectories: true)
        for file in ["m/a", "m/b"] { try Data("old".utf8).write(to: folder[file]) }
      },
      write: { system in
        try AtomicFolder(folder["m"], system: system).write(replacing: true) { draft in
          let draft = FilePath(draft)
          try system.createFolder(draft.appending("c"))
          for file in ["a", "c/d"] { try system.create(draft.appending(file), Data("new".utf8)) }
        }
      })
  }

  @Test("a new folder is there with all its files or not at all", arguments: [true, false])
  func newFolder(diesForGood: Bool) throws {
    try everywhere(
      "m", old: [:], new: ["a": "new"], diesForGood: diesForGood, prepare: {},
      write: { system in
        try AtomicFolder(folder["m"], system: system).write(replacing: true) { draft in
          try system.create(FilePath(draft).appending("a"), Data("new".utf8))
        }
      })
  }

  @Test("a full disk is said, and leaves what was there")
  func fullDisk() throws {
    try Data("old".utf8).write(to: folder["a"])
    let full = FileSystem { operation, _ in operation == .write ? .noSpace : nil }
    for write in [
      { try AtomicFile(folder["a"], system: full).write(Data("new".utf8)) },
      {
        try AtomicFolder(folder["m"], system: full).write {
          try full.create(FilePath($0).appending("a"), Data("x".utf8))
        }
      },
    ] {
      let error = #expect(throws: FileError.self) { try write() }
      #expect(error?.reason == .noSpace)
    }
    #expect(try Data(contentsOf: folder["a"]) == Data("old".utf8))
    #expect(try folder.names == ["a"])
  }

  @Test("bytes are on the disk before they get their name, and the name before the writer knows")
  func order() throws {
    func steps(_ write: (FileSystem) throws -> Void) throws -> [String] {
      let watched = DyingSystem(at: .max)
      try write(watched.system)
      return watched.calls.map { String($0.split(separator: " ").dropLast().joined(separator: " ")) }
    }
    let sync = FileError.Operation.sync.rawValue
    let file = try steps { try AtomicFile(folder["a"], system: $0).write(Data("new".utf8)) }
    #expect(file.filter { ["write", "rename", sync].contains($0) } == ["write", sync, "rename", sync])
    let whole = try steps { system in
      try AtomicFolder(folder["m"], system: system).write {
        try system.create(FilePath($0).appending("a"), Data("new".utf8))
      }
    }
    // The file and the folder itself before the renaming, its parent after.
    #expect(
      whole.filter { ["write", "rename", sync].contains($0) } == ["write", sync, sync, "rename", sync])
  }

  @Test("what a writer that died has left goes with the next of the same folder, and with no other")
  func leftovers() throws {
    let dying = DyingSystem(at: 12)
    try? AtomicFolder(folder["m"], system: dying.system).write { draft in
      for file in 0..<9 { try dying.system.create(FilePath(draft).appending("\(file)"), Data("x".utf8)) }
    }
    #expect(try folder.names.count == 1)
    try AtomicFolder(folder["other"]).write { _ in }
    #expect(try folder.names.count == 2)
    try AtomicFolder(folder["m"]).write { _ in }
    #expect(try folder.names == ["m", "other"])
  }

  @Test("two writers of one folder at a time: the second is refused, and the first goes on")
  func twoWriters() throws {
    try AtomicFolder(folder["m"]).write { draft in
      let error = #expect(throws: FileError.self) { try AtomicFolder(folder["m"]).write { _ in } }
      #expect(error?.reason == .inUse)
      try Data("one".utf8).write(to: draft.appending(path: "a"))
    }
    #expect(try seen("m") == ["a": "one"])
    #expect(try folder.names == ["m"])
  }
}
