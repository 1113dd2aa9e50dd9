import CVips
import Foundations

extension Vips {
  /// Runs a libvips operation by name, its arguments checked against libvips' own declaration.
  ///
  /// ```swift
  /// let soft = try Vips.call("gaussblur", ["in": .image(picture), "sigma": 2.5])["out"]?.image
  /// ```
  /// A picture that the operation draws into (`draw_circle`, …) is copied first and returned under its name.
  /// - Parameter monitor: watches operations that compute at once (statistics, drawing); lazy ones return immediately
  ///   and are watched when their result is evaluated.
  /// - Throws: `ImagingError` naming the operation and argument at fault; `CancellationError`.
  public static func call(
    _ name: String, _ arguments: [String: VipsValue] = [:], permissions: VipsPermissions = [],
    monitor: EvaluationMonitor? = nil
  ) throws -> [String: VipsValue] {
    let values = Dictionary(
      arguments.map { (canonicalArgumentName($0.key), $0.value) }, uniquingKeysWith: { $1 })
    let evaluation = Evaluation(monitor: monitor, of: values.values.flatMap(\.images))
    return try evaluation.run {
      let operation = try Operation(name, permissions: permissions)
      let declared = operation.arguments()
      try check(values, against: declared, of: operation.name, permissions: permissions)
      for argument in declared where argument.isInput {
        guard let value = values[argument.name] else { continue }
        let image = argument.isModified ? try value.image?.privateCopy(monitor: monitor) : nil
        try operation.set(argument, to: try image.map { .image($0) } ?? evaluation.watching(value))
      }
      let results = try operation.built(cached: monitor == nil).results(of: declared)
      return results.mapValues(evaluation.released)
    }
  }

  /// Runs an operation whose result is the picture `out`.
  /// - Throws: as `call`.
  public static func image(
    _ name: String, _ arguments: [String: VipsValue] = [:], permissions: VipsPermissions = [],
    monitor: EvaluationMonitor? = nil
  ) throws -> Image {
    let results = try call(name, arguments, permissions: permissions, monitor: monitor)
    guard let image = results["out"]?.image else {
      throw ImagingError.operationFailed(name, message: "it gives no picture named 'out'")
    }
    return image
  }

  /// What libvips says about an operation: arguments, types, ranges, defaults, help.
  /// - Throws: `ImagingError.unknownOperation` with the nearest name.
  public static func describe(_ name: String) throws(ImagingError) -> OperationDescription {
    let kind = try OperationClass(name)
    let declared = try Operation(describing: kind).arguments()
    let inputs = declared.filter(\.isInput).map(\.description)
    return OperationDescription(
      name: kind.nickname, summary: kind.summary,
      inputs: inputs.filter(\.isRequired) + inputs.filter { !$0.isRequired },
      outputs: declared.filter(\.isOutput).map(\.description), isUntrusted: kind.isUntrusted,
      isFileFormat: kind.isFileFormat)
  }

  /// The names of all operations, sorted; deprecated ones are left out.
  public static func operations() -> [String] {
    guard (try? started.get()) != nil else { return [] }
    var names: Set<String> = []
    var pending = [g_type_from_name("VipsOperation")]
    while let type = pending.popLast() {
      var count: guint = 0
      if let children = g_type_children(type, &count) {
        pending += UnsafeBufferPointer(start: children, count: Int(count))
        g_free(children)
      }
      if g_type_test_flags(type, G_TYPE_FLAG_ABSTRACT.rawValue) == 0 {
        let kind = OperationClass(type: type)
        if !kind.isDeprecated { names.insert(kind.nickname) }
      }
    }
    return names.sorted()
  }

  private static func check(
    _ arguments: [String: VipsValue], against declared: [DeclaredArgument], of operation: String,
    permissions: VipsPermissions
  ) throws(ImagingError) {
    let inputs = declared.filter(\.isInput).map(\.description)
    for (name, value) in arguments.sorted(by: { $0.key < $1.key }) {
      guard let input = inputs.first(where: { $0.name == name }) else {
        throw .unknownArgument(
          operation: operation, argument: name, nearest: nearestName(to: name, among: inputs.map(\.name)))
      }
      if !permissions.contains(.files), let text = value.string, input.opensFile(text) {
        throw .blockedOperation(operation, reason: "'\(name)' names a file")
      }
    }
    let missing = inputs.filter { $0.isRequired && arguments[$0.name] == nil }.map(\.name)
    guard missing.isEmpty else { throw .missingArguments(operation: operation, arguments: missing) }
  }
}
