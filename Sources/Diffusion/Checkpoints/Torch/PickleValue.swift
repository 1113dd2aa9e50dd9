/// A value on the unpickler's stack. Compound values are indices into the unpickler's tables, so that no
/// nesting, however deep or circular, costs recursion or leaks.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  case string(String)
  /// A byte string, by where it lies.
  case bytes(Range<Int>)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  case global(PickleGlobal)
  case storage(Int)
  case tensor(Int)
  /// A type of numpy's numbers, by the letter and width that it goes by: `f8`.
  case numberType(String)
  /// An array of numpy's.
  case array(Int)
  /// An object of which nothing counts but its attributes: the cell that holds them as a dictionary's holds members.
  case instance(Int)
  /// A value that weights do not need.
  case inert
}

/// A storage as a checkpoint's pickle names it.
struct PickledStorage {
  /// What the file calls it: a zip entry under `data/`, or a number.
  var key: String
  var scalarType: ScalarType
  var elementCount: Int
}

/// A tensor as a checkpoint's pickle describes it, unchecked. Offset and strides count elements.
struct PickledTensor {
  var storage: PickledStorage
  var offset: Int
  var shape: [Int]
  var strides: [Int]
}

/// An array of numpy's little-endian doubles in the order of rows, unchecked.
struct PickledArray {
  var shape: [Int]
  /// Where its bytes lie in the pickle.
  var bytes: Range<Int>
}

/// What a pickle held.
struct PickledCheckpoint {
  /// The outermost value.
  var root: PickleValue
  /// The elements of tuples and lists; for dictionaries, keys and values in turn.
  var cells: [[PickleValue]]
  var storages: [PickledStorage]
  var tensors: [PickledTensor]
  /// Nil for an array of other numbers, or that was never filled.
  var arrays: [PickledArray?]

  /// A dictionary's value of that name, the last if there are several.
  func member(_ name: String, of value: PickleValue) -> PickleValue? {
    guard case .dictionary(let cell) = value else { return nil }
    var found: PickleValue?
    for index in stride(from: 0, to: cells[cell].count - 1, by: 2) {
      if case .string(name) = cells[cell][index] { found = cells[cell][index + 1] }
    }
    return found
  }

  /// The tensors a dictionary holds, with their names, in order; other members are left out.
  func tensors(in value: PickleValue) -> [(name: String, tensor: PickledTensor)] {
    guard case .dictionary(let cell) = value else { return [] }
    return stride(from: 0, to: cells[cell].count - 1, by: 2).compactMap { index in
      guard case .string(let name) = cells[cell][index], case .tensor(let tensor) = cells[cell][index + 1]
      else { return nil }
      return (name, tensors[tensor])
    }
  }
}
