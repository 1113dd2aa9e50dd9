public import Foundation

/// A value that flows from stage to stage.
///
/// It has two written forms. The *store form* is a folder of files that reads back to exactly the same value, fast;
/// the *exchange form* is one file in a format other programs know, for stages that are external programs.
public protocol PortValue: Sendable {
  /// The type of port it flows through.
  static var portType: PortType { get }
  /// What a plan says of it.
  var shape: ValueShape { get }

  /// The same value, computed, and without need of any file that goes with the run that made it.
  func settled(monitor: Monitor) throws -> Self

  /// Writes the store form into an empty folder. May evaluate what was lazy until now.
  func write(to folder: URL, monitor: Monitor) throws
  /// Reads the store form.
  static func read(from folder: URL) throws -> Self

  /// The exchange form's file extension, without the dot.
  static var exchangeExtension: String { get }
  /// Writes the exchange form.
  func export(to file: URL, monitor: Monitor) throws
  /// Reads the exchange form, which may come from a stranger.
  static func imported(from file: URL) throws -> Self
}

extension PortValue {
  /// For values that are computed and hold no file: the value itself.
  public func settled(monitor: Monitor) throws -> Self { self }
}

/// What is known of a value without computing it.
public struct ValueShape: Sendable, Hashable {
  /// For people: `768×512 sRGB, 8 bit`.
  public var summary: String
  /// Memory the value takes once computed.
  public var bytes: Int
  /// Named sizes for the stages downstream: `width`, `height`, `bands` …
  public var sizes: [String: Int]

  /// What is known of a value without computing it.
  public init(summary: String, bytes: Int, sizes: [String: Int] = [:]) {
    self.summary = summary
    self.bytes = bytes
    self.sizes = sizes
  }
}
