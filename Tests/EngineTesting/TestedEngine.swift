import OpenVINO
package import Tensors
import Testing
package import Torch

/// The engines that tests run on.
package enum TestedEngine: String, Sendable, CaseIterable {
  /// OpenVINO, without which nothing is tested: `make test` installs it.
  case openVINO
  /// libtorch on the processor, where `make torch` has been run; elsewhere the test is cancelled, and says so.
  case torch

  /// The engine.
  package func make() throws -> any Engine {
    switch self {
    case .openVINO: try OpenVINOEngine()
    case .torch: try makeTorch()
    }
  }
}

/// libtorch on the processor; without it, the test is cancelled.
package func makeTorch() throws -> TorchEngine {
  let absence: TorchError
  do {
    return try TorchEngine()
  } catch {
    guard case .runtimeMissing = error else { throw error }
    absence = error
  }
  // Macros, and so the default location, are for test targets alone.
  let here = SourceLocation(fileID: #fileID, filePath: #filePath, line: #line, column: #column)
  try Test.cancel("\(absence)", sourceLocation: here)
}
