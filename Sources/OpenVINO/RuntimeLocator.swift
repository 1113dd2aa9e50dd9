import Foundation
import Tensors

/// Where an OpenVINO runtime may be.
///
/// In this order: `$PIPELINE_OPENVINO` (a library, its folder, or an unpacked wheel), which alone counts when
/// it is set; `.runtime/openvino` in the folder of the executable, the current folder, and all above them; the
/// system's own library folders.
struct RuntimeLocator {
  /// The process's environment.
  var environment: [String: String]
  /// Where `.runtime` is looked for.
  var folders: ProjectFolders

  /// The locator of this process.
  static var current: RuntimeLocator {
    RuntimeLocator(environment: ProcessInfo.processInfo.environment, folders: .current)
  }

  /// Libraries to try, best first. A bare name is for the system's loader to find.
  func candidates() -> [String] {
    if let chosen = environment["PIPELINE_OPENVINO"], !chosen.isEmpty {
      let found = libraries(at: chosen)
      // Trying the path itself makes the loader say why it is none.
      return found.isEmpty ? [chosen] : found
    }
    let folders =
      self.folders.runtime("openvino")
      + [
        "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/local/lib",
        "/opt/intel/openvino/runtime/lib/intel64",
      ]
    return folders.flatMap(libraries) + [Self.libraryName]
  }

  /// The libraries a path stands for: itself when it is a file, else those in it, newest version first.
  private func libraries(at path: String) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
    guard isFolder.boolValue else { return [path] }
    return [path, path + "/openvino/libs", path + "/libs"].flatMap { folder in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.filter(Self.isLibrary)
        .sorted { $0.compare($1, options: .numeric) == .orderedDescending }
        .map { folder + "/" + $0 }
    }
  }

  #if canImport(Darwin)
    private static let libraryName = "libopenvino_c.dylib"
  #else
    private static let libraryName = "libopenvino_c.so"
  #endif

  private static func isLibrary(_ name: String) -> Bool {
    name.hasPrefix("libopenvino_c.") && (name.contains(".so") || name.hasSuffix(".dylib"))
  }
}
