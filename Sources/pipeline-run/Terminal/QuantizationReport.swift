import Diffusion
import Foundation
import PipelineKit
import Training

/// What quantising a model did, and what it cost.
struct QuantizationReport {
  /// Bytes of all weights written.
  var bytes = 0
  /// How far the models are from each other, if pictures were painted.
  var comparison: QuantizationTrial.Comparison?

  private let folder: String
  /// The relative error of each layer's weights, by component.
  private let weightErrors: [(component: ModelComponent, layers: [String: Double])]
  /// The relative error of each layer's inputs, if they were looked at.
  private var inputErrors: [String: Double] = [:]
  private var quantizedInputs: Set<String> = []

  init(_ quantization: ModelQuantization, folder: String) {
    self.folder = folder
    weightErrors = quantization.layers.keys.sorted { $0.rawValue < $1.rawValue }.map {
      ($0, quantization.weightErrors(of: $0))
    }
  }

  /// Takes up what 8 bits cost the inputs, and in which layers they have them.
  mutating func note(_ calibration: InputCalibration, quantized: Set<String>) {
    (inputErrors, quantizedInputs) = (calibration.errors, quantized)
  }

  /// For people: the layers that lose most.
  var text: String {
    var lines = weightErrors.flatMap { component, layers in
      ["\(component.rawValue): \(layers.count) layers; relative error of weights, the largest:"]
        + Self.largest(layers)
    }
    if !inputErrors.isEmpty {
      lines.append(
        "inputs: 8 bits in \(quantizedInputs.count) of \(inputErrors.count) layers; relative error, the largest:"
      )
      lines += Self.largest(inputErrors, marking: quantizedInputs)
    }
    if let comparison {
      lines.append(
        "denoiser's output for a guidance pair: relative error \(Self.percent(comparison.pairError))")
      let ratios = comparison.signalToNoise.map { String(format: "%.1f", $0) }.joined(separator: ", ")
      lines.append("painted pictures against those of the model as it was: PSNR \(ratios) dB")
    }
    return (lines + ["\(folder): \(ProgressView.size(bytes)) of weights"]).joined(separator: "\n")
  }

  var json: JSONValue {
    var members: [String: JSONValue] = [
      "folder": .string(folder), "bytes": JSONValue(bytes),
      "weightErrors": .object(
        Dictionary(
          uniqueKeysWithValues: weightErrors.map { ($0.rawValue, .object($1.mapValues { .number($0) })) })),
    ]
    if !inputErrors.isEmpty {
      members["inputErrors"] = .object(inputErrors.mapValues { .number($0) })
      members["quantizedInputs"] = .array(quantizedInputs.sorted().map { .string($0) })
    }
    if let comparison {
      members["pairError"] = .number(comparison.pairError)
      // Equal pictures have no ratio that JSON can hold.
      members["signalToNoise"] = .array(
        comparison.signalToNoise.map { $0.isFinite ? .number($0) : .null })
    }
    return .object(members)
  }

  private static func largest(_ errors: [String: Double], marking chosen: Set<String>? = nil) -> [String] {
    errors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5).map { layer, error in
      let note = chosen?.contains(layer) == false ? "  (left as they are)" : ""
      return "  \(percent(error))  \(layer)\(note)"
    }
  }

  private static func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }
}
