import Foundation

/// Standard error as a person sees it; results alone go to standard output.
enum Terminal {
  /// Whether somebody watches.
  static let isInteractive =
    isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  /// Whether colours are wanted; see no-color.org.
  static let isColoured = isInteractive && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

  /// Writes a line.
  static func say(_ text: String) { write(text + "\n") }

  /// Writes text as it is. Where nothing can be written, that cannot be reported either.
  static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

  /// How many columns a page on standard output may take: the terminal's, what `COLUMNS` says, or 100.
  static var pageWidth: Int {
    var size = winsize()
    if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return max(40, Int(size.ws_col))
    }
    return max(40, ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 100)
  }

  /// How many columns there are; 100 where nobody watches.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return Int(size.ws_col)
  }
}
