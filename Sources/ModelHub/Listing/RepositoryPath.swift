/// Where a file lies in a repository, and so below a model's folder: `unet/config.json`.
///
/// Listings come from strangers: a path that could leave the folder, or hide in it, is refused.
package struct RepositoryPath: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Folders and the file's name, outermost first; at least one.
  package let components: [String]

  /// Checks a path.
  ///
  /// - Throws: `HubError.unsafePath` for absolute paths, `.` and `..`, empty names, backslashes, characters that are
  ///   not seen or turn others around, names over 255 bytes and paths over 1024.
  package init(_ text: String) throws(HubError) {
    func refuse(_ fault: String) -> HubError { .unsafePath(text, fault) }
    guard !text.isEmpty else { throw refuse("is empty") }
    guard !text.hasPrefix("/") else { throw refuse("is absolute") }
    guard text.utf8.count <= 1024 else { throw refuse("is longer than 1024 bytes") }
    guard !text.unicodeScalars.contains(where: \.isUnseen) else {
      throw refuse("holds control characters")
    }
    guard !text.contains("\\") else { throw refuse("holds a backslash") }
    components = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    for component in components {
      guard !component.isEmpty, component != "." else { throw refuse("has an empty part") }
      guard component != ".." else { throw refuse("leaves its folder") }
      guard component.utf8.count <= 255 else { throw refuse("has a name longer than 255 bytes") }
    }
  }

  /// The file's name.
  package var name: String { components.last! }
  /// The folder's path, empty at the top.
  package var folder: String { components.dropLast().joined(separator: "/") }
  /// The path, with slashes.
  package var description: String { components.joined(separator: "/") }

  /// In the order of the text.
  package static func < (left: RepositoryPath, right: RepositoryPath) -> Bool {
    left.description < right.description
  }
}

extension Unicode.Scalar {
  /// Whether it shows nothing of itself, but may move a terminal's cursor, end a line, or turn the characters around it
  /// so that a name reads as another.
  var isUnseen: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
