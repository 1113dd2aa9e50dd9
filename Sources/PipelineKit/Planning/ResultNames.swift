import Foundation

/// Names of results that tell of what they were made with: `runs/{guidance}-{seed}`.
///
/// `{name}` becomes the value of that param of the document, or the name of the file that it or the input of that name is
/// given, without its folder and ending; of a preset, what it sets. `{{` and `}}` are braces.
public struct ResultNames: Sendable {
  private let document: PipelineDocument
  private let request: PlanRequest

  /// Names for what a document makes of a request.
  public init(_ document: PipelineDocument, _ request: PlanRequest) {
    self.document = document
    self.request = request
  }

  /// The pattern with values in the place of names.
  ///
  /// - Parameter option: what the pattern was given as, for messages: `--out`.
  /// - Throws: `InvalidDocument` for a name that the document does not have, or a value that is not given.
  public func filled(_ pattern: String, option: String) throws(InvalidDocument) -> String {
    var (result, rest, faults) = ("", pattern[...], [Diagnostic]())
    while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
      result += rest[..<brace]
      let next = rest.index(after: brace)
      if next < rest.endIndex, rest[next] == rest[brace] {
        result.append(rest[brace])
        rest = rest[rest.index(after: next)...]
      } else if rest[brace] == "{", let end = rest[next...].firstIndex(of: "}") {
        do {
          result += try value(String(rest[next..<end]), option)
        } catch {
          faults += error.diagnostics
        }
        rest = rest[rest.index(after: end)...]
      } else {
        faults.append(
          Diagnostic(
            "\(option) \(pattern): a brace stands alone", at: .root, expected: "{name}, or {{ for a brace"))
        break
      }
    }
    guard faults.isEmpty else { throw InvalidDocument(faults) }
    return result + rest
  }

  private func value(_ name: String, _ option: String) throws(InvalidDocument) -> String {
    if let file = request.inputs[name] { return Self.stem(file) }
    guard let param = document.params[name] else {
      guard document.inputs[name] == nil else {
        throw absent("the input '\(name)' is not given", option, name)
      }
      let names = document.params.keys.sorted() + document.inputs.keys.sorted()
      throw InvalidDocument([
        Diagnostic(
          "\(option) {\(name)}: the document has no param or input '\(name)'", at: .root / "params",
          expected: names.isEmpty ? nil : "one of " + names.joined(separator: ", "),
          suggestion: nearestName(to: name, among: names))
      ])
    }
    let text: String
    switch request.params[name] {
    case .text(let given): text = given
    case .json(let given): text = Self.text(given)
    case nil:
      let preset = request.preset.flatMap { document.presets[$0] }
      guard let value = preset?.params[name] ?? param.defaultValue, value != .null else {
        throw absent("the param '\(name)' has no value", option, name)
      }
      text = Self.text(value)
    }
    // A value may not lead into another folder.
    return param.kind.isPath ? Self.stem(text) : text.replacing("/", with: "-")
  }

  private func absent(_ message: String, _ option: String, _ name: String) -> InvalidDocument {
    InvalidDocument([Diagnostic("\(option) {\(name)}: \(message)", at: .root / "params" / name)])
  }

  private static func text(_ value: JSONValue) -> String { value.string ?? value.compact }

  private static func stem(_ path: String) -> String {
    URL(filePath: path).deletingPathExtension().lastPathComponent
  }
}
