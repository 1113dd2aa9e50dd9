import Foundation
package import Foundations

extension EvaluationReport {
  /// All of it.
  package var json: JSONValue {
    var members: [String: JSONValue] = [
      "results": results.json, "references": .array(references.map(\.json)),
      "encoders": .array(encoders.map(\.json)), "measures": .array(entries.map(\.json)),
    ]
    if let benchmark { members["benchmark"] = benchmark.json }
    return .object(members)
  }

  /// A line for each measure, as RFC 4180 has it, under a header.
  package var csv: String {
    Self.csv([Self.columns] + rows + (benchmark?.lines(columns: Self.columns.count) ?? []))
  }

  /// What stands in the columns of a line.
  static let columns = [
    "measure", "value", "deviation", "pictures", "reference", "reference_pictures", "network", "weights",
    "preparation", "remarks",
  ]

  /// A line for each measure.
  var rows: [[String]] {
    entries.map { entry in
      let encoder = encoders.first { $0.name == entry.encoder }
      return [
        entry.measure, entry.value.map(Self.exact) ?? "", entry.deviation.map(Self.exact) ?? "",
        "\(entry.pictures)", entry.reference ?? "", entry.referencePictures.map(String.init) ?? "",
        encoder?.network ?? "", encoder?.digest.description ?? "", encoder?.preparation ?? "",
        entry.remarks.joined(separator: "; "),
      ]
    }
  }

  static func csv(_ lines: [[String]]) -> String {
    lines.map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
  }

  /// For people: the measures, and below them of what they were taken.
  package var text: String {
    let width = (entries.map(\.measure.count) + [12]).max()!
    var lines = benchmark.map { $0.table(of: entries) + [""] } ?? []
    lines += entries.map { entry in
      let name = entry.measure.padding(toLength: width, withPad: " ", startingAt: 0)
      let reason = entry.value == nil ? ": \(entry.remarks.joined(separator: "; "))" : ""
      return "\(name) \(entry.figure)\(reason)"
    }
    lines.append("")
    lines += ([results] + references).flatMap(\.lines)
    for encoder in encoders {
      lines.append(
        "\(encoder.name): \(encoder.network), \(encoder.weights) (SHA-256 \(encoder.digest)), \(encoder.preparation), \(encoder.engine)"
      )
    }
    for entry in entries {
      guard case .success(let measurement) = entry.outcome else { continue }
      let spread = measurement.spread.map { ["± is the \($0)"] } ?? []
      for remark in spread + measurement.notes { lines.append("\(entry.measure): \(remark)") }
    }
    for entry in entries {
      lines += entry.skipped.map { "\(entry.measure): left out: \($0.name): \($0.reason)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func exact(_ value: Double) -> String { "\(value)" }

  /// Six digits that count.
  static func short(_ value: Double) -> String { String(format: "%.6g", value) }

  private static func quoted(_ cell: String) -> String {
    cell.contains { "\",\r\n".contains($0) } ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
  }
}

extension EvaluationReport.Side {
  fileprivate var json: JSONValue {
    [
      "path": .string(path), "pictures": pictures.map { JSONValue($0) } ?? .null,
      "skipped": .array(skipped.map(\.json)),
      "featuresMade": JSONValue(made), "featuresKept": JSONValue(kept),
    ]
  }

  fileprivate var lines: [String] {
    let count =
      pictures.map { "\($0) pictures" } ?? found.map { "none of its \($0) pictures was looked at" }
      ?? "no word of how many pictures"
    return ["\(path): \(count)" + (skipped.isEmpty ? "" : ", \(skipped.count) left out")]
      + skipped.map { "  left out: \($0.name): \($0.reason)" }
  }
}

extension NetworkIdentity {
  fileprivate var json: JSONValue {
    [
      "encoder": .string(name), "network": .string(network), "weights": .string(weights),
      "sha256": .string(digest.description), "preparation": .string(preparation), "engine": .string(engine),
    ]
  }
}

extension PictureSet.Skipped {
  var json: JSONValue { ["picture": .string(name), "reason": .string(reason)] }
}

extension EvaluationReport.Entry {
  var value: Double? { try? outcome.get().value }

  /// The number and its deviation, six digits that count, or that it was not taken.
  var figure: String {
    guard let value else { return "not taken" }
    return EvaluationReport.short(value) + (deviation.map { " ± \(EvaluationReport.short($0))" } ?? "")
  }

  fileprivate var deviation: Double? { try? outcome.get().deviation }

  fileprivate var remarks: [String] {
    switch outcome {
    case .success(let measurement): measurement.notes
    case .failure(let fault): [fault.description]
    }
  }

  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = [
      "measure": .string(measure), "encoder": .string(encoder), "pictures": JSONValue(pictures),
      "reference": reference.map { .string($0) } ?? .null,
      "referencePictures": referencePictures.map { JSONValue($0) } ?? .null,
      "skipped": .array(skipped.map(\.json)),
    ]
    switch outcome {
    case .failure(let fault):
      members["value"] = .null
      members["fault"] = .string(fault.description)
    case .success(let measurement):
      members["value"] = .number(measurement.value)
      members["deviation"] = measurement.deviation.map { .number($0) } ?? .null
      members["spread"] = measurement.spread.map { .string($0) } ?? .null
      members["notes"] = .array(measurement.notes.map { .string($0) })
    }
    return .object(members)
  }
}
