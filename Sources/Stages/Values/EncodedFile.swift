public import Foundation
import Foundations
public import PipelineKit
import SystemPackage

/// The value at a `file` port: the bytes of a file, as a stage has encoded them.
public struct EncodedFile: PortValue {
  /// Where the bytes lie until the end of the run.
  public let url: URL

  /// A file's bytes.
  public init(_ url: URL) { self.url = url }

  /// The type of port it flows through.
  public static let portType: PortType = "file"
  /// The exchange form's file extension.
  public static let exchangeExtension = "bin"

  /// What a plan says of it.
  public var shape: ValueShape {
    let bytes = (try? FileSystem().status(FilePath(url), followingLink: true)).map { Int($0.size) } ?? 0
    return ValueShape(
      summary: "\(url.pathExtension) file of \(bytes) bytes", bytes: 0, sizes: ["bytes": bytes])
  }

  /// Writes the store form.
  public func write(to folder: URL, monitor: Monitor) throws {
    try FileManager.default.copyItem(at: url, to: folder.appending(path: "content.\(url.pathExtension)"))
  }

  /// Reads the store form.
  public static func read(from folder: URL) throws -> EncodedFile {
    guard
      let file = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .first
    else { throw InternalFault("a stored file is missing in \(folder.path(percentEncoded: false))") }
    return EncodedFile(file)
  }

  /// Writes the exchange form.
  public func export(to file: URL, monitor: Monitor) throws {
    try FileManager.default.copyItem(at: url, to: file)
  }
  /// Reads the exchange form.
  public static func imported(from file: URL) throws -> EncodedFile { EncodedFile(file) }
}
