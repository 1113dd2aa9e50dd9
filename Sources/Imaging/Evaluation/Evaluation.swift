import CVips

/// One evaluation under a monitor: its input pictures are replaced by copies that report progress and can be
/// killed without touching the pictures others hold.
final class Evaluation {
  private let monitor: EvaluationMonitor?
  private let sources: Set<String>
  private var watches: [Watch] = []

  /// - Parameter monitor: nil watches nothing.
  init(monitor: EvaluationMonitor?, of images: [Image]) {
    self.monitor = monitor
    sources = images.reduce(into: []) { $0.formUnion($1.sources) }
  }

  /// Runs `body`, lets go of what was watched, and says failures in the user's words.
  func run<Result>(_ body: () throws -> Result) throws -> Result {
    defer {
      for watch in watches { watch.end() }
      watches = []
    }
    if Task.isCancelled { monitor?.cancel() }
    if monitor?.isCancelled == true { throw CancellationError() }
    do {
      return try body()
    } catch {
      if monitor?.isCancelled == true { throw CancellationError() }
      if case ImagingError.operationFailed(_, let message) = error, sources.count == 1,
        let path = sources.first,
        let fault = ImagingError(decoding: path, message: message)
      {
        throw fault
      }
      throw error
    }
  }

  /// The picture to evaluate in place of `image`.
  func watching(_ image: Image) throws -> Image {
    guard let monitor else { return image }
    let watch = try Watch(image, monitor: monitor)
    watches.append(watch)
    return watch.copy
  }

  func watching(_ value: VipsValue) throws -> VipsValue {
    switch value {
    case .image(let image): .image(try watching(image))
    case .images(let images): .images(try images.map(watching))
    default: value
    }
  }

  /// A result made independent of this evaluation's progress, and knowing which files it is still decoded from.
  func released(_ value: VipsValue) -> VipsValue {
    switch value {
    case .image(let image): .image(released(image))
    case .images(let images): .images(images.map(released))
    default: value
    }
  }

  func released(_ image: Image) -> Image {
    if monitor != nil { image.pointer.pointee.progress_signal = nil }
    return Image(retaining: image.pointer, sources: sources)
  }
}

/// A picture's copy whose evaluation tells the monitor.
private final class Watch {
  let copy: Image
  private let monitor: EvaluationMonitor
  private var handler: gulong = 0

  init(_ image: Image, monitor: EvaluationMonitor) throws {
    copy = try image.shallowCopy()
    self.monitor = monitor
    copy.pointer.pointee.progress_signal = nil
    vips_image_set_progress(copy.pointer, 1)
    let data = Unmanaged.passUnretained(monitor).toOpaque()
    cvips_signal_connect(
      copy.pointer, "eval",
      { _, progress, data in
        guard let data, let progress = progress?.pointee else { return }
        let fraction = progress.tpels > 0 ? Double(progress.npels) / Double(progress.tpels) : 0
        Unmanaged<EvaluationMonitor>.fromOpaque(data).takeUnretainedValue().advance(to: fraction)
      }, data, &handler)
    monitor.watch(copy)
  }

  func end() {
    g_signal_handler_disconnect(copy.pointer, handler)
    monitor.forget(copy)
  }
}
