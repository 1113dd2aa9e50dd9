import Foundation
package import Foundations

extension EvaluationReport {
  /// All of it.
  package var json: JSONValue {
    [
      "results": results.json, "references": .array(references.map(\.json)),
      "encoders": .array(encoders.map(\.json)), "measures": .array(entries.map(\.json)),
    ]
  }

  /// A line for each measure, as RFC 4180 has it, under a header.
  package var csv: String {
    let header = [
      "measure", "value", "deviation", "pictures", "reference", "reference_pictures", "network", "weights",
      "preparation", "remarks",
    ]
    let lines = entries.map { entry -> [String] in
      let encoder = encoders.first { $0.kind == entry.encoder }
      return [
        entry.measure, entry.value.map(Self.exact) ?? "", entry.deviation.map(Self.exact) ?? "",
        "\(entry.pictures)", entry.reference ?? "", entry.referencePictures.map(String.init) ?? "",
        encoder?.network ?? "", encoder?.digest.description ?? "", encoder?.preparation ?? "",
        entry.remarks.joined(separator: "; "),
      ]
    }
    return ([header] + lines).map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
  }

  /// For people: the measures, and below them of what they were taken.
  package var text: String {
    var lines = entries.map { entry in
      let name = entry.measure.padding(toLength: 12, withPad: " ", startingAt: 0)
      guard let value = entry.value else {
        return "\(name) not taken: \(entry.remarks.joined(separator: "; "))"
      }
      let deviation = entry.deviation.map { " ± \(Self.short($0))" } ?? ""
      return "\(name) \(Self.short(value))\(deviation)"
    }
    lines.append("")
    lines += ([results] + references).flatMap(\.lines)
    for encoder in encoders {
      lines.append(
        "\(encoder.kind.rawValue): \(encoder.network), \(encoder.weights) (SHA-256 \(encoder.digest)), \(encoder.preparation), \(encoder.engine)"
      )
    }
    for entry in entries {
      guard case .success(let measurement) = entry.outcome else { continue }
      let spread = measurement.spread.map { ["± is the \($0)"] } ?? []
      for remark in spread + measurement.notes { lines.append("\(entry.measure): \(remark)") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func exact(_ value: Double) -> String { "\(value)" }

  /// Six digits that count.
  private static func short(_ value: Double) -> String { String(format: "%.6g", value) }

  private static func quoted(_ cell: String) -> String {
    cell.contains { "\",\r\n".contains($0) } ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
  }
}

extension EvaluationReport.Side {
  fileprivate var json: JSONValue {
    [
      "path": .string(path), "pictures": pictures.map { JSONValue($0) } ?? .null,
      "skipped": .array(skipped.map { ["picture": .string($0.name), "reason": .string($0.reason)] }),
      "featuresMade": JSONValue(made), "featuresKept": JSONValue(kept),
    ]
  }

  fileprivate var lines: [String] {
    let count = pictures.map { "\($0) pictures" } ?? "no word of how many pictures"
    return ["\(path): \(count)" + (skipped.isEmpty ? "" : ", \(skipped.count) left out")]
      + skipped.map { "  left out: \($0.name): \($0.reason)" }
  }
}

extension PictureEncoder {
  fileprivate var json: JSONValue {
    [
      "encoder": .string(kind.rawValue), "network": .string(network), "weights": .string(weights),
      "sha256": .string(digest.description), "preparation": .string(preparation), "engine": .string(engine),
    ]
  }
}

extension EvaluationReport.Entry {
  fileprivate var value: Double? { try? outcome.get().value }
  fileprivate var deviation: Double? { try? outcome.get().deviation }

  fileprivate var remarks: [String] {
    switch outcome {
    case .success(let measurement): measurement.notes
    case .failure(let fault): [fault.description]
    }
  }

  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = [
      "measure": .string(measure), "encoder": .string(encoder.rawValue), "pictures": JSONValue(pictures),
      "reference": reference.map { .string($0) } ?? .null,
      "referencePictures": referencePictures.map { JSONValue($0) } ?? .null,
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
