/// Reads a pickle without running anything: an interpreter of the few opcodes PyTorch writes, in which
/// "calling" is possible for the functions of `PickleGlobal` only, and those do no more than note a tensor.
struct Unpickler {
  /// Bounds that a real checkpoint (a few thousand tensors) stays far below.
  struct Limits {
    /// Of the pickle, in bytes.
    var length = 64 << 20
    var operations = 2_000_000
    var stackDepth = 1_000_000
  }

  private var reader: PickleReader
  private let limits: Limits
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var cells: [[PickleValue]] = []
  private var storages: [PickledStorage] = []
  private var tensors: [PickledTensor] = []
  private var arrays: [PickledArray?] = []

  /// Reads one pickle; what is wrong is an error about `path`.
  static func read(
    _ bytes: UnsafeRawBufferPointer, path: String, limits: Limits = Limits()
  ) throws(CheckpointError) -> PickledCheckpoint {
    guard bytes.count <= limits.length else {
      throw CheckpointError(.pickleTooLarge, in: path, "\(bytes.count) bytes; at most \(limits.length)")
    }
    var reader = PickleReader(bytes, path: path)
    return try next(&reader, limits: limits)
  }

  /// Reads a pickle where others may follow.
  static func next(
    _ reader: inout PickleReader, limits: Limits = Limits()
  ) throws(CheckpointError) -> PickledCheckpoint {
    var unpickler = Unpickler(reader: reader, limits: limits)
    let root = try unpickler.run()
    reader = unpickler.reader
    return PickledCheckpoint(
      root: root, cells: unpickler.cells, storages: unpickler.storages, tensors: unpickler.tensors,
      arrays: unpickler.arrays)
  }

  private init(reader: PickleReader, limits: Limits) {
    self.reader = reader
    self.limits = limits
  }

  private mutating func run() throws(CheckpointError) -> PickleValue {
    for _ in 0..<limits.operations {
      let code = try reader.byte()
      guard let opcode = PickleOpcode(rawValue: code) else {
        throw CheckpointError(
          .forbiddenOpcode, in: reader.path, "opcode \(code) at byte \(reader.position - 1)")
      }
      if opcode == .stop {
        let root = try pop()
        guard stack.isEmpty, marks.isEmpty else { throw reader.malformed("values left at the end") }
        return root
      }
      try execute(opcode)
      guard stack.count + marks.count <= limits.stackDepth else {
        throw CheckpointError(
          .pickleTooLarge, in: reader.path, "more than \(limits.stackDepth) values on the stack")
      }
    }
    throw CheckpointError(.pickleTooLarge, in: reader.path, "more than \(limits.operations) operations")
  }

  private mutating func execute(_ opcode: PickleOpcode) throws(CheckpointError) {
    switch opcode {
    case .protocolVersion:
      let version = try reader.byte()
      guard (2...5).contains(version) else { throw reader.malformed("pickle protocol \(version)") }
    case .frame: _ = try reader.length(UInt64.self)
    case .mark: marks.append(stack.count)
    case .none: stack.append(.none)
    case .newTrue: stack.append(.bool(true))
    case .newFalse: stack.append(.bool(false))
    case .binaryInt, .binaryInt1, .binaryInt2, .long1: stack.append(try reader.integer(opcode))
    case .binaryFloat:
      try reader.skip(8)
      stack.append(.inert)
    case .binaryString, .shortBinaryString, .binaryUnicode, .shortBinaryUnicode, .binaryUnicode8:
      stack.append(.string(try reader.string(opcode)))
    case .binaryBytes, .shortBinaryBytes, .binaryBytes8:
      stack.append(.bytes(try reader.bytes(opcode)))
    case .put, .longPut, .memoize, .get, .longGet: try remember(opcode)
    case .global, .stackGlobal, .persistentID, .reduce, .newObject, .build: try refer(opcode)
    default: try collect(opcode)
    }
  }

  /// The opcodes that make and fill collections.
  private mutating func collect(_ opcode: PickleOpcode) throws(CheckpointError) {
    switch opcode {
    case .emptyTuple: stack.append(.tuple(newCell([])))
    case .tuple1: try makeTuple(1)
    case .tuple2: try makeTuple(2)
    case .tuple3: try makeTuple(3)
    case .tuple:
      let items = try popToMark()
      stack.append(.tuple(newCell(items)))
    case .emptyList: stack.append(.list(newCell([])))
    case .emptyDictionary: stack.append(.dictionary(newCell([])))
    case .emptySet: stack.append(.inert)
    case .frozenSet:
      _ = try popToMark()
      stack.append(.inert)
    case .append: try extendList([try pop()])
    case .appends: try extendList(try popToMark())
    case .addItems:
      _ = try popToMark()
      guard case .inert = try top() else { throw reader.malformed("items added to what is no set") }
    case .setItem:
      let value = try pop()
      try extendDictionary([try pop(), value])
    case .setItems: try extendDictionary(try popToMark())
    default: throw reader.malformed("opcode \(opcode) is out of place")
    }
  }

  /// The opcodes that store and fetch remembered values.
  private mutating func remember(_ opcode: PickleOpcode) throws(CheckpointError) {
    switch opcode {
    case .put: memo[Int(try reader.byte())] = try top()
    case .longPut: memo[try reader.length(UInt32.self)] = try top()
    case .memoize: memo[memo.count] = try top()
    default:
      let key = opcode == .get ? Int(try reader.byte()) : try reader.length(UInt32.self)
      guard let value = memo[key] else { throw reader.malformed("nothing remembered as \(key)") }
      stack.append(value)
    }
  }

  /// The opcodes that name things outside the pickle.
  private mutating func refer(_ opcode: PickleOpcode) throws(CheckpointError) {
    switch opcode {
    case .global: stack.append(.global(try allowed(try reader.line(), try reader.line())))
    case .stackGlobal:
      guard case .string(let name) = try pop(), case .string(let module) = try pop() else {
        throw reader.malformed("a global without a name")
      }
      stack.append(.global(try allowed(module, name)))
    case .persistentID:
      let identifier = try pop()
      stack.append(try storage(identifier))
    case .reduce, .newObject:
      let arguments = try pop()
      let callee = try pop()
      stack.append(try result(of: callee, arguments))
    default:
      try setState(try pop())
    }
  }

  /// What `__setstate__` would do to the value on top of the stack.
  private mutating func setState(_ state: PickleValue) throws(CheckpointError) {
    switch try top() {
    case .dictionary, .inert: break
    case .instance(let cell):
      // No pickler sets them twice; added up, a small file could fill the memory.
      guard case .dictionary(let attributes) = state, cells[cell].isEmpty else {
        throw reader.malformed("attributes that are no dictionary, or set twice")
      }
      cells[cell] = cells[attributes]
    case .numberType:
      // Of more than a byte the second says the order of bytes.
      guard case .tuple(let cell) = state, cells[cell].count > 1, case .string("<") = cells[cell][1] else {
        stack[stack.count - 1] = .inert
        return
      }
    case .array(let array): arrays[array] = filled(state)
    default: throw reader.malformed("a state set on what has none")
    }
  }

  /// `(version, shape, type, whether columns come first, bytes)`; nil for what is no packed array of doubles.
  private func filled(_ state: PickleValue) -> PickledArray? {
    guard case .tuple(let cell) = state, cells[cell].count == 5, let shape = integers(cells[cell][1]),
      case .numberType("f8") = cells[cell][2], case .bytes(let bytes) = cells[cell][4]
    else { return nil }
    if case .bool(true) = cells[cell][3], shape.count > 1 { return nil }
    return PickledArray(shape: shape, bytes: bytes)
  }

  private func allowed(_ module: String, _ name: String) throws(CheckpointError) -> PickleGlobal {
    guard let global = PickleGlobal.named(module, name) else {
      throw CheckpointError(
        .forbiddenGlobal, in: reader.path,
        "the file names \(module).\(name), which is not on the list of what weights need; nothing was run")
    }
    return global
  }
}

// MARK: - The stack

extension Unpickler {
  private mutating func pop() throws(CheckpointError) -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
      throw reader.malformed("the stack is empty")
    }
    return value
  }

  private func top() throws(CheckpointError) -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.last else {
      throw reader.malformed("the stack is empty")
    }
    return value
  }

  private mutating func popToMark() throws(CheckpointError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw reader.malformed("no mark on the stack") }
    let items = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return items
  }

  private mutating func newCell(_ items: [PickleValue]) -> Int {
    cells.append(items)
    return cells.count - 1
  }

  private mutating func makeTuple(_ count: Int) throws(CheckpointError) {
    guard stack.count - count >= marks.last ?? 0 else { throw reader.malformed("the stack is empty") }
    let items = Array(stack.suffix(count))
    stack.removeLast(count)
    stack.append(.tuple(newCell(items)))
  }

  private mutating func extendList(_ items: [PickleValue]) throws(CheckpointError) {
    switch try top() {
    case .list(let cell): cells[cell] += items
    case .inert: break
    default: throw reader.malformed("items appended to what is no list")
    }
  }

  private mutating func extendDictionary(_ items: [PickleValue]) throws(CheckpointError) {
    guard items.count.isMultiple(of: 2) else { throw reader.malformed("a key without a value") }
    switch try top() {
    case .dictionary(let cell): cells[cell] += items
    case .inert: break
    default: throw reader.malformed("members set on what is no dictionary")
    }
  }
}

// MARK: - Storages and tensors

extension Unpickler {
  /// `('storage', class, key, device, element count)`, behind which files before PyTorch 1.6 say None, or that the storage
  /// is a part of another.
  private mutating func storage(_ identifier: PickleValue) throws(CheckpointError) -> PickleValue {
    guard case .tuple(let cell) = identifier, (5...6).contains(cells[cell].count),
      case .string("storage") = cells[cell][0],
      case .global(.storage(let scalarType)) = cells[cell][1],
      case .string(let key) = cells[cell][2],
      case .integer(let count) = cells[cell][4], count >= 0
    else { throw reader.malformed("a persistent id that is no storage") }
    if cells[cell].count == 6 {
      guard case .none = cells[cell][5] else { throw reader.malformed("a storage that is a part of another") }
    }
    storages.append(PickledStorage(key: key, scalarType: scalarType, elementCount: count))
    return .storage(storages.count - 1)
  }

  private mutating func result(
    of callee: PickleValue, _ arguments: PickleValue
  ) throws(CheckpointError) -> PickleValue {
    guard case .tuple(let cell) = arguments else { throw reader.malformed("a call without arguments") }
    let arguments = cells[cell]
    switch callee {
    case .global(.rebuildTensor): return try tensor(arguments)
    case .global(.rebuildParameter):
      guard case .tensor? = arguments.first else { throw reader.malformed("a parameter that is no tensor") }
      return arguments[0]
    case .global(.orderedDictionary):
      return .dictionary(newCell(try members(arguments)))
    case .global(.array):
      arrays.append(nil)
      return .array(arrays.count - 1)
    case .global(.numberType):
      guard case .string(let name)? = arguments.first else { return .inert }
      return .numberType(name)
    case .global(.estimator): return .instance(newCell([]))
    case .global(.inert), .inert: return .inert
    default: throw reader.malformed("a call of what cannot be called")
    }
  }

  /// Keys and values in turn of what an OrderedDict is made of: nothing, or as Python 2 wrote it a list of pairs.
  private func members(_ arguments: [PickleValue]) throws(CheckpointError) -> [PickleValue] {
    if arguments.isEmpty { return [] }
    guard arguments.count == 1, case .list(let list) = arguments[0] else {
      throw reader.malformed("an OrderedDict with arguments")
    }
    var members: [PickleValue] = []
    for pair in cells[list] {
      guard case .list(let cell) = pair, cells[cell].count == 2 else {
        throw reader.malformed("an OrderedDict of what are no pairs")
      }
      members += cells[cell]
    }
    return members
  }

  /// `_rebuild_tensor_v2(storage, offset, sizes, strides, trainable, hooks)`.
  private mutating func tensor(_ arguments: [PickleValue]) throws(CheckpointError) -> PickleValue {
    guard (6...7).contains(arguments.count), case .storage(let storage) = arguments[0],
      case .integer(let offset) = arguments[1],
      let shape = integers(arguments[2]), let strides = integers(arguments[3])
    else { throw reader.malformed("a tensor with arguments of other kinds") }
    tensors.append(
      PickledTensor(storage: storages[storage], offset: offset, shape: shape, strides: strides))
    return .tensor(tensors.count - 1)
  }

  /// A tuple of at most 64 integers.
  private func integers(_ value: PickleValue) -> [Int]? {
    guard case .tuple(let cell) = value, cells[cell].count <= 64 else { return nil }
    var integers: [Int] = []
    for item in cells[cell] {
      guard case .integer(let integer) = item else { return nil }
      integers.append(integer)
    }
    return integers
  }
}
