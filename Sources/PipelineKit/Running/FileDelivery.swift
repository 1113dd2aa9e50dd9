import Foundations
public import Foundation
import SystemPackage

extension OutputPath {
  /// Copies a finished file to this place, whole or not at all. The same bytes already there are left alone.
  ///
  /// Throws ``FileError``.
  public func deliver(_ file: URL) throws -> Delivery {
    if isStandardOutput {
      let bytes = try Data(contentsOf: file, options: .mappedIfSafe)
      try StandardOutput.write(bytes)
      return Delivery(place: written, bytes: bytes.count, wasUnchanged: false)
    }
    let place = url.path(percentEncoded: false)
    // Not by URLs' values, which look up the names of users and groups each time.
    let system = FileSystem()
    let bytes = try system.status(FilePath(file)).map { Int($0.size) } ?? 0
    let present = try? system.status(FilePath(url))
    if let present, present.type == .regular, Int(present.size) == bytes,
      try ContentDigest(ofFile: url) == ContentDigest(ofFile: file)
    {
      return Delivery(place: place, bytes: bytes, wasUnchanged: true)
    }
    if isInOutputFolder {
      try system.createFolder(FilePath(url.deletingLastPathComponent()))
    }
    try AtomicFile(url).copy(file)
    return Delivery(place: place, bytes: bytes, wasUnchanged: false)
  }
}
