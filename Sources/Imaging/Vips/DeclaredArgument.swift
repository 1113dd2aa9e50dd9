import CVips

/// An argument as libvips declares it: the description the user sees and the GObject property behind it.
struct DeclaredArgument {
  let property: String
  let valueType: GType
  let description: ArgumentDescription
  let isInput: Bool
  let isOutput: Bool

  var name: String { description.name }
  var isModified: Bool { description.isModified }

  /// Nil for what is no argument of a call: bookkeeping properties and deprecated names.
  init?(object: UnsafeMutablePointer<VipsObject>, name: String, flags: UInt32) {
    guard flags & VIPS_ARGUMENT_CONSTRUCT.rawValue != 0, flags & VIPS_ARGUMENT_DEPRECATED.rawValue == 0 else {
      return nil
    }
    var specification: UnsafeMutablePointer<GParamSpec>?
    var argumentClass: UnsafeMutablePointer<VipsArgumentClass>?
    var argumentInstance: UnsafeMutablePointer<VipsArgumentInstance>?
    guard vips_object_get_argument(object, name, &specification, &argumentClass, &argumentInstance) == 0,
      let specification
    else { return nil }
    property = name
    valueType = specification.pointee.value_type
    isInput = flags & VIPS_ARGUMENT_INPUT.rawValue != 0
    isOutput = flags & VIPS_ARGUMENT_OUTPUT.rawValue != 0
    description = ArgumentDescription(
      name: canonicalArgumentName(name),
      help: g_param_spec_get_blurb(specification).map { String(cString: $0) } ?? "",
      type: ArgumentType(specification),
      isRequired: flags & VIPS_ARGUMENT_REQUIRED.rawValue != 0,
      isModified: flags & VIPS_ARGUMENT_MODIFY.rawValue != 0)
  }
}

extension ArgumentType {
  /// From a GObject property's declaration.
  init(_ specification: UnsafeMutablePointer<GParamSpec>) {
    let raw = UnsafeMutableRawPointer(specification)
    let type = specification.pointee.value_type
    switch cvips_fundamental(type) {
    case cvips_type_boolean():
      let spec = raw.assumingMemoryBound(to: GParamSpecBoolean.self).pointee
      self = .bool(default: spec.default_value != 0)
    case cvips_type_int():
      let spec = raw.assumingMemoryBound(to: GParamSpecInt.self).pointee
      self = .int(Int(spec.minimum)...Int(spec.maximum), default: Int(spec.default_value))
    case cvips_type_uint64():
      let spec = raw.assumingMemoryBound(to: GParamSpecUInt64.self).pointee
      self = .int(
        Int(clamping: spec.minimum)...Int(clamping: spec.maximum), default: Int(clamping: spec.default_value))
    case cvips_type_double():
      let spec = raw.assumingMemoryBound(to: GParamSpecDouble.self).pointee
      self = .double(spec.minimum...spec.maximum, default: spec.default_value)
    case cvips_type_string():
      self = .string
    case cvips_type_enum():
      let spec = raw.assumingMemoryBound(to: GParamSpecEnum.self).pointee
      let members = enumMembers(type)
      self = .choice(members.map(\.nick), default: members.first { $0.value == spec.default_value }?.nick)
    case cvips_type_flags():
      self = .flags(flagMembers(type).map(\.nick))
    default:
      self = ArgumentType(boxed: type)
    }
  }

  private init(boxed type: GType) {
    switch type {
    case vips_image_get_type(): self = .image
    case vips_interpolate_get_type(): self = .interpolator
    case vips_array_int_get_type(): self = .ints
    case vips_array_double_get_type(): self = .doubles
    case vips_array_image_get_type(): self = .images
    case vips_blob_get_type(): self = .bytes
    default: self = .unsupported(String(cString: g_type_name(type)))
    }
  }
}

/// The names of an enumeration; libvips' end marker is not one of them.
func enumMembers(_ type: GType) -> [(nick: String, value: Int32)] {
  let typeClass = g_type_class_ref(type)!
  defer { g_type_class_unref(typeClass) }
  let enumClass = typeClass.assumingMemoryBound(to: GEnumClass.self).pointee
  return UnsafeBufferPointer(start: enumClass.values, count: Int(enumClass.n_values))
    .map { (String(cString: $0.value_nick), $0.value) }
    .filter { $0.0 != "last" }
}

/// The names of a set of flags.
func flagMembers(_ type: GType) -> [(nick: String, value: UInt32)] {
  let typeClass = g_type_class_ref(type)!
  defer { g_type_class_unref(typeClass) }
  let flagsClass = typeClass.assumingMemoryBound(to: GFlagsClass.self).pointee
  return UnsafeBufferPointer(start: flagsClass.values, count: Int(flagsClass.n_values))
    .map { (String(cString: $0.value_nick), $0.value) }
}
