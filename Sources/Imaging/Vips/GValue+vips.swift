import CVips

extension GValue {
  /// A GObject value of exactly the argument's type; the caller unsets it.
  /// - Throws: wrong type, out of range.
  init(_ value: VipsValue, for argument: DeclaredArgument, of operation: String) throws(ImagingError) {
    self.init()
    g_value_init(&self, argument.valueType)
    do {
      try fill(value, type: argument.description.type, valueType: argument.valueType)
    } catch {
      g_value_unset(&self)
      let (name, expected) = (argument.name, argument.description.type.expectation)
      switch error {
      case .type:
        throw .wrongType(operation: operation, argument: name, expected: expected, given: value.kind)
      case .range:
        throw .outOfRange(operation: operation, argument: name, expected: expected, given: value.kind)
      }
    }
  }

  private enum Mismatch: Error { case type, range }

  private mutating func fill(_ value: VipsValue, type: ArgumentType, valueType: GType) throws(Mismatch) {
    switch (type, value) {
    case (.bool, .bool(let flag)):
      g_value_set_boolean(&self, flag ? 1 : 0)
    case (.int(let range, _), .int(let number)):
      guard range.contains(number) else { throw .range }
      if cvips_fundamental(valueType) == cvips_type_uint64() {
        g_value_set_uint64(&self, guint64(number))
      } else {
        g_value_set_int(&self, Int32(number))
      }
    case (.double(let range, _), .double), (.double(let range, _), .int):
      guard let number = value.double, range.contains(number) else { throw .range }
      g_value_set_double(&self, number)
    case (.string, .string(let text)):
      guard !text.utf8.contains(0) else { throw .range }
      g_value_set_string(&self, text)
    case (.choice, .string(let nick)):
      guard let member = enumMembers(valueType).first(where: { $0.nick == nick }) else { throw .range }
      g_value_set_enum(&self, member.value)
    case (.flags, .string(let nicks)):
      g_value_set_flags(&self, try flags(nicks, valueType))
    case (.interpolator, .string(let nick)):
      try setInterpolator(nick)
    case (.bytes, .bytes(let bytes)):
      setBytes(bytes)
    default:
      try fillPictures(value, type: type)
    }
  }

  private mutating func fillPictures(_ value: VipsValue, type: ArgumentType) throws(Mismatch) {
    switch (type, value) {
    case (.image, .image(let image)):
      g_value_set_object(&self, image.pointer)
    case (.images, .images(let images)):
      setImages(images)
    case (.images, .image(let image)):
      setImages([image])
    case (.ints, .ints(let numbers)):
      try setInts(numbers)
    case (.ints, .int(let number)):
      try setInts([number])
    case (.doubles, .doubles), (.doubles, .ints):
      vips_value_set_array_double(&self, value.doubles ?? [], Int32(value.doubles?.count ?? 0))
    case (.doubles, .double(let number)):
      vips_value_set_array_double(&self, [number], 1)
    case (.doubles, .int(let number)):
      vips_value_set_array_double(&self, [Double(number)], 1)
    default:
      throw .type
    }
  }

  private func flags(_ nicks: String, _ type: GType) throws(Mismatch) -> UInt32 {
    let members = flagMembers(type)
    var bits: UInt32 = 0
    for nick in nicks.split(separator: "|") {
      guard let member = members.first(where: { $0.nick == nick }) else { throw .range }
      bits |= member.value
    }
    return bits
  }

  private mutating func setInterpolator(_ nick: String) throws(Mismatch) {
    guard let interpolate = vips_interpolate_new(nick) else {
      vips_error_clear()
      throw .range
    }
    g_value_set_object(&self, interpolate)
    g_object_unref(interpolate)
  }

  private mutating func setInts(_ numbers: [Int]) throws(Mismatch) {
    guard numbers.allSatisfy({ Int32(exactly: $0) != nil }) else { throw .range }
    vips_value_set_array_int(&self, numbers.map(Int32.init), Int32(numbers.count))
  }

  private mutating func setImages(_ images: [Image]) {
    vips_value_set_array_image(&self, Int32(images.count))
    guard let slots = vips_value_get_array_image(&self, nil) else { return }
    for (index, image) in images.enumerated() {
      g_object_ref(image.pointer)
      slots[index] = image.pointer
    }
  }

  private mutating func setBytes(_ bytes: [UInt8]) {
    let blob = vips_blob_copy(bytes, bytes.count)
    g_value_set_boxed(&self, blob)
    blob?.withMemoryRebound(to: VipsArea.self, capacity: 1) { vips_area_unref($0) }
  }

  /// What the value holds, copied out; nil for GObject types that have no `VipsValue`.
  var vipsValue: VipsValue? {
    var value = self
    let type = cvips_value_type(&value)
    switch cvips_fundamental(type) {
    case cvips_type_boolean(): return .bool(g_value_get_boolean(&value) != 0)
    case cvips_type_int(): return .int(Int(g_value_get_int(&value)))
    case cvips_type_uint64(): return .int(Int(clamping: g_value_get_uint64(&value)))
    case cvips_type_double(): return .double(g_value_get_double(&value))
    case cvips_type_string(): return g_value_get_string(&value).map { .string(String(cString: $0)) }
    case cvips_type_enum():
      let number = g_value_get_enum(&value)
      return enumMembers(type).first { $0.value == number }.map { .string($0.nick) }
    case cvips_type_flags():
      let bits = g_value_get_flags(&value)
      let nicks = flagMembers(type).filter { $0.value != 0 && bits & $0.value == $0.value }.map(\.nick)
      return .string(nicks.joined(separator: "|"))
    default: return value.boxedValue(type)
    }
  }

  private mutating func boxedValue(_ type: GType) -> VipsValue? {
    var count: Int32 = 0
    switch type {
    case vips_image_get_type():
      guard let object = g_value_get_object(&self) else { return nil }
      return .image(Image(retaining: object.assumingMemoryBound(to: VipsImage.self)))
    case vips_array_int_get_type():
      guard let numbers = vips_value_get_array_int(&self, &count) else { return nil }
      return .ints(UnsafeBufferPointer(start: numbers, count: Int(count)).map(Int.init))
    case vips_array_double_get_type():
      guard let numbers = vips_value_get_array_double(&self, &count) else { return nil }
      return .doubles(Array(UnsafeBufferPointer(start: numbers, count: Int(count))))
    case vips_array_image_get_type():
      guard let images = vips_value_get_array_image(&self, &count) else { return nil }
      return .images(
        UnsafeBufferPointer(start: images, count: Int(count)).compactMap { $0.map { Image(retaining: $0) } })
    case vips_blob_get_type():
      var length = 0
      guard let data = vips_value_get_blob(&self, &length) else { return nil }
      return .bytes(Array(UnsafeRawBufferPointer(start: data, count: length)))
    case vips_ref_string_get_type():
      return vips_value_get_ref_string(&self, nil).map { .string(String(cString: $0)) }
    default:
      return nil
    }
  }
}
