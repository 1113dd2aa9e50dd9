import Foundation
import Foundations

/// The command line, with file names that are not UTF-8 replaced by names that are.
///
/// A file's name is bytes, and Swift's strings, JSON and URLs hold only those that are UTF-8. So a symbolic link with a
/// name that can be written stands for such a file as long as this value lasts.
struct ByteNames {
  /// The arguments without the program's name.
  let arguments: [String]
  private let place: ScratchPlace?

  /// Makes the links.
  ///
  /// - Parameter bytes: the arguments as the system gave them.
  /// - Throws: `UsageFault` for bytes that name nothing: they cannot be passed on as they are.
  init(_ bytes: [[UInt8]]) throws {
    var links: ScratchPlace?
    arguments = try bytes.enumerated().map { index, argument in
      if let text = String(validating: argument, as: UTF8.self) { return text }
      guard let start = Self.startOfName(in: argument) else {
        throw UsageFault(
          "'\(String(decoding: argument, as: UTF8.self))' is not UTF-8 and names no file that is there")
      }
      let place = try links ?? ScratchPlace()
      links = place
      let link = try Self.link(to: Array(argument[start...]), in: place.url.appending(path: "\(index)"))
      return String(decoding: argument[..<start], as: UTF8.self) + link
    }
    place = links
  }

  /// The arguments of this process.
  static func ofProcess() throws -> ByteNames {
    let pointers = UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
    return try ByteNames(
      pointers.dropFirst().compactMap { $0 }.map {
        Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))
      })
  }

  /// Where the name of a file that is there begins: at the argument's start, or behind `name=`.
  private static func startOfName(in argument: [UInt8]) -> Int? {
    let behindEquals = argument.indices.filter { argument[$0] == UInt8(ascii: "=") }.map { $0 + 1 }
    return ([0] + behindEquals).first { start in
      guard String(validating: argument[..<start], as: UTF8.self) != nil else { return false }
      var status = stat()
      return argument[start...].withCString { stat($0, &status) } == 0
    }
  }

  private static func link(to name: [UInt8], in folder: URL) throws -> String {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let last =
      name.split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) } ?? "file"
    let link = folder.appending(path: last).path(percentEncoded: false)
    let isAbsolute = name.first == UInt8(ascii: "/")
    let target =
      isAbsolute ? name : Array(FileManager.default.currentDirectoryPath.utf8) + [UInt8(ascii: "/")] + name
    guard target.withCString({ symlink($0, link) }) == 0 else {
      throw UsageFault("'\(last)' cannot be named here: \(String(cString: strerror(errno)))")
    }
    return link
  }
}

extension Collection<UInt8> {
  /// Calls a C function with these bytes and the zero that ends them.
  fileprivate func withCString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
    try (map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { try body($0.baseAddress!) }
  }
}
