import PipelineKit

/// Why a document was not run, for programs that read `--json`.
struct Refusal {
  /// `{"event": "refused", "faults": […]}`, or with what is `missing`.
  let json: JSONValue

  /// Nil for an error that is neither a fault of the document nor something that is missing.
  init?(_ error: any Error) {
    switch error {
    case let invalid as InvalidDocument:
      json = ["event": "refused", "faults": .array(invalid.diagnostics.map(\.json))]
    case let missing as MissingDependency: json = Self.json(of: [missing])
    case let missing as MissingDependencies: json = Self.json(of: missing.all)
    default: return nil
    }
  }

  private static func json(of missing: [MissingDependency]) -> JSONValue {
    [
      "event": "refused",
      "missing": .array(
        missing.map { ["message": .string($0.message), "remedy": .string($0.remedy)] }),
    ]
  }
}
