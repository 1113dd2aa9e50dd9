import Foundation
package import Tensors

extension UNet {
  /// Sines and cosines of a time step at geometrically spaced frequencies: the UNet's input `time`,
  /// `[1, blockChannels[0]]`.
  ///
  /// Made here and not in the graph: in bfloat16 step 981 and step 977 would be the same number.
  package func timestepEmbedding(_ timestep: Float) -> Tensor {
    let count = configuration.blockChannels[0] / 2
    let angles = (0..<count).map { index in
      let exponent = -Float(log(10_000.0)) * Float(index) / (Float(count) - configuration.frequencyShift)
      return timestep * exp(exponent)
    }
    let (sines, cosines) = (angles.map { sin($0) }, angles.map { cos($0) })
    return Tensor(
      configuration.cosinesComeFirst ? cosines + sines : sines + cosines,
      shape: [1, configuration.blockChannels[0]])
  }
}
