import CVips

extension Image {
  /// The same picture with all its pixels computed and held in memory.
  /// - Throws: what decoding and computing meet; `CancellationError`.
  public func inMemory(monitor: EvaluationMonitor? = nil) throws -> Image {
    switch pointer.pointee.dtype {
    case VIPS_IMAGE_SETBUF, VIPS_IMAGE_SETBUF_FOREIGN: self
    default: try privateCopy(monitor: monitor ?? EvaluationMonitor())
    }
  }

  /// Computed pixels in memory of their own, which an operation may draw into.
  func privateCopy(monitor: EvaluationMonitor?) throws -> Image {
    try computed(into: vips_image_new_memory(), monitor: monitor)
  }

  /// Computed pixels in a temporary file, which is mapped as needed and gone with the picture.
  func onDisk(monitor: EvaluationMonitor?) throws -> Image {
    try computed(into: vips_image_new_temp_file("%s.v"), monitor: monitor)
  }

  private func computed(
    into target: UnsafeMutablePointer<VipsImage>?, monitor: EvaluationMonitor?
  ) throws -> Image {
    guard let target else {
      throw ImagingError.operationFailed("image", message: Vips.takeErrorText())
    }
    let copy = Image(owning: target)
    let evaluation = Evaluation(monitor: monitor ?? EvaluationMonitor(), of: [self])
    try evaluation.run {
      guard vips_image_write(try evaluation.watching(self).pointer, target) == 0 else {
        throw ImagingError.operationFailed("evaluation", message: Vips.takeErrorText())
      }
    }
    target.pointee.progress_signal = nil
    return copy
  }
}
