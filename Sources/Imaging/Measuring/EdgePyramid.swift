import Foundation

/// Where a picture has edges, and which way they run: histograms of the directions of lightness gradients, for the
/// whole, its quarters and its sixteenths.
///
/// Source: A. Bosch, A. Zisserman, X. Munoz, "Representing shape with a spatial pyramid kernel", 2007; the histograms are
/// those of Dalal and Triggs (2005), compared as by Lazebnik, Schmid and Ponce (2006).
public struct EdgePyramid: Sendable, Hashable {
  /// For 1, 4 and 16 cells: cells row after row, each with `directions` shares; all shares of a level are 1 together.
  private let levels: [[Float]]
  /// Whether there is no edge to speak of.
  public let isFlat: Bool

  /// Measured in the box around what counts, brought to a square of 64×64, so that size and proportions are no matter;
  /// nil where nothing counts.
  ///
  /// A gradient counts as much as the least of the four pixels it is taken from: neither the mask's rim nor that of an
  /// object cut out is an edge.
  /// - Parameters: as for `ColourDistribution`.
  public init?(of image: Image, within mask: Image? = nil, monitor: EvaluationMonitor? = nil) throws {
    guard let region = try MeasuredRegion(of: image, within: mask, side: Self.side, monitor: monitor) else {
      return nil
    }
    var finest = [Float](repeating: 0, count: Self.cells * Self.cells * Self.directions)
    for y in 1..<Self.side - 1 {
      for x in 1..<Self.side - 1 { Self.add(region, x, y, to: &finest) }
    }
    let strength = finest.reduce(0, +)
    isFlat = strength < Self.leastStrength * Float(Self.side * Self.side)
    let shares = isFlat ? finest.map { _ in 0 } : finest.map { $0 / strength }
    levels = [Self.merged(shares, into: 1), Self.merged(shares, into: 2), shares]
  }

  /// From 0, no edge in common, to 1, the same edges. Two pictures without edges are alike; one without is unlike any
  /// with.
  public func similarity(to other: EdgePyramid) -> Double {
    guard !isFlat, !other.isFlat else { return isFlat && other.isFlat ? 1 : 0 }
    let common = zip(levels, other.levels).map { mine, theirs in
      zip(mine, theirs).reduce(0) { $0 + Double(min($1.0, $1.1)) }
    }
    // Coarse matches count less, as they are the easier ones.
    return common[0] / 4 + common[1] / 4 + common[2] / 2
  }

  private static let side = 64
  private static let cells = 4
  private static let directions = 8
  /// Lightness a pixel, of 100: less is what rounding to 8 bits makes.
  private static let leastStrength: Float = 0.1

  /// Adds one pixel's gradient, shared between the two nearest directions. Edges have no sense: a dark object on a
  /// bright ground has those of a bright one on a dark ground.
  private static func add(_ region: MeasuredRegion, _ x: Int, _ y: Int, to histogram: inout [Float]) {
    let neighbours = [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
    let weight = neighbours.map { region.weights[$0.1 * side + $0.0] }.min()!
    let across = (region.lightness(x + 1, y) - region.lightness(x - 1, y)) / 2
    let down = (region.lightness(x, y + 1) - region.lightness(x, y - 1)) / 2
    let strength = (across * across + down * down).squareRoot() * Float(weight) / 255
    guard strength > 0 else { return }
    let turn = atan2(down, across) / .pi
    let place = (turn < 0 ? turn + 1 : turn) * Float(directions)
    let (lower, share) = (Int(place), place - place.rounded(.down))
    let start = (y * cells / side * cells + x * cells / side) * directions
    histogram[start + lower % directions] += strength * (1 - share)
    histogram[start + (lower + 1) % directions] += strength * share
  }

  /// The finest level's histograms added up into `count × count` cells.
  private static func merged(_ finest: [Float], into count: Int) -> [Float] {
    var level = [Float](repeating: 0, count: count * count * directions)
    for (index, share) in finest.enumerated() {
      let (cell, direction) = (index / directions, index % directions)
      let (row, column) = (cell / cells * count / cells, cell % cells * count / cells)
      level[(row * count + column) * directions + direction] += share
    }
    return level
  }
}
