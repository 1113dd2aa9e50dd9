import Foundation

/// Where a picture has edges, and which way they run: histograms of the directions of gradients in 4×4 cells.
///
/// Source: N. Dalal, B. Triggs, "Histograms of oriented gradients for human detection", 2005; of the channels, here L*, a*
/// and b*, the one with the strongest gradient counts. Cells are coarse, since the pictures to compare show an object in
/// different poses. They are compared by correlation: the overlap of histograms, which is more common, finds noise, with
/// edges everywhere, like anything.
package struct EdgeHistograms: Sendable, Hashable {
  /// `directions` strengths for each cell, row after row.
  private let strengths: [Double]
  /// Whether there is no edge to speak of.
  package let isFlat: Bool

  /// Measured in the box around what counts, brought to a square of 64×64, so that size and proportions are no matter;
  /// nil where nothing counts.
  ///
  /// A gradient counts as much as the least of the four pixels it is taken from: neither the mask's rim nor that of an
  /// object cut out is an edge.
  /// - Parameters: as for `ColourDistribution`.
  package init?(of image: Image, within mask: Image? = nil, monitor: EvaluationMonitor? = nil) throws {
    guard let region = try MeasuredRegion(of: image, within: mask, side: Self.side, monitor: monitor) else {
      return nil
    }
    var strengths = [Double](repeating: 0, count: Self.cells * Self.cells * Self.directions)
    for y in 1..<Self.side - 1 {
      for x in 1..<Self.side - 1 { Self.add(region, x, y, to: &strengths) }
    }
    self.strengths = strengths
    isFlat = strengths.reduce(0, +) < Self.leastStrength * Double(Self.side * Self.side)
  }

  /// The correlation of strengths: 1 for the same edges in the same places, about 0 for edges that have nothing to do
  /// with each other, less for edges where the other has none. How strong they are in all is no matter. A picture without
  /// edges has nothing in common with one with, 0; of two without there is nothing to say, nil.
  package func similarity(to other: EdgeHistograms) -> Double? {
    guard !isFlat, !other.isFlat else { return isFlat && other.isFlat ? nil : 0 }
    func centred(_ values: [Double]) -> [Double] {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.map { $0 - mean }
    }
    func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let (mine, theirs) = (centred(strengths), centred(other.strengths))
    let lengths = (product(mine, mine) * product(theirs, theirs)).squareRoot()
    return lengths > 0 ? product(mine, theirs) / lengths : 0
  }

  private static let side = 64
  private static let cells = 4
  private static let directions = 8
  /// ΔE a pixel: less is what rounding to 8 bits makes.
  private static let leastStrength = 0.1

  /// Adds one pixel's gradient, shared between the two nearest directions. Edges have no sense: a dark object on a
  /// bright ground has those of a bright one on a dark ground.
  private static func add(_ region: MeasuredRegion, _ x: Int, _ y: Int, to histograms: inout [Double]) {
    let here = y * side + x
    let weight = [here - 1, here + 1, here - side, here + side].map { region.weights[$0] }.min()!
    guard weight > 0 else { return }
    let across = (region.lab(here + 1) - region.lab(here - 1)) / 2
    let down = (region.lab(here + side) - region.lab(here - side)) / 2
    let squares = across * across + down * down
    let channel = (0..<3).max { squares[$0] < squares[$1] }!
    guard squares[channel] > 0 else { return }
    let strength = Double(squares[channel].squareRoot()) * Double(weight) / 255
    let turn = Double(atan2(down[channel], across[channel])) / .pi
    let place = (turn < 0 ? turn + 1 : turn) * Double(directions)
    let (lower, share) = (Int(place), place - place.rounded(.down))
    let cell = (y * cells / side * cells + x * cells / side) * directions
    histograms[cell + lower % directions] += strength * (1 - share)
    histograms[cell + (lower + 1) % directions] += strength * share
  }
}
