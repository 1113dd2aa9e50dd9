import CVips
import Foundation

/// Machine code that libvips has liborc write at run time, for convolutions above all.
enum VectorCode {
  /// Switches it off where liborc is older than 0.4.34: two threads that let go of such code at one moment corrupt
  /// the heap (Debian 12 has 0.4.33). libvips then computes the same in C.
  static func disableIfUnsafe() {
    guard let version = orcVersion, version.lexicographicallyPrecedes([0, 4, 34]) else { return }
    vips_vector_set_enabled(0)
  }

  static var isEnabled: Bool { vips_vector_isenabled() != 0 }

  /// The numbers of the version that was loaded with libvips; nil where libvips goes without it.
  static var orcVersion: [Int]? {
    guard let program = dlopen(nil, RTLD_NOW) else { return nil }
    defer { dlclose(program) }
    guard let function = dlsym(program, "orc_version_string") else { return nil }
    typealias VersionString = @convention(c) () -> UnsafePointer<CChar>?
    guard let text = unsafeBitCast(function, to: VersionString.self)() else { return nil }
    return String(cString: text).split(separator: ".").map { Int($0) ?? 0 }
  }
}
