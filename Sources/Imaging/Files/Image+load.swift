import CVips
import Foundation

extension Image {
  /// Opens a picture file: every format libvips reads, told by content, not by name.
  ///
  /// The header is read and checked against the pixel limit first. PNGs are walked strictly, which libvips does not.
  /// - Throws: `ImagingError` naming the file and what is wrong with it; `CancellationError`.
  public static func load(
    from path: String, options: LoadOptions = LoadOptions(), monitor: EvaluationMonitor? = nil
  ) throws -> Image {
    try Vips.started.get()
    let beginning = try firstBytes(of: path)
    guard let found = vips_foreign_find_load(path) else {
      vips_error_clear()
      throw ImagingError.notAPicture(path: path)
    }
    if PNGFile.isPNG(beginning) {
      _ = try PNGFile(path: path, pixelLimit: options.pixelLimit, monitor: monitor)
    }
    return try load(
      with: String(cString: found), input: ["filename": .string(path)], name: path, options: options,
      monitor: monitor)
  }

  /// Opens an encoded picture held in memory; `name` stands for it in error messages.
  /// - Throws: as for files.
  public static func load(
    from bytes: [UInt8], name: String = "picture", options: LoadOptions = LoadOptions(),
    monitor: EvaluationMonitor? = nil
  ) throws -> Image {
    try Vips.started.get()
    guard !bytes.isEmpty else { throw ImagingError.emptyFile(path: name) }
    guard let found = vips_foreign_find_load_buffer(bytes, bytes.count) else {
      vips_error_clear()
      throw ImagingError.notAPicture(path: name)
    }
    if PNGFile.isPNG(bytes) {
      _ = try PNGFile(bytes: bytes, name: name, pixelLimit: options.pixelLimit, monitor: monitor)
    }
    return try load(
      with: String(cString: found), input: ["buffer": .bytes(bytes)], name: name, options: options,
      monitor: monitor)
  }

  private static func load(
    with loaderClass: String, input: [String: VipsValue], name: String, options: LoadOptions,
    monitor: EvaluationMonitor?
  ) throws -> Image {
    let kind = OperationClass(type: g_type_from_name(loaderClass))
    var arguments = input
    arguments["access"] = "sequential"
    arguments["fail_on"] = .string(options.failOn.rawValue)
    let opened: Image
    do {
      let permissions: VipsPermissions = options.allowUntrusted ? [.files, .untrusted] : .files
      opened = try open(kind.nickname, arguments, permissions: permissions)
    } catch {
      throw error.located(at: name, loader: kind.nickname)
    }
    guard opened.width <= options.pixelLimit / opened.height else {
      throw ImagingError.tooLarge(
        path: name, width: opened.width, height: opened.height, limit: options.pixelLimit)
    }
    let picture = Image(retaining: opened.pointer, sources: [name])
    return options.access == .sequential
      ? picture : try picture.decoded(name: name, memoryLimit: options.memoryLimit, monitor: monitor)
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

  private static func firstBytes(of path: String) throws -> [UInt8] {
    try checkIsReadableFile(path)
    do {
      return try ByteStream(path: path).next(8)
    } catch let fault as PNGFault {
      throw fault.located(at: path)
    }
  }
}
