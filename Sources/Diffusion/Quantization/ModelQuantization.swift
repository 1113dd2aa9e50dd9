import Foundation
import Foundations

/// Makes a model whose convolutions and linear layers have 8-bit weights, and, where ranges were measured, 8-bit inputs.
package struct ModelQuantization: Sendable {
  /// The model that is read.
  package let model: DiffusionModel
  /// The layers that are quantised, of each component in alphabetical order.
  package let layers: [ModelComponent: [String]]

  private let weights: [ModelComponent: Checkpoint]

  // As a component's config.json says that it is quantised, for programs that would take its integers for weights.
  static let configurationKey = "quantization_config"
  static let methodKey = "quant_method"
  static let method = "pipeline-run-int8"

  /// The layers that stay as they are unless nothing is kept: by which pictures come in and go out, and what all others
  /// hang on. They are small.
  package static let sensitive: [ModelComponent: [String]] = [
    .unet: ["conv_in", "conv_out", "time_embedding"],
    .autoencoder: [
      "encoder.conv_in", "encoder.conv_out", "quant_conv", "post_quant_conv", "decoder.conv_in",
      "decoder.conv_out",
    ],
    .imageEncoder: ["vision_model.embeddings"],
  ]

  /// Opens a model's components.
  ///
  /// - Parameters:
  ///   - kept: names of layers that stay as they are beside the sensitive ones; a name stands for all below it.
  /// - Throws: `CheckpointError` and `WeightMismatch` for weights that are refused, are quantised already, or have no
  ///   layers of a name that is to be kept.
  package init(path: String, components: [ModelComponent], keeping kept: [String]) throws {
    model = try DiffusionModel(path: path)
    guard model.published == nil, model.folder?.isComponent == false else {
      throw CheckpointError(
        .unsupportedConfiguration, in: path,
        "it is no model's folder with configurations: make one of it by models convert")
    }
    var layers: [ModelComponent: [String]] = [:]
    var weights: [ModelComponent: Checkpoint] = [:]
    var unknown = Set(kept)
    for component in components {
      let checkpoint = try model.weights(of: component)
      guard checkpoint.quantization == nil else {
        throw CheckpointError(
          .unsupportedConfiguration, in: path, "its \(component.rawValue) is quantised already")
      }
      let products = try model.weightList(of: component).products
      unknown = unknown.filter { name in !products.contains { $0.isLayer(name) } }
      let staying = kept + Self.sensitive[component, default: []]
      layers[component] = products.filter { layer in !staying.contains(where: layer.isLayer) }.sorted()
      weights[component] = checkpoint
    }
    guard unknown.isEmpty else {
      throw CheckpointError(
        .unsupportedConfiguration, in: path,
        "no layer to be kept is called \(unknown.sorted().joined(separator: ", "))")
    }
    (self.layers, self.weights) = (layers, weights)
  }

  /// The relative error that 8 bits leave in each layer's weights: ‖quantised − weight‖ / ‖weight‖.
  package func weightErrors(of component: ModelComponent) -> [String: Double] {
    let errors = (layers[component] ?? []).compactMap { layer -> (String, Double)? in
      guard let tensor = weights[component]?[layer + QuantizedLayer.weightEnding],
        let values = tensor.floats()
      else { return nil }
      let (integers, scales) = QuantizedLayer.quantize(values, channels: tensor.shape[0])
      return (layer, relativeError(QuantizedLayer.dequantize(integers, scales: scales), values))
    }
    return Dictionary(uniqueKeysWithValues: errors)
  }

  /// The model as it is to be written.
  ///
  /// - Parameter inputRanges: of the layers whose inputs are quantised, too, as `InputCalibration` finds them.
  package func conversion(
    inputRanges: [ModelComponent: [String: ClosedRange<Float>]] = [:]
  ) throws -> ModelConversion {
    var quantized: [ModelComponent: Checkpoint] = [:]
    var settings: [String: Data] = [:]
    for (component, layers) in layers {
      quantized[component] = try weights[component]!.quantized(
        layers, inputRanges: inputRanges[component] ?? [:])
      let name = "\(component.rawValue)/config.json"
      settings[name] = try configuration(of: component, at: name)
    }
    return try ModelConversion(model, trained: quantized, settings: settings)
  }

  private func configuration(of component: ModelComponent, at name: String) throws(CheckpointError) -> Data {
    var members = try ConfigurationFile(contentsOf: "\(model.path)/\(name)").root
    members[Self.configurationKey] = [Self.methodKey: .string(Self.method)]
    return Data(JSONWriter.pretty(.object(members)).utf8)
  }
}

/// ‖found − expected‖ / ‖expected‖, Euclidean; 0 where both are zeros.
package func relativeError(_ found: [Float], _ expected: [Float]) -> Double {
  var (difference, size) = (0.0, 0.0)
  for (found, expected) in zip(found, expected) {
    difference += Double(found - expected) * Double(found - expected)
    size += Double(expected) * Double(expected)
  }
  return difference == 0 ? 0 : (difference / size).squareRoot()
}

extension String {
  /// Whether a layer is the one of that name, or below it.
  fileprivate func isLayer(_ name: String) -> Bool { self == name || hasPrefix(name + ".") }
}
