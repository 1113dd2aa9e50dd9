import Foundation
import Foundations

/// Annotations that cannot be read: another file than was meant, or a damaged one.
package struct AnnotationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file.
  package let file: String
  /// Where in it: `line 12`, `byte 4711`; nil where it is the file as a whole.
  package let place: String?
  /// What is wrong.
  package let message: String

  init(_ file: String, at place: String? = nil, _ message: String) {
    self.file = file
    self.place = place
    self.message = message
  }

  /// One sentence.
  package var description: String { "\(file): \(place.map { "\($0): " } ?? "")\(message)" }
}

/// A file of annotations, mapped: it may be larger than memory.
func mappedAnnotations(_ file: URL) throws -> Data {
  do {
    return try Data(ofFile: file, options: .alwaysMapped)
  } catch let error as FileError {
    throw AnnotationError(file.lastPathComponent, "it cannot be read: \(error.reason)")
  } catch let error as CocoaError {
    let reason = (error.userInfo[NSUnderlyingErrorKey] as? any Error)?.localizedDescription
    throw AnnotationError(
      file.lastPathComponent, "it cannot be read: \(reason ?? error.localizedDescription)")
  }
}
