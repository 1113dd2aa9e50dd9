import Foundation
import LoopbackServer
import Synchronization

@testable import ModelHub

extension Shelf {
  /// A model of two components, one with a large file, one without weights.
  convenience init() {
    self.init([
      "model_index.json": Data(
        #"{"_class_name": "P", "unet": ["diffusers", "U"], "scheduler": ["diffusers", "S"], "safety_checker": [null, null]}"#
          .utf8),
      "unet/config.json": Data("{}".utf8),
      "unet/diffusion_pytorch_model.safetensors": Self.noise(200_000),
      "unet/diffusion_pytorch_model.bin": Self.noise(10),
      "unet/diffusion_pytorch_model.fp16.safetensors": Self.noise(100_000),
      "scheduler/scheduler_config.json": Data("{}".utf8),
      "README.md": Data("words".utf8),
    ])
  }

  static func noise(_ count: Int) -> Data {
    var state: UInt64 = UInt64(count)
    return Data(
      (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
      })
  }

  static func sha256(_ data: Data) -> Checksum { Checksum(hexadecimal: digits(of: data, isLarge: true))! }
}

/// A folder that goes away with the test.
final class Scratch: Sendable {
  let path: String
  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "hub-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }
  func read(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: "\(path)/\(name)")) }
  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }
  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}

/// Events, in order.
final class Log<Event: Sendable>: Sendable {
  private let list = Mutex<[Event]>([])
  var events: [Event] { list.withLock { $0 } }
  func add(_ event: Event) { list.withLock { $0.append(event) } }
}

/// Counts calls.
final class Counter: Sendable {
  private let count = Mutex(0)
  func next() -> Int {
    count.withLock {
      $0 += 1; return $0
    }
  }
}

/// Tries again at once. Its patience with silence is that of a machine on which many tests run at a time.
let hasty = HubClient(
  retries: RetryPolicy(attempts: 3, firstPause: .milliseconds(5), longestPause: .milliseconds(20)),
  patience: 600)
