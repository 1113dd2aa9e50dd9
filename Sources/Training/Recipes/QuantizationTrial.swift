package import Diffusion
import Foundation
package import Tensors

/// Paints pairs with a model and with what quantising made of it, to calibrate the one and to compare the other.
package struct QuantizationTrial: Sendable {
  /// What the model was given and what it painted.
  package struct Reference: Sendable {
    /// The denoiser's inputs, some steps of every run.
    package var inputs: [[String: Tensor]]
    fileprivate var pictures: [PixelPlanes]
  }

  /// How far a quantised model is from the one it was made of.
  package struct Comparison: Sendable {
    /// The relative error of the denoiser's output for a guidance pair, the mean over all inputs.
    package var pairError: Double
    /// The peak signal-to-noise ratio of each painted picture against the other model's, in dB.
    package var signalToNoise: [Double]
  }

  private let pairs: [Pair]
  private let options: InpaintingOptions
  private let engine: any Engine

  /// - Parameters:
  ///   - pairs: what is painted.
  ///   - steps: of the model's own sampler.
  package init(_ pairs: [Pair], steps: Int, engine: any Engine) {
    (self.pairs, self.engine) = (pairs, engine)
    var options = InpaintingOptions()
    options.steps = steps
    self.options = options
  }

  /// Paints with the model as it is.
  ///
  /// - Parameter count: how many of a run's steps are kept, evenly spread.
  package func reference(_ model: DiffusionModel, keeping count: Int) async throws -> Reference {
    let recorder = DenoiserRecorder(engine)
    let runtime = DiffusionRuntime { _ in recorder }
    var reference = Reference(inputs: [], pictures: [])
    for (index, pair) in pairs.enumerated() {
      let before = recorder.inputs.count
      reference.pictures.append(
        try await PairPainting(model, options, runtime: runtime).picture(of: pair, seed: index))
      let steps = recorder.inputs.dropFirst(before)
      let kept = min(count, steps.count)
      reference.inputs += (0..<kept).map { steps[before + $0 * steps.count / kept] }
    }
    return reference
  }

  /// The ranges of layers' inputs on what the model was given.
  package func calibration(
    of layers: [String], _ model: DiffusionModel, on reference: Reference
  ) async throws -> InputCalibration {
    let engine = engine
    return try await InputCalibration(
      layers, of: model, on: reference.inputs, runtime: DiffusionRuntime { _ in engine },
      compute: options.compute)
  }

  /// Compares what another model makes of the same.
  package func comparison(
    of quantized: DiffusionModel, with model: DiffusionModel, _ reference: Reference
  ) async throws -> Comparison {
    let engine = engine
    let runtime = DiffusionRuntime { _ in engine }
    var errors: [Double] = []
    for input in reference.inputs {
      guard let form = NetworkForm(denoiserInputs: input) else { continue }
      let expected = try await runtime.network(form, of: model, options.compute).run(input)["noise"]!
      let found = try await runtime.network(form, of: quantized, options.compute).run(input)["noise"]!
      errors.append(relativeError(found.floats, expected.floats))
    }
    let painting = PairPainting(quantized, options, runtime: runtime)
    var ratios: [Double] = []
    for (index, pair) in pairs.enumerated() {
      ratios.append(
        signalToNoise(try await painting.picture(of: pair, seed: index), reference.pictures[index]))
    }
    return Comparison(pairError: errors.reduce(0, +) / Double(max(errors.count, 1)), signalToNoise: ratios)
  }
}

/// The peak signal-to-noise ratio of a picture against another of its size, in dB, of 8 bits; infinite for equal ones.
func signalToNoise(_ picture: PixelPlanes, _ reference: PixelPlanes) -> Double {
  let (found, expected) = (picture.interleaved(as: UInt8.self), reference.interleaved(as: UInt8.self))
  let squares = zip(found, expected).reduce(0.0) { sum, pair in
    let difference = Double(pair.0) - Double(pair.1)
    return sum + difference * difference
  }
  return 10 * log10(255 * 255 * Double(found.count) / squares)
}
