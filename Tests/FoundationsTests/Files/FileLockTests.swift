import FileTesting
import Foundation
import Foundations
import SystemPackage
import Testing

@Suite struct FileLockTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test("one at a time has a lock, and it ends with its holder")
  func excludes() throws {
    let path = FilePath(folder.url)
    var first = try FileLock.takeIfFree(path)
    #expect(first != nil)
    #expect(try FileLock.takeIfFree(path) == nil)
    first = nil
    #expect(try FileLock.takeIfFree(path) != nil)
  }

  @Test("a lock ends with its holder even while a program that is being started has a copy of its descriptor")
  func copies() throws {
    let path = FilePath(folder.url)
    var first = try FileLock.takeIfFree(path)
    let copy = try first!.descriptor.duplicate()
    defer { try? copy.close() }
    first = nil
    #expect(try FileLock.takeIfFree(path) != nil)
  }

  @Test("a lock by a file of its own leaves no file, however many take turns")
  func lockFile() async throws {
    let path = FilePath(folder["x.lock"])
    func holdNow() throws -> Bool {
      guard let lock = try LockFile.takeIfFree(path) else { return false }
      _ = consume lock
      return true
    }
    do {
      let lock = try LockFile.takeIfFree(path)
      #expect(try !holdNow())
      _ = consume lock
    }
    #expect(try folder.names == [])
    #expect(try holdNow())
    #expect(try folder.names == [])
  }
}
