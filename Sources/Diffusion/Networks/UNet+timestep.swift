import Foundation
package import Tensors

extension UNet {
  /// The UNet's input `time` of a time step, `[1, blockChannels[0]]`.
  package func timestepEmbedding(_ timestep: Float) -> Tensor {
    sinusoidalEmbedding(
      timestep, width: configuration.blockChannels[0], frequencyShift: configuration.frequencyShift,
      cosinesComeFirst: configuration.cosinesComeFirst)
  }
}

/// Sines and cosines of a time step at geometrically spaced frequencies, `[1, width]`.
///
/// Made here and not in the graph: in bfloat16 step 981 and step 977 would be the same number.
func sinusoidalEmbedding(
  _ timestep: Float, width: Int, frequencyShift: Float, cosinesComeFirst: Bool
) -> Tensor {
  let count = width / 2
  let angles = (0..<count).map { index in
    let exponent = -Float(log(10_000.0)) * Float(index) / (Float(count) - frequencyShift)
    return timestep * exp(exponent)
  }
  let (sines, cosines) = (angles.map { sin($0) }, angles.map { cos($0) })
  return Tensor(cosinesComeFirst ? cosines + sines : sines + cosines, shape: [1, width])
}
