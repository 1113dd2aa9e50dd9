public import Foundation

/// What a caller asks of a document: values, replacements, and where results go.
public struct PlanRequest: Sendable {
  /// Values of the document's params: text from a command line, or JSON.
  public var params: [String: GivenValue] = [:]
  /// The document's preset that params have their values from where `params` gives none; nil for their defaults.
  public var preset: String?
  /// Files for the document's inputs, by name.
  public var inputs: [String: String] = [:]
  /// Files that outputs are written to, by name, in place of one of that name in the output folder. `-` is standard
  /// output.
  public var outputs: [String: String] = [:]
  /// What becomes of the document's outputs.
  public var results = Results.files
  /// Values that replace settings, by stage id and parameter.
  public var settings: [String: [String: GivenValue]] = [:]
  /// Stages that replace others, by id: a stage's name, or the path of a document.
  public var swaps: [String: String] = [:]
  /// Run no further than this stage, and deliver its outputs.
  public var until: String?
  /// The stages that may write files; nil for all of the document's. Of others nothing is written, and the plan lists
  /// it.
  public var writers: Set<String>?
  /// Where the caller's own relative paths start.
  public var workingFolder: URL
  /// Where relative output paths of the document, and its outputs, go.
  public var outputFolder: URL
  /// What the document may do.
  public var permissions = Permissions()
  /// Names and versions of what computes (this program, its libraries): they enter every fingerprint and
  /// the provenance.
  public var environment: [String: String] = [:]
  /// Where standard input, named `-`, has been spooled to.
  public var standardInput: @Sendable () throws -> URL = {
    throw StageFailure("standard input is not available here")
  }

  /// The files that are read together with a file because it refers to them; they count wherever it does.
  public var references: @Sendable (URL) throws -> [URL] = { _ in [] }

  /// Where digests of files are remembered from plan to plan; nil takes each anew.
  public var digests: FileDigests?

  /// What finds the resources that documents name, by their kind: `model`.
  public var finders: [String: any ResourceFinder] = [:]

  /// Where files really are that a document names by these paths; the caller answers for them.
  public var locations: [String: URL] = [:]

  /// A value as given.
  public enum GivenValue: Sendable, Hashable {
    /// From a command line; read as the parameter's kind demands.
    case text(String)
    case json(JSONValue)
  }

  /// Where the values at a document's outputs go.
  public enum Results: Sendable, Hashable {
    /// Into files: those of `outputs`, or in the output folder.
    case files
    /// To the caller, and nowhere else: ``Scheduler/run(_:)`` returns them.
    case values
    /// Both.
    case filesAndValues
  }

  /// A request that asks for nothing special.
  public init(workingFolder: URL, outputFolder: URL) {
    self.workingFolder = workingFolder
    self.outputFolder = outputFolder
  }
}
