/// Parameters that several stages share, declared once: in documents and help they stand among the stage's own.
///
/// ```swift
/// struct Parameters: StageParameters {
///   @ParameterGroup var network: NetworkParameters
///   @ParameterGroup var training = TrainingParameters(steps: 4000, batch: 8)
///   @Parameter(help: "Steps of the sampler.", 1...1000) var steps = 50
/// }
/// ```
/// A group's initial value holds its defaults, so that a stage can have others than the group declares.
@propertyWrapper
public struct ParameterGroup<Group: StageParameters>: Sendable, Decodable {
  /// The parameters.
  public var wrappedValue: Group

  /// A group with the defaults that it declares.
  public init() { wrappedValue = Group() }

  /// A group with these defaults.
  public init(wrappedValue: Group) { self.wrappedValue = wrappedValue }

  /// Parameters are decoded by ``StageParameters/init(settings:)`` alone.
  public init(from decoder: any Decoder) throws {
    throw DecodingError.dataCorrupted(
      .init(codingPath: decoder.codingPath, debugDescription: "a group is decoded with its whole stage"))
  }
}

/// What the registry and the decoder see of a `ParameterGroup`, whatever its parameters.
protocol AnyParameterGroup {
  init(settings: [String: Setting]) throws
  var descriptors: [ParameterDescriptor] { get }
  var firstConflict: ParameterConflict? { get }
}

extension ParameterGroup: AnyParameterGroup {
  init(settings: [String: Setting]) throws { self.init(wrappedValue: try Group(settings: settings)) }
  var descriptors: [ParameterDescriptor] { wrappedValue.descriptors }
  var firstConflict: ParameterConflict? { wrappedValue.firstConflict }
}
