import Tensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// All of a graph's constants in one stretch of address space, which is what OpenVINO takes for weights.
///
/// The runtime knows one weight buffer per model, whereas a model's weights may lie in several files. So one
/// range of addresses is reserved and every file is mapped into it; literals follow in memory of their own.
/// No file is copied: its pages are those of the file system's cache.
///
/// Sendable: written only by `init`, then read-only, by page protection too.
final class WeightRegion: @unchecked Sendable {
  private let base: UnsafeMutableRawPointer
  private let byteCount: Int
  /// Files stay open as long as they are mapped; where each starts.
  private let files: [(source: any WeightSource, offset: Int)]

  /// The alignment of a mapping.
  static var pageSize: Int { Int(sysconf(Int32(_SC_PAGESIZE))) }

  /// Maps files and literals to their places.
  init(_ layout: WeightLayout) throws(OpenVINOError) {
    byteCount = max(layout.byteCount, 1)
    files = layout.files
    let access = PROT_READ | PROT_WRITE
    guard let base = mmap(nil, byteCount, access, MAP_PRIVATE | MAP_ANON | MAP_NORESERVE, -1, 0),
      base != MAP_FAILED
    else { throw .mappingFailed(path: "\(byteCount) bytes", message: lastSystemError()) }
    self.base = base
    for (tensor, offset) in layout.literals {
      tensor.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        (base + offset).copyMemory(from: start, byteCount: bytes.count)
      }
    }
    mprotect(base, byteCount, PROT_READ)
    for (source, offset) in layout.files where source.byteCount > 0 {
      try checkLength(of: source)
      let mapped = mmap(
        base + offset, source.byteCount, PROT_READ, MAP_PRIVATE | MAP_FIXED, source.fileDescriptor, 0)
      guard mapped == base + offset else {
        throw .mappingFailed(path: source.path, message: lastSystemError())
      }
    }
  }

  deinit { munmap(base, byteCount) }

  /// Gives the files' pages back: once a model is compiled it holds most weights in a layout of its own. A page that
  /// is read again comes from the file system's cache.
  func releasePages() {
    for (source, offset) in files { madvise(base + offset, source.byteCount, MADV_DONTNEED) }
  }

  /// The region's bytes, not to be written.
  func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeMutableRawBufferPointer(start: base, count: byteCount))
  }
}

/// Reading a mapped page that a file no longer has ends the process: better an error now.
private func checkLength(of source: any WeightSource) throws(OpenVINOError) {
  var status = stat()
  guard fstat(source.fileDescriptor, &status) == 0 else {
    throw .mappingFailed(path: source.path, message: lastSystemError())
  }
  guard Int(status.st_size) >= source.byteCount else {
    throw .mappingFailed(path: source.path, message: "it has been cut short since it was opened")
  }
}

private func lastSystemError() -> String { String(cString: strerror(errno)) }
