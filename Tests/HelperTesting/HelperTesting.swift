public import Foundation
public import PipelineKit

extension HelperProgram {
  /// The program `test-helper`.
  public static let forTests = HelperProgram(
    executable: testExecutable, environment: ProcessInfo.processInfo.environment)

  /// `test-helper`, which was built together with these tests, beside their bundle.
  public static let testExecutable: URL = {
    var folder = Bundle(for: Marker.self).bundleURL
    while !FileManager.default.isExecutableFile(atPath: folder.appending(path: "test-helper").path) {
      folder.deleteLastPathComponent()
      precondition(folder.path != "/", "test-helper is not built")
    }
    return folder.appending(path: "test-helper")
  }()

  private final class Marker {}
}

extension Services {
  /// A helper and nothing else.
  public static var withHelper: Services {
    var services = Services()
    services.set(HelperProgram.forTests)
    return services
  }
}
