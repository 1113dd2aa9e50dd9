import CVips
import Foundation

extension Image {
  /// Opens a picture file: every format libvips reads, recognized by content, not by name.
  ///
  /// The header is read and checked against the pixel limit first. PNGs are walked strictly and JPEGs decoded to their
  /// end, which libvips does not do.
  /// - Parameter remark: hears what the caller should know though it is no error: what was skipped, what was not taken.
  /// - Throws: `ImagingError` naming the file and what is wrong with it; `CancellationError`.
  public static func load(
    from path: String, options: LoadOptions = LoadOptions(), monitor: EvaluationMonitor? = nil,
    remark: (String) -> Void = { _ in }
  ) throws -> Image {
    try load(.file(path), options, monitor, remark)
  }

  /// Opens an encoded picture held in memory; `name` stands for it in error messages.
  /// - Throws: as for files.
  public static func load(
    from bytes: [UInt8], name: String = "picture", options: LoadOptions = LoadOptions(),
    monitor: EvaluationMonitor? = nil, remark: (String) -> Void = { _ in }
  ) throws -> Image {
    try load(.bytes(bytes, name: name), options, monitor, remark)
  }

  /// What a picture file's header says: a picture whose pixels are not to be asked for.
  /// - Throws: as for loading, as far as the header shows it.
  public static func header(of path: String, options: LoadOptions = LoadOptions()) throws -> Image {
    try Vips.started.get()
    return try open(.file(path), options)
  }

  private static func load(
    _ source: EncodedPicture, _ options: LoadOptions, _ monitor: EvaluationMonitor?,
    _ remark: (String) -> Void
  ) throws -> Image {
    try Vips.started.get()
    let beginning = try source.firstBytes(8)
    let walked = PNGFile.isPNG(beginning) ? try walk(source, options, monitor, remark) : nil
    let opened = try open(source, options)
    if let walked {
      opened.setTexts(walked.texts)
      // libpng leaves out profiles that it does not like, without a word.
      if let profile = walked.profile, opened.profile == nil {
        let fault = ColourProfile(profile).fault(colourBands: opened.colourBands)
        remark("its ICC profile is ignored: it \(fault ?? "is not as PNG demands")")
      }
    }
    if JPEGFile.isJPEG(beginning) { try check(source, options, monitor, remark) }
    if let count = opened.metadata("n-pages")?.int, count > 1 {
      remark("it holds \(count) pictures (frames or pages), of which one is taken")
    }
    return options.access == .sequential
      ? opened
      : try opened.decoded(name: source.name, memoryLimit: options.memoryLimit, monitor: monitor)
  }

  /// The walk through a PNG; nil when it is damaged and taken all the same.
  private static func walk(
    _ source: EncodedPicture, _ options: LoadOptions, _ monitor: EvaluationMonitor?,
    _ remark: (String) -> Void
  ) throws -> PNGFile? {
    do {
      let file = try PNGFile(source, pixelLimit: options.pixelLimit, monitor: monitor)
      for fault in file.skipped { remark("a part of it is damaged and skipped: \(fault)") }
      if file.isAnimated { remark("it is animated; its still picture is taken") }
      return file
    } catch let error as ImagingError where options.failOn == .none {
      guard let damage = error.damage else { throw error }
      remark("it is \(damage); what can be decoded of it is taken")
      return nil
    }
  }

  /// What a JPEG's decoder says, where anything it says matters.
  private static func check(
    _ source: EncodedPicture, _ options: LoadOptions, _ monitor: EvaluationMonitor?,
    _ remark: (String) -> Void
  ) throws {
    guard options.failOn == .none || options.failOn == .warning,
      let fault = try JPEGFile(source, monitor: monitor).fault
    else { return }
    guard options.failOn == .none, let damage = fault.damage else { throw fault }
    remark("it is \(damage); what can be decoded of it is taken")
  }

  private static func open(_ source: EncodedPicture, _ options: LoadOptions) throws -> Image {
    let kind = try source.loader(allowUntrusted: options.allowUntrusted)
    var arguments = source.argument
    arguments["access"] = "sequential"
    arguments["fail_on"] = .string(options.failOn.rawValue)
    // libvips' JPEG reader gives up at the hundredth warning otherwise.
    if options.failOn == .none, kind.nickname.hasPrefix("jpegload") { arguments["unlimited"] = true }
    let opened: Image
    do {
      let permissions: VipsPermissions = options.allowUntrusted ? [.files, .untrusted] : .files
      opened = try open(kind.nickname, arguments, permissions: permissions)
    } catch {
      throw error.located(at: source.name, loader: kind.nickname)
    }
    guard opened.width <= options.pixelLimit / opened.height else {
      throw ImagingError.tooLarge(
        path: source.name, width: opened.width, height: opened.height, limit: options.pixelLimit)
    }
    return Image(retaining: opened.pointer, sources: [source.name])
  }

  /// Opens without libvips' operation cache, so that a file that changed is read again.
  static func open(
    _ loader: String, _ arguments: [String: VipsValue], permissions: VipsPermissions
  ) throws(ImagingError) -> Image {
    let operation = try Operation(loader, permissions: permissions)
    let declared = operation.arguments()
    for argument in declared {
      if let value = arguments[argument.name] { try operation.set(argument, to: value) }
    }
    guard let image = try operation.built(cached: false).results(of: declared)["out"]?.image else {
      throw .operationFailed(loader, message: "it gave no picture")
    }
    image.ownMetadata()
    return image
  }

  private func decoded(name: String, memoryLimit: Int, monitor: EvaluationMonitor?) throws -> Image {
    do {
      return byteCount > memoryLimit ? try onDisk(monitor: monitor) : try inMemory(monitor: monitor)
    } catch let error as ImagingError {
      throw error.located(at: name, loader: "its loader")
    }
  }

  /// That the path names a file with something in it.
  static func checkIsReadableFile(_ path: String) throws(ImagingError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .unreadable(path: path, reason: systemReason()) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: throw .isDirectory(path: path)
    case S_IFREG: break
    default: throw .unreadable(path: path, reason: "it is not a regular file")
    }
    guard status.st_size > 0 else { throw .emptyFile(path: path) }
    guard access(path, R_OK) == 0 else { throw .unreadable(path: path, reason: systemReason()) }
  }
}
