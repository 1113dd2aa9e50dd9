import Foundation

/// What the command line asked for.
struct Options {
  var folder = URL(fileURLWithPath: ".")
  /// Paths followed per pixel; nil leaves each picture its own number.
  var samples: Int?
  /// Names of the pictures to make; empty means all.
  var names: [String] = []
  /// Factor on width and height, for quick looks.
  var scale: Float = 1

  static let usage = """
    usage: render-examples FOLDER [--only NAME]... [--samples N] [--scale FACTOR]
    Renders the example pictures into FOLDER as .ppm (colour) and .pgm (masks).
    """

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    var folders: [String] = []
    while let argument = rest.popFirst() {
      switch argument {
      case "--samples": samples = try Self.value(of: argument, &rest) { Int($0) }
      case "--scale": scale = try Self.value(of: argument, &rest) { Float($0) }
      case "--only": names.append(try Self.value(of: argument, &rest) { $0 })
      case _ where argument.hasPrefix("-"): throw UsageError(reason: "unknown option \(argument)")
      default: folders.append(argument)
      }
    }
    guard folders.count == 1 else { throw UsageError(reason: "exactly one folder is needed") }
    guard samples ?? 1 > 0, scale > 0, scale <= 8 else {
      throw UsageError(reason: "--samples must be positive, --scale above 0 and at most 8")
    }
    folder = URL(fileURLWithPath: folders[0], isDirectory: true)
  }

  private static func value<Value>(
    of option: String, _ rest: inout ArraySlice<String>, _ read: (String) -> Value?
  ) throws -> Value {
    guard let text = rest.popFirst(), let value = read(text) else {
      throw UsageError(reason: "\(option) needs a value")
    }
    return value
  }
}

/// A command line that makes no sense.
struct UsageError: Error {
  let reason: String
}
