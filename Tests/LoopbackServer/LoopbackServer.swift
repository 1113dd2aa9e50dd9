import Dispatch
public import Foundation
import Synchronization

/// An HTTP server on loopback for tests: it serves files from memory and misbehaves on request.
///
/// Every connection has a thread of its own. Sendable: what changes is behind a lock.
public final class LoopbackServer: Sendable {
  /// A request that has arrived.
  public struct Request: Sendable {
    /// `GET` or `HEAD`.
    public var method: String
    /// Path and query as they came.
    public var target: String
    /// Values by lower-case name.
    public var fields: [String: String]

    /// The path without the query.
    public var path: String { String(target.prefix { $0 != "?" }) }
    /// The first byte that is asked for by `Range: bytes=N-`.
    public var rangeStart: Int? {
      fields["range"].flatMap { Int($0.dropFirst("bytes=".count).prefix { $0 != "-" }) }
    }
  }

  /// What is answered.
  public struct Answer: Sendable {
    /// The status.
    public var status: Int
    /// Further header fields.
    public var fields: [String: String]
    /// The whole body, whose length is announced.
    public var body: Data
    /// How much of the body is sent before the connection is closed; nil for all.
    public var dropsAfter: Int?
    /// A pause after every piece of 16 KiB.
    public var pause: Duration
    /// How much of the body comes fast; from there on it is a byte at a time, which takes as long as any test waits.
    public var trickles: Int?
    /// Whether the body's length is announced; without, it ends with the connection.
    public var saysLength = true

    /// An answer.
    public init(
      _ status: Int = 200, _ body: Data = Data(), fields: [String: String] = [:], dropsAfter: Int? = nil,
      pause: Duration = .zero
    ) {
      self.status = status
      self.body = body
      self.fields = fields
      self.dropsAfter = dropsAfter
      self.pause = pause
    }
  }

  /// The port on 127.0.0.1.
  public let port: UInt16
  private let listener: Int32
  private let answer: @Sendable (Request) -> Answer
  private let log = Mutex<[Request]>([])

  /// Starts a server.
  public init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
    self.answer = answer
    #if os(Linux)
      let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    self.listener = listener
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutableBytes(of: &address) { bytes in
      let address = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
      return bind(listener, address, length) == 0 && listen(listener, 64) == 0
        && getsockname(listener, address, &length) == 0
    }
    guard isBound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [weak self] in
      while case let connection = accept(listener, nil, nil), connection >= 0 {
        guard let self else { close(connection); return }
        Thread.detachNewThread { self.serve(connection) }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// `http://127.0.0.1:PORT`.
  public var url: URL { URL(string: "http://127.0.0.1:\(port)")! }
  /// All requests so far.
  public var requests: [Request] { log.withLock { $0 } }
  /// Forgets the requests so far.
  public func forget() { log.withLock { $0 = [] } }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    guard let request = Self.read(connection) else { return }
    log.withLock { $0.append(request) }
    let answer = answer(request)
    var head =
      "HTTP/1.1 \(answer.status) Told so\r\nConnection: close\r\n"
      + (answer.saysLength ? "Content-Length: \(answer.body.count)\r\n" : "")
    for (name, value) in answer.fields { head += "\(name): \(value)\r\n" }
    guard Self.write(Data((head + "\r\n").utf8), connection), request.method != "HEAD" else { return }
    var rest = answer.body.prefix(answer.dropsAfter ?? .max)
    while !rest.isEmpty {
      let isSlow = answer.trickles.map { rest.startIndex >= $0 } ?? true
      let piece = isSlow && answer.trickles != nil ? 1 : 16384
      guard Self.write(rest.prefix(piece), connection) else { return }
      rest = rest.dropFirst(piece)
      if answer.pause > .zero, isSlow {
        Thread.sleep(forTimeInterval: answer.pause / .seconds(1))
      }
    }
  }

  private static func read(_ connection: Int32) -> Request? {
    var bytes = Data()
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.range(of: Data("\r\n\r\n".utf8)) == nil {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0, bytes.count < 1 << 16 else { return nil }
      bytes += buffer.prefix(count)
    }
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ").map(String.init)
    guard words.count == 3 else { return nil }
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
        in: .whitespaces)
    }
    return Request(method: words[0], target: words[1], fields: fields)
  }

  private static func write(_ bytes: Data, _ connection: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var sent = 0
      while sent < buffer.count {
        #if os(Linux)
          let count = send(connection, buffer.baseAddress! + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
        #else
          let count = send(connection, buffer.baseAddress! + sent, buffer.count - sent, 0)
        #endif
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }
}
