import Foundation

/// How a picture's colours are spread in CIE L*a*b*, where distances are about those that are seen.
///
/// Kept as cumulative distributions along directions spread over the sphere, which is all that the sliced Wasserstein
/// distance needs (Rabin, Peyré, Delon and Bernot, "Wasserstein Barycenter and Its Application to Texture Mixing",
/// 2011). Unlike the overlap of histograms (Swain and Ballard 1991) it also tells how far off a colour is that is off,
/// and unlike means and covariances it takes a striped object for what it is.
package struct ColourDistribution: Sendable, Hashable {
  /// `directions × bins` shares of the colours, rising to 1 along each direction.
  private let cumulative: [Double]

  /// Measured in a picture; nil where nothing counts.
  /// - Parameters:
  ///   - image: of any colour space and depth. A pixel counts by its opacity.
  ///   - mask: how much each pixel counts: one band of 8 bits, of the picture's size; nil for all.
  package init?(of image: Image, within mask: Image? = nil, monitor: EvaluationMonitor? = nil) throws {
    guard let region = try MeasuredRegion(of: image, within: mask, monitor: monitor) else { return nil }
    var histogram = [Double](repeating: 0, count: Self.directions.count * Self.bins)
    let total = region.weights.reduce(0) { $0 + Double($1) }
    for (pixel, weight) in region.weights.enumerated() where weight > 0 {
      let colour = region.lab(pixel)
      for (index, direction) in Self.directions.enumerated() {
        let projection = Double((colour * direction).sum())
        let bin = Int((projection + Self.reach) / Self.binWidth)
        histogram[index * Self.bins + min(max(bin, 0), Self.bins - 1)] += Double(weight) / total
      }
    }
    for index in histogram.indices where !index.isMultiple(of: Self.bins) {
      histogram[index] += histogram[index - 1]
    }
    cumulative = histogram
  }

  /// The distance of two distributions in units of ΔE*ab: 0 for equal ones, d when one is the other with every colour
  /// moved by d. About 2 is just seen.
  package func distance(to other: ColourDistribution) -> Double {
    let area = zip(cumulative, other.cumulative).reduce(0) { $0 + abs($1.0 - $1.1) } * Self.binWidth
    // A move by d is a move by d/2 along the mean direction of the sphere.
    return 2 * area / Double(Self.directions.count)
  }

  /// No colour's projection lies farther from 0.
  private static let reach = 208.0
  private static let binWidth = 0.5
  private static let bins = Int(2 * reach / binWidth)

  /// Directions spread evenly over half the sphere, by a Fibonacci lattice.
  private static let directions: [SIMD3<Float>] = (0..<48).map { index in
    let height = (Double(index) + 0.5) / 48
    let angle = Double(index) * .pi * (3 - 5.0.squareRoot())
    let radius = (1 - height * height).squareRoot()
    return SIMD3(Float(height), Float(radius * cos(angle)), Float(radius * sin(angle)))
  }
}
