import CVips
import Foundations

/// A libvips operation under construction: made by name, given its inputs, built once, read.
struct Operation: ~Copyable {
  let name: String
  private let pointer: UnsafeMutablePointer<CVips.VipsOperation>

  /// - Throws: unknown or blocked operation.
  init(_ name: String, permissions: VipsPermissions) throws(ImagingError) {
    let kind = try OperationClass(name)
    if kind.isBlocked || (kind.isUntrusted && !permissions.contains(.untrusted)) {
      throw .blockedOperation(name, reason: "libvips does not trust it with data from strangers")
    }
    try self.init(describing: kind)
  }

  /// Enough to read its declaration; building a blocked operation fails in libvips.
  init(describing kind: OperationClass) throws(ImagingError) {
    guard let pointer = vips_operation_new(kind.nickname) else {
      throw .operationFailed(kind.nickname, message: Vips.takeErrorText())
    }
    self.name = kind.nickname
    self.pointer = pointer
  }

  deinit { g_object_unref(pointer) }

  private var object: UnsafeMutablePointer<VipsObject> {
    UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: VipsObject.self)
  }

  private var gObject: UnsafeMutablePointer<GObject> {
    UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: GObject.self)
  }

  /// Name, help and type of every argument, as libvips declares them; deprecated ones are left out.
  func arguments() -> [DeclaredArgument] {
    var names: UnsafeMutablePointer<UnsafePointer<CChar>?>?
    var flags: UnsafeMutablePointer<Int32>?
    var count: Int32 = 0
    guard vips_object_get_args(object, &names, &flags, &count) == 0, let names, let flags else { return [] }
    return (0..<Int(count)).compactMap { index in
      guard let name = names[index] else { return nil }
      return DeclaredArgument(object: object, name: String(cString: name), flags: UInt32(flags[index]))
    }
  }

  func set(_ argument: DeclaredArgument, to value: VipsValue) throws(ImagingError) {
    var gValue = try GValue(value, for: argument, of: name)
    g_object_set_property(gObject, argument.property, &gValue)
    g_value_unset(&gValue)
  }

  /// Runs the operation; what comes back holds the results, and may come from libvips' cache.
  consuming func built(cached: Bool) throws(ImagingError) -> Operation {
    if cached {
      guard let result = vips_cache_operation_build(pointer) else { throw failed() }
      return Operation(owning: result, name: name)
    }
    guard vips_object_build(object) == 0 else { throw failed() }
    g_object_ref(pointer)
    return Operation(owning: pointer, name: name)
  }

  /// The results: every output that was computed, and the pictures drawn into.
  consuming func results(of arguments: [DeclaredArgument]) throws(ImagingError) -> [String: VipsValue] {
    defer { vips_object_unref_outputs(object) }
    var results: [String: VipsValue] = [:]
    for argument in arguments where argument.isOutput || argument.isModified {
      guard vips_object_argument_isset(object, argument.property) != 0 else { continue }
      var gValue = GValue()
      g_value_init(&gValue, argument.valueType)
      g_object_get_property(gObject, argument.property, &gValue)
      results[argument.name] = gValue.vipsValue
      g_value_unset(&gValue)
    }
    return results
  }

  private init(owning pointer: UnsafeMutablePointer<CVips.VipsOperation>, name: String) {
    self.pointer = pointer
    self.name = name
  }

  private func failed() -> ImagingError {
    vips_object_unref_outputs(object)
    return .operationFailed(name, message: Vips.takeErrorText())
  }
}

/// The class behind an operation's name.
struct OperationClass {
  let nickname: String
  let summary: String
  let isUntrusted: Bool
  let isBlocked: Bool
  let isDeprecated: Bool
  let isFileFormat: Bool

  /// - Throws: unknown operation, with the nearest name; libvips not starting.
  init(_ name: String) throws(ImagingError) {
    try Vips.started.get()
    let type = vips_type_find("VipsOperation", name)
    guard type != 0, g_type_test_flags(type, G_TYPE_FLAG_ABSTRACT.rawValue) == 0 else {
      throw .unknownOperation(name, nearest: nearestName(to: name, among: Vips.operations()))
    }
    self.init(type: type)
  }

  init(type: GType) {
    let typeClass = g_type_class_ref(type)!
    defer { g_type_class_unref(typeClass) }
    let operation = typeClass.assumingMemoryBound(to: VipsOperationClass.self).pointee
    let object = operation.parent_class
    let flags = operation.flags.rawValue
    nickname = String(cString: object.nickname)
    summary = String(cString: object.description)
    isUntrusted = flags & VIPS_OPERATION_UNTRUSTED.rawValue != 0 || nickname == "system"
    isBlocked = flags & VIPS_OPERATION_BLOCKED.rawValue != 0
    isDeprecated = flags & VIPS_OPERATION_DEPRECATED.rawValue != 0
    isFileFormat = g_type_is_a(type, vips_foreign_get_type()) != 0
  }
}
