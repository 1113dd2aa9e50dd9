import FileTesting
import Foundation
import Synchronization
import SystemPackage
import Testing

@testable import Foundations

@Suite("What might be waited for without end")
struct WaitingTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test("a pipe or device is refused, whatever reads it")
  func pipes() throws {
    #expect(mkfifo(folder["pipe"].systemPath, 0o600) == 0)
    try FileManager.default.createSymbolicLink(at: folder["link"], withDestinationURL: folder["pipe"])
    for file in [folder["pipe"], folder["link"], URL(filePath: "/dev/zero")] {
      let readers: [(URL) throws -> Void] = [
        { _ = try Data(ofFile: $0) }, { _ = try Data(ofFile: $0, options: .alwaysMapped) },
        { _ = try ContentDigest(ofFile: $0) }, { _ = try FileSystem().contents(of: FilePath($0)) },
        { try AtomicFile(folder["copy"]).copy($0) },
      ]
      for read in readers {
        let error = #expect(throws: FileError.self) { try read(file) }
        #expect(error?.reason == .isNotRegularFile, "\(file)")
      }
    }
    for mode in [FileDescriptor.AccessMode.readOnly, .readWrite] {
      #expect(throws: FileError.self) {
        try FileLock.takeIfFree(FilePath(folder["pipe"]), mode: mode, system: FileSystem())
      }
    }
  }

  @Test("a folder where the system takes none is refused", arguments: ["/proc/x", "/proc/x/y/z"])
  func noFolders(path: String) throws {
    guard FileManager.default.fileExists(atPath: "/proc/self") else { return }
    #expect(throws: FileError.self) { try FileSystem().createFolder(FilePath(path)) }
  }

  @Test("who waits for a lock says for which, and gets it once it is free")
  func lock() throws {
    let path = FilePath(folder["lock"])
    try Data().write(to: folder["lock"])
    let holder = Mutex(try FileLock.takeIfFree(path, system: FileSystem()))
    let said = Mutex<[String]>([])
    var system = FileSystem()
    system.waits = { lock in
      said.withLock { $0.append(lock) }
      holder.withLock { $0 = nil }
    }
    for exclusively in [true, false] {
      _ = try FileLock.wait(for: path, exclusively: exclusively, system: system)
    }
    #expect(said.withLock { $0 } == [path.string])
  }

  @Test("waiting for a lock ends when the task is cancelled")
  func cancelled() async throws {
    let path = FilePath(folder["lock"])
    try Data().write(to: folder["lock"])
    let holder = try FileLock.takeIfFree(path, system: FileSystem())
    let task = Task(executorPreference: BlockingExecutor()) {
      var system = FileSystem()
      system.waits = { _ in withUnsafeCurrentTask { $0?.cancel() } }
      _ = try FileLock.wait(for: path, exclusively: false, system: system)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    withExtendedLifetime(holder) {}
  }
}
