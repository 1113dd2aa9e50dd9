public import Diffusion
public import Foundation
import Tensors

extension ModelSearch {
  /// The usual places of this machine: these folders, those of `$PIPELINE_MODELS`, the user's own, and that of the
  /// models that come with this toolkit where it is beside or above the program or the working folder.
  ///
  /// - Parameters:
  ///   - folders: searched first; relative ones start from the working folder.
  ///   - environment: the environment variables that count.
  public static func onThisMachine(
    _ folders: [String] = [], environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> ModelSearch {
    ModelSearch(
      explicit: folders.map {
        URL(filePath: $0, directoryHint: .isDirectory).absoluteURL.path(percentEncoded: false)
      },
      environment: environment,
      included: ProjectFolders.current.shared("Models").filter {
        FileManager.default.fileExists(atPath: $0)
      })
  }
}
