import Imaging
import PipelineKit

extension Image {
  /// What is compared of a picture: the box around a mask of its size, or all of it without one.
  ///
  /// - Throws: for an empty mask.
  func part(in mask: Image?, _ monitor: Monitor) throws -> Image {
    guard let mask else { return self }
    try checkSameSize(mask, "mask", self, "image")
    guard let box = try evaluate(monitor, { try mask.boundsOfNonzero(monitor: $0) }) else { throw emptyMask }
    return try cropped(x: box.x, y: box.y, width: box.width, height: box.height)
  }
}
