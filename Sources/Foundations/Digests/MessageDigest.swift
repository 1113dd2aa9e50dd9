#if canImport(CryptoKit)
  import CryptoKit
#else
  import CCrypto
#endif

/// Bytes as lower-case hexadecimal digits, two for each.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// Takes a message digest of bytes that come piece by piece: by CryptoKit on Apple's systems, by libcrypto elsewhere.
package struct MessageDigest: Sendable {
  /// How bytes are digested.
  package enum Algorithm: Sendable {
    /// 32 bytes.
    case sha256
    /// 20 bytes. Broken as protection against forgers; git names files by it.
    case sha1
  }

  #if canImport(CryptoKit)
    private var state: any HashFunction & Sendable

    /// A digest that has seen nothing yet.
    package init(_ algorithm: Algorithm) {
      switch algorithm {
      case .sha256: state = SHA256()
      case .sha1: state = Insecure.SHA1()
      }
    }

    /// Adds bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) { state.update(bufferPointer: bytes) }

    /// The digest of all bytes added so far.
    package func finalize() -> [UInt8] {
      func bytes(_ function: some HashFunction) -> [UInt8] { Array(function.finalize()) }
      return bytes(state)
    }
  #else
    private var state: Context

    /// A digest that has seen nothing yet.
    package init(_ algorithm: Algorithm) { state = Context(algorithm) }

    /// Adds bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
      if !isKnownUniquelyReferenced(&state) { state = Context(copying: state) }
      state.update(bytes)
    }

    /// The digest of all bytes added so far.
    package func finalize() -> [UInt8] { Context(copying: state).finalize() }
  #endif

  /// The digest of these bytes.
  package static func of(_ bytes: [UInt8], _ algorithm: Algorithm) -> [UInt8] {
    var digest = MessageDigest(algorithm)
    bytes.withUnsafeBytes { digest.update($0) }
    return digest.finalize()
  }
}

#if !canImport(CryptoKit)
  /// libcrypto's handle. Its calls fail for want of memory and for algorithms that an administrator has forbidden.
  ///
  /// Sendable: `MessageDigest` changes it only while nobody else has it.
  private final class Context: @unchecked Sendable {
    private let handle: OpaquePointer

    init(_ algorithm: MessageDigest.Algorithm) {
      handle = Self.allocated()
      let function =
        switch algorithm {
        case .sha256: EVP_sha256()
        case .sha1: EVP_sha1()
        }
      Self.check(EVP_DigestInit_ex(handle, function, nil))
    }

    init(copying other: Context) {
      handle = Self.allocated()
      Self.check(EVP_MD_CTX_copy_ex(handle, other.handle))
    }

    deinit { EVP_MD_CTX_free(handle) }

    func update(_ bytes: UnsafeRawBufferPointer) {
      Self.check(EVP_DigestUpdate(handle, bytes.baseAddress, bytes.count))
    }

    func finalize() -> [UInt8] {
      [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
        var length: UInt32 = 0
        Self.check(EVP_DigestFinal_ex(handle, buffer.baseAddress, &length))
        count = Int(length)
      }
    }

    private static func allocated() -> OpaquePointer {
      guard let handle = EVP_MD_CTX_new() else { fatalError("there is no memory for a digest") }
      return handle
    }

    private static func check(_ status: CInt) {
      guard status == 1 else { fatalError("libcrypto refuses to digest") }
    }
  }
#endif
