import Foundation

/// Everything a run will do, decided before anything is computed.
public struct Plan: Sendable {
  /// One stage to run.
  public struct Step: Sendable {
    /// The stage's id, with those of the documents around it.
    public let id: String
    /// What is said about the stage.
    public var descriptor: StageDescriptor { definition.descriptor }
    let definition: StageDefinition
    /// The stage, its parameters set.
    public let stage: any RunnableStage
    /// Which outputs of which steps it is run with, by input port.
    public let links: [String: [Source]]
    /// What its result is a function of; nil when the stage, or one before it, is not pure.
    public let fingerprint: ContentDigest?
    /// What the fingerprint was taken of, by the pointer it has in the resolved document.
    public let components: [String: JSONValue]
    /// The files and resources among them, as the document names them: components tell them by content.
    let names: [String: String]
    /// What a sink writes into its file, as canonical JSON; nil for other stages. Put together when asked for, since it
    /// tells of every stage before.
    public var provenance: String? { makeProvenance() }
    let makeProvenance: @Sendable () -> String?
    /// Where the document declares it. Found when asked for, since it takes another look through the text.
    public var location: SourceLocation? { source?.location(of: pointer) }
    let source: JSONDocument?
    let pointer: JSONPointer
    /// Which of its outputs somebody wants.
    public let wantedPorts: Set<String>
  }

  /// A file that a stage would write.
  public struct UnwrittenFile: Sendable, Hashable {
    /// The stage's id.
    public let step: String
    /// The stage's name.
    public let stage: String
    /// The path as it was written, without control characters.
    public let path: String
  }

  /// An output of a step.
  public struct Source: Sendable, Hashable {
    /// The step's id.
    public let step: String
    /// The output's name.
    public let port: String
  }

  /// The steps, each after those it needs.
  public let steps: [Step]
  /// The steps for whose sake the others run.
  public let targets: Set<String>
  /// The document with all defaults, params and swaps filled in, documents within it laid flat.
  public let resolved: JSONValue
  /// The document's name, under which the last run's fingerprints are kept; nil for what is no run of one document.
  public let documentKey: String?
  /// Whether a result goes to standard output.
  public let usesStandardOutput: Bool
  /// What the caller should know though it is no fault.
  public let remarks: [String]
  /// The files that stages would write but that are not asked for, and are not written.
  public let withheld: [UnwrittenFile]
  /// The stages that may write files; nil for all.
  let writers: Set<String>?
  /// The document's outputs whose values a run returns, by name.
  public let returned: [String: Source]
  /// The folders of the files that are written, and whether a run makes them where they are not there.
  let outputFolders: [URL: Bool]
  /// What the document may do.
  public let permissions: Permissions
  /// What reads each port type from the store.
  public let types: [PortType: PortTypeDefinition]

  /// The ports of a step whose values a run returns.
  func returnedPorts(of step: Step) -> Set<String> {
    Set(returned.values.lazy.filter { $0.step == step.id }.map(\.port))
  }

  /// Whether the step hands its result over, if it is one that does.
  func delivers(_ step: Step) -> Bool { writers?.contains(step.id) ?? true }

  /// What keeps a step from running whatever its inputs are; nil when nothing does.
  func obstacle(to step: Step) -> (any Error)? {
    do {
      try step.stage.checkReady(permissions)
      return nil
    } catch {
      return error
    }
  }
}
