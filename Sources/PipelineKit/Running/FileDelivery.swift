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
    let bytes = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    let present = try? url.resourceValues(forKeys: [.fileSizeKey, .isRegularFileKey])
    if present?.isRegularFile == true, present?.fileSize == bytes,
      try ContentDigest(ofFile: url) == ContentDigest(ofFile: file)
    {
      return Delivery(place: place, bytes: bytes, wasUnchanged: true)
    }
    if isInOutputFolder {
      try FileSystem().createFolder(FilePath(url.deletingLastPathComponent()))
    }
    try AtomicFile(url).copy(file)
    return Delivery(place: place, bytes: bytes, wasUnchanged: false)
  }
}
