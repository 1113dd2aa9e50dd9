/// A number of each input that has several results, and their mean.
struct InputMeans {
  private let values: [Double]
  private let alone: Int

  /// - Parameters:
  ///   - values: a number of each input that has several results.
  ///   - alone: how many inputs have one.
  init(_ values: [Double], alone: Int) { (self.values, self.alone) = (values, alone) }

  /// - Parameters:
  ///   - groups: the results of each input, by their places.
  ///   - value: the number of an input.
  /// - Throws: ``EvaluationFault`` where no input has several results; what `value` throws.
  init(groups: [[Int]], _ value: ([Int]) throws -> Double) throws {
    let several = groups.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
    guard !several.isEmpty else { throw Self.noSeveral }
    values = try several.map(value)
    alone = groups.count - several.count
  }

  /// Why nothing can be said.
  static let noSeveral = EvaluationFault(
    "it takes 2 results or more of one input, such as those of several seeds")

  /// Their mean over the inputs, with its standard error.
  var measurement: Measurement {
    Measurement(
      values.reduce(0, +) / Double(values.count), deviation: Bootstrap.standardError(ofMean: values),
      spread: "standard error of the mean over \(values.count) inputs",
      notes: alone == 0 ? [] : ["\(alone) inputs have one result only, and do not count"])
  }
}
