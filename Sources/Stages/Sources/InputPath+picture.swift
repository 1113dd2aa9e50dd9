import Foundation
import Imaging
import PipelineKit

extension InputPath {
  /// The picture in the file. Errors call standard input by its name, not by that of the file it is kept in.
  func picture(
    _ options: LoadOptions, _ monitor: EvaluationMonitor? = nil, remark: (String) -> Void = { _ in }
  ) throws -> Image {
    let path = url.path(percentEncoded: false)
    do {
      return try Image.load(from: path, options: options, monitor: monitor, remark: remark)
    } catch let error as ImagingError where written == "-" {
      throw StageFailure("\(error)".replacing(path, with: "standard input"))
    }
  }
}
