import CCurl

/// Why an exchange with a server came to nothing, though nobody ended it.
struct ConnectionFault: Error, Equatable {
  /// What it means for another try.
  enum Kind: Sendable {
    /// It was broken off or fell silent: another try may bring more.
    case broken
    /// There was no way to the server: another try may, where there was one before.
    case unreachable
    /// Another try would end in the same way.
    case lasting
  }
  var kind: Kind
  /// In the user's words.
  var words: String

  /// Nothing came for too long.
  static let silence = ConnectionFault(kind: .broken, words: "nothing came for too long")

  init(kind: Kind, words: String) { (self.kind, self.words) = (kind, words) }

  static let noMemory = ConnectionFault(kind: .lasting, words: "there is no memory left")

  /// What libcurl says.
  init(_ code: CURLcode) {
    switch code {
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2,
      CURLE_HTTP2_STREAM:
      self.init(kind: .broken, words: "the connection broke")
    case CURLE_OPERATION_TIMEDOUT: self = .silence
    case CURLE_WEIRD_SERVER_REPLY: self.init(kind: .broken, words: "the answer is not HTTP")
    case CURLE_COULDNT_CONNECT: self.init(kind: .unreachable, words: "no connection to the host")
    case CURLE_COULDNT_RESOLVE_HOST: self.init(kind: .unreachable, words: "there is no such host")
    case CURLE_COULDNT_RESOLVE_PROXY: self.init(kind: .unreachable, words: "there is no such proxy")
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT:
      self.init(kind: .lasting, words: "only http and https URLs are read")
    case CURLE_TOO_MANY_REDIRECTS: self.init(kind: .lasting, words: "it redirects in a circle")
    case CURLE_SSL_CONNECT_ERROR: self.init(kind: .unreachable, words: Self.words(code))
    case CURLE_OUT_OF_MEMORY: self = .noMemory
    default: self.init(kind: .lasting, words: Self.words(code))
    }
  }

  private static func words(_ code: CURLcode) -> String { String(cString: curl_easy_strerror(code)) }
}
