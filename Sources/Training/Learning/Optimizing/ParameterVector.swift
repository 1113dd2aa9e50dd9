package import Tensors

/// The numbers of all parameters of a network, end to end in the order of the parameters' names.
package struct ParameterVector: Sendable, Hashable {
  /// The parameters' places in the vector.
  package let layout: ParameterLayout
  /// The numbers.
  package internal(set) var values: [Float]

  /// Zeros.
  init(_ layout: ParameterLayout) {
    self.layout = layout
    values = [Float](repeating: 0, count: layout.count)
  }

  /// A parameter's numbers in its own dimensions; nil when there is none of that name.
  package subscript(name: String) -> Tensor? {
    guard let entry = layout.entries[name] else { return nil }
    return Tensor(Array(values[entry.range]), shape: entry.shape)
  }

  /// Reads a part of every parameter's state from a model.
  mutating func read(_ part: ParameterPart, of model: any GradientExecutable) async throws {
    for name in layout.names {
      let tensor = try await model.read(part, of: name)
      let range = layout.entries[name]!.range
      values.withUnsafeMutableBytes { bytes in
        let place = UnsafeMutableRawBufferPointer(
          rebasing: bytes[4 * range.lowerBound..<4 * range.upperBound])
        tensor.withUnsafeBytes { place.copyMemory(from: $0) }
      }
    }
  }

  /// Writes the numbers as a part of every parameter's state in a model.
  func write(_ part: ParameterPart, of model: any GradientExecutable) async throws {
    for name in layout.names { try await model.write(part, of: name, self[name]!) }
  }
}

/// Where each parameter lies in a vector of all.
package struct ParameterLayout: Sendable, Hashable {
  /// A parameter's place.
  package struct Entry: Sendable, Hashable {
    /// Its numbers' indices.
    package let range: Range<Int>
    /// Its dimensions, outermost first.
    package let shape: [Int]
  }

  /// The parameters, by name.
  package let entries: [String: Entry]
  /// The names in the order of the numbers.
  package let names: [String]
  /// How many numbers in all.
  package let count: Int

  /// The layout of these parameters.
  ///
  /// - Throws: `TrainingError` when one is not in single precision.
  init(_ parameters: [String: TensorType]) throws(TrainingError) {
    names = parameters.keys.sorted()
    var entries: [String: Entry] = [:]
    var count = 0
    for name in names {
      let type = parameters[name]!
      guard type.elementType == .f32 else {
        throw TrainingError(
          "parameter '\(name)' is \(type): parameters are trained in f32, whatever the precision of the runs")
      }
      entries[name] = Entry(range: count..<count + type.elementCount, shape: type.shape)
      count += type.elementCount
    }
    (self.entries, self.count) = (entries, count)
  }
}
