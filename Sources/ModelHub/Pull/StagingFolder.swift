import Foundation

/// The hidden folder `.NAME.partial` in which a model is put together, beside the place it will have.
struct StagingFolder: Sendable {
  let path: String

  init(of name: String, in folder: String) { path = "\(folder)/.\(name).partial" }

  func path(of file: RemoteFile) -> String { "\(path)/\(file.path)" }

  func create() throws { try makeFolder(path) }

  /// Makes the folder that the file will lie in.
  func makePlace(for file: RemoteFile) throws {
    try makeFolder((path(of: file) as NSString).deletingLastPathComponent)
  }

  /// Removes what belongs to no wanted file, such as the rest of another variant.
  func tidy(keeping files: [RemoteFile]) throws {
    var kept: Set = [PullRecord.name]
    for file in files {
      let partial = file.path.description + PartialFile.ending
      kept.formUnion([file.path.description, partial, partial + ".json"])
    }
    for present in try filesBelow(path) where !kept.contains(present) { unlink("\(path)/\(present)") }
  }

  /// Takes over files of the model's present folder without copying where the file system can do that.
  func adopt(_ names: [String], from folder: String) throws {
    for name in names where !FileManager.default.fileExists(atPath: "\(path)/\(name)") {
      let target = "\(path)/\(name)"
      try makeFolder((target as NSString).deletingLastPathComponent)
      guard link("\(folder)/\(name)", target) != 0 else { continue }
      do {
        try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: target)
      } catch {
        throw HubError.fileSystem(path: target, error.localizedDescription)
      }
    }
  }

  /// Gives the folder its place. The folder that was there steps aside first: were the process killed between the
  /// two steps, the next pull would find everything here and give it its place.
  func promote(to target: String) throws {
    let former = "\(path).former"
    try? FileManager.default.removeItem(atPath: former)
    guard rename(target, former) == 0 || errno == ENOENT, rename(path, target) == 0 else {
      throw systemFault(target)
    }
    try flushFolder(of: target)
    try? FileManager.default.removeItem(atPath: former)
  }
}

/// Makes a folder and those above it.
func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw HubError.fileSystem(path: path, error.localizedDescription)
  }
}

/// The paths of all regular files below a folder, relative to it; links are not followed.
func filesBelow(_ folder: String) throws -> [String] {
  guard let walk = FileManager.default.enumerator(atPath: folder) else { return [] }
  var files: [String] = []
  for case let name as String in walk where (try? fileSize("\(folder)/\(name)")) != nil { files.append(name) }
  return files
}

/// How many bytes a program may still write on the disk that holds a folder.
func availableSpace(_ folder: String) throws -> Int {
  var status = statvfs()
  guard statvfs(folder, &status) == 0 else { throw systemFault(folder) }
  let (bytes, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
    by: Int(clamping: status.f_frsize))
  return overflow ? .max : bytes
}
