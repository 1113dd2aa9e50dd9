import Foundation
import LoopbackServer
import Synchronization

@testable import ModelHub

/// Files that a loopback server serves as a hub, and as plain files below `/plain`.
final class Shelf: Sendable {
  static let repository = "Owner/Tiny"
  static let listingPath = "/api/models/\(repository)/tree/main"

  let files: Mutex<[String: Data]>

  init(_ files: [String: Data]) { self.files = Mutex(files) }

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

  static func checksum(_ data: Data, large: Bool) -> Checksum {
    var hasher = ChecksumHasher(like: large ? .sha256("") : .gitBlob(""), size: data.count)
    hasher.update(data)
    return hasher.finish()!
  }

  /// What the listing says; large files as LFS does.
  func listing() -> Data {
    let entries = files.withLock { $0 }.sorted { $0.key < $1.key }.map { path, data -> String in
      let isLarge = data.count > 1000
      let sum = Self.checksum(data, large: isLarge)
      let lfs = isLarge ? #","lfs":{"oid":"\#(sum)","size":\#(data.count)}"# : ""
      let oid = isLarge ? String(repeating: "0", count: 40) : sum.description
      return #"{"type":"file","path":"\#(path)","size":\#(data.count),"oid":"\#(oid)"\#(lfs)}"#
    }
    return Data(
      "[{\"type\":\"directory\",\"path\":\"unet\",\"oid\":\"\"},\(entries.joined(separator: ","))]".utf8)
  }

  /// The well-behaved answer.
  func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Answer {
    if request.path == Self.listingPath { return .init(200, listing()) }
    for prefix in ["/\(Self.repository)/resolve/main/", "/plain/"] where request.path.hasPrefix(prefix) {
      let path = String(request.path.dropFirst(prefix.count))
      guard let data = files.withLock({ $0[path] }) else { break }
      return Self.answer(request, data)
    }
    return .init(404)
  }

  /// A file, from the byte that was asked for on, if the tag is still the file's.
  static func answer(
    _ request: LoopbackServer.Request, _ data: Data, tag: String? = nil
  ) -> LoopbackServer.Answer {
    let tag = tag ?? "\"\(checksum(data, large: true))\""
    guard let start = request.rangeStart, request.fields["if-range"] ?? tag == tag else {
      return .init(200, data, fields: ["ETag": tag])
    }
    guard start < data.count else { return .init(416) }
    return .init(
      206, Data(data[start...]),
      fields: ["ETag": tag, "Content-Range": "bytes \(start)-\(data.count - 1)/\(data.count)"])
  }
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

let hasty = HubClient(
  retries: RetryPolicy(attempts: 3, firstPause: .milliseconds(5), longestPause: .milliseconds(20)),
  patience: 20)
