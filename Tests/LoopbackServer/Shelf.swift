public import Foundation
import Foundations
public import Synchronization

/// Files that a loopback server serves as a hub's repository, and as plain files below `/plain`.
public final class Shelf: Sendable {
  /// The repository's name.
  public static let repository = "Owner/Tiny"

  /// Whose and which.
  public let name: String
  /// The files' bytes, by path.
  public let files: Mutex<[String: Data]>

  /// A repository of these files.
  public init(_ files: [String: Data], name: String = Shelf.repository) {
    self.files = Mutex(files)
    self.name = name
  }

  /// The path that the hub lists the files under.
  public var listingPath: String { "/api/models/\(name)/tree/main" }

  /// SHA-256 of a large file, the name git gives a small one.
  public static func digits(of data: Data, isLarge: Bool) -> String {
    if isLarge { return ContentDigest(of: data).description }
    return hexadecimal(MessageDigest.of(Array("blob \(data.count)\0".utf8) + data, .sha1))
  }

  /// What the hub lists.
  public var listing: Data {
    let entries = files.withLock { $0 }.sorted { $0.key < $1.key }.map { path, data -> String in
      let isLarge = data.count > 1000
      let digits = Self.digits(of: data, isLarge: isLarge)
      let entry = #""type":"file","path":"\#(path)","size":\#(data.count)"#
      guard isLarge else { return #"{\#(entry),"oid":"\#(digits)"}"# }
      let pointer = String(repeating: "0", count: 40)
      return #"{\#(entry),"oid":"\#(pointer)","lfs":{"oid":"\#(digits)","size":\#(data.count)}}"#
    }
    return Data(#"[{"type":"directory","path":"unet","oid":""},\#(entries.joined(separator: ","))]"#.utf8)
  }

  /// The answer of a server that behaves.
  public func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Answer {
    if request.path == listingPath { return .init(200, listing) }
    for prefix in ["/\(name)/resolve/main/", "/plain/"] where request.path.hasPrefix(prefix) {
      let path = String(request.path.dropFirst(prefix.count))
      guard let data = files.withLock({ $0[path] }) else { break }
      return Self.answer(request, data)
    }
    return .init(404)
  }

  /// A file, from the byte that was asked for on, if the entity tag is still the file's.
  public static func answer(
    _ request: LoopbackServer.Request, _ data: Data, tag: String? = nil
  ) -> LoopbackServer.Answer {
    let tag = tag ?? "\"\(digits(of: data, isLarge: true))\""
    guard let start = request.rangeStart, request.fields["if-range"] ?? tag == tag else {
      return .init(200, data, fields: ["ETag": tag])
    }
    guard start < data.count else { return .init(416) }
    return .init(
      206, Data(data[start...]),
      fields: ["ETag": tag, "Content-Range": "bytes \(start)-\(data.count - 1)/\(data.count)"])
  }
}
