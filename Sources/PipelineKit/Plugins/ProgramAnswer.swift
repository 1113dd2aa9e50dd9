import Foundation

/// One line of JSON that an external program writes to standard output.
enum ProgramAnswer: Hashable {
  /// How far it is, from 0 to 1.
  case progress(Double)
  /// Something for the user.
  case log(LogLevel, String)
  /// Where outputs lie, by port.
  case outputs([String: String])
  /// Why there will be no result, in the user's words.
  case error(String)

  /// Nil when the line is none of these.
  init?(_ line: [UInt8]) {
    guard let members = try? JSONParser.parse(Data(line), file: "").root.object else { return nil }
    switch Set(members.keys) {
    case ["progress"]:
      guard let fraction = members["progress"]?.number, (0...1).contains(fraction) else { return nil }
      self = .progress(fraction)
    case ["log"], ["log", "level"]:
      let level = members["level"].map { $0.string.flatMap(LogLevel.init(rawValue:)) } ?? .info
      guard let message = members["log"]?.string, let level else { return nil }
      self = .log(level, message.printable)
    case ["outputs"]:
      guard let outputs = members["outputs"]?.object else { return nil }
      let paths = outputs.compactMapValues(\.string)
      guard paths.count == outputs.count else { return nil }
      self = .outputs(paths)
    case ["error"]:
      guard let message = members["error"]?.string else { return nil }
      self = .error(message.printable)
    default: return nil
    }
  }
}
