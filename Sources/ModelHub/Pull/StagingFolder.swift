import Foundation
import Foundations
import SystemPackage

/// The hidden folder `.NAME.partial` in which a model is put together, beside the place it will have.
struct StagingFolder: Sendable {
  let path: String
  private let place: AtomicFolder
  private let system = FileSystem()

  init(of name: String, in folder: String) {
    path = "\(folder)/.\(name).partial"
    place = AtomicFolder(URL(filePath: "\(folder)/\(name)"))
  }

  func path(of file: RemoteFile) -> String { "\(path)/\(file.path)" }

  func create() throws { try system.createFolder(FilePath(path)) }

  func remove() throws { try system.remove(FilePath(path)) }

  /// Makes the folder that the file will lie in.
  func makePlace(for file: RemoteFile) throws {
    try system.createFolder(FilePath(path(of: file)).removingLastComponent())
  }

  /// Removes what belongs to no wanted file, such as the rest of another variant.
  func tidy(keeping files: [RemoteFile]) throws {
    var kept: Set = [PullRecord.name]
    for file in files {
      let partial = file.path.description + PartialFile.ending
      kept.formUnion([file.path.description, partial, partial + ".json"])
    }
    for present in try filesBelow(path) where !kept.contains(present) {
      try system.remove(FilePath("\(path)/\(present)"))
    }
  }

  /// Takes over files of the model's present folder without copying where the file system can do that.
  func adopt(_ names: [String], from folder: String) throws {
    for name in names {
      let (source, target) = (FilePath("\(folder)/\(name)"), FilePath("\(path)/\(name)"))
      guard try system.status(target) == nil else { continue }
      try system.createFolder(target.removingLastComponent())
      guard (try? system.link(source, to: target)) == nil else { continue }
      try system.copy(source, to: target) { try Task.checkCancellation() }
    }
  }

  /// Gives the folder its place; one that was there gives way. Were the process killed in between, the next pull would
  /// find everything here.
  func promote() throws { try place.place(FilePath(path), replacing: true) }
}

/// The paths of all regular files below a folder, relative to it; links are not followed.
func filesBelow(_ folder: String) throws -> [String] {
  guard let walk = FileManager.default.enumerator(atPath: folder) else { return [] }
  var files: [String] = []
  for case let name as String in walk where try fileSize("\(folder)/\(name)") != nil { files.append(name) }
  return files
}

/// The size of a regular file; nil for anything else, a symbolic link, too.
func fileSize(_ path: String) throws -> Int? {
  guard let status = try FileSystem().status(FilePath(path)), status.type == .regular else { return nil }
  return Int(status.size)
}
