import CTorch
import Tensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A loaded shim and the libtorch under it.
///
/// Sendable: its table of functions is constant, and the library is never unloaded.
final class TorchRuntime: @unchecked Sendable {
  private let table: UnsafePointer<pt_functions>
  /// The shim's file.
  let path: String

  /// The shim's functions.
  var functions: pt_functions { table.pointee }
  /// libtorch's version: `1.13.1`.
  var version: String { String(cString: functions.version) }

  /// Finds and loads a shim.
  ///
  /// - Throws: `TorchError.runtimeMissing` listing all that was tried.
  init(_ folders: ProjectFolders = .current) throws(TorchError) {
    var tried: [String] = []
    for candidate in Self.candidates(folders) {
      var reason = [CChar](repeating: 0, count: 1024)
      guard let table = pt_load(candidate, &reason, reason.count) else {
        tried.append(text(reason))
        continue
      }
      self.table = table
      var found = [CChar](repeating: 0, count: 4096)
      path = pt_library_path(table, &found, found.count) == 1 ? text(found) : candidate
      return
    }
    throw .runtimeMissing(tried: tried)
  }

  /// The project's own shims, nearest first; then whatever the system's loader finds.
  private static func candidates(_ folders: ProjectFolders) -> [String] {
    let own = folders.runtime("torch").map { $0 + "/" + libraryName }
    return own.filter { access($0, F_OK) == 0 } + [libraryName]
  }

  #if canImport(Darwin)
    private static let libraryName = "libpipeline_torch.dylib"
  #else
    private static let libraryName = "libpipeline_torch.so"
  #endif

  /// Throws what a function of the shim returned, unless that is nothing.
  func check(_ message: UnsafeMutablePointer<CChar>?) throws(TorchError) {
    guard let words = take(message) else { return }
    throw .callFailed(message: words)
  }

  /// Takes ownership of a message.
  func take(_ message: UnsafeMutablePointer<CChar>?) -> String? {
    guard let message else { return nil }
    defer { functions.free_text(message) }
    return String(cString: message)
  }
}

/// A C string in a buffer.
private func text(_ buffer: [CChar]) -> String {
  String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
