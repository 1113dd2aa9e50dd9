import Imaging
import Foundations
import Testing
import Training

@Suite("the paper's recipe for training pairs")
struct RecipeTests {
  static let size = PixelSize(640, 480)
  static let box = PixelBox(x: 200, y: 150, width: 160, height: 120)

  /// Draws as `pipeline-run pairs` makes them: a seed of its own for each picture.
  static func choices(_ count: Int, _ recipe: PairRecipe = PairRecipe()) -> [PairChoice] {
    (0..<count).map {
      recipe.choice(
        of: box, within: size, seed: PairRecipe.seed(1, picture: "picture \($0)", draw: 0))
    }
  }

  /// Bounds are five standard deviations of the right rate; p = 0.4 or 0.2 lies twenty away from 0.5 and 0.3.
  @Test("over 10 000 pairs, rates are the paper's")
  func rates() {
    let choices = Self.choices(10_000)
    let share = { (isCounted: (PairChoice) -> Bool) in Double(choices.count(where: isCounted)) / 10_000 }
    #expect(abs(share { $0.shape.outline != nil } - 0.5) < 0.025)
    #expect(abs(share { $0.augmentation.flips } - 0.5) < 0.025)
    #expect(abs(share { $0.augmentation.degrees != nil } - 0.5) < 0.025)
    #expect(abs(share { $0.augmentation.blurSize != nil } - 0.3) < 0.023)
    #expect(abs(share { $0.augmentation.anchors != nil } - 0.3) < 0.023)
    for size in [3, 5, 7] { #expect(abs(share { $0.augmentation.blurSize == size } - 0.1) < 0.015) }
    // Choices are independent of each other: both of two fair ones in a quarter.
    #expect(abs(share { $0.augmentation.flips && $0.shape.outline != nil } - 0.25) < 0.022)
    #expect(abs(share { $0.augmentation.flips && $0.augmentation.degrees != nil } - 0.25) < 0.022)
  }

  @Test("over 10 000 pairs, turns spread evenly over ±20°")
  func turns() {
    let turns = Self.choices(10_000).compactMap(\.augmentation.degrees)
    let mean = turns.reduce(0, +) / Double(turns.count)
    let deviation = (turns.map { $0 * $0 }.reduce(0, +) / Double(turns.count)).squareRoot()
    #expect(abs(mean) < 0.9)
    // 40/√12 = 11.55; ±15° would give 8.66.
    #expect(abs(deviation - 11.55) < 0.4)
    #expect(turns.allSatisfy { abs($0) <= 20 } && turns.max()! > 19.5 && turns.min()! < -19.5)
  }

  @Test("over 10 000 pairs, the hole's area is what geometry says")
  func areas() {
    let (size, box) = (Self.size, Self.box)
    var (boxes, outlines): ([Double], [Double]) = ([], [])
    for shape in Self.choices(10_000).map(\.shape) {
      #expect(shape.extended.contains(box))
      if let outline = shape.outline {
        outlines.append(area(of: outline))
      } else {
        boxes.append(Double(shape.extended.width * shape.extended.height))
      }
    }
    // A side goes out by 0.2 of its free space on average, and rounding outward adds half a pixel a side.
    let (left, top) = (0.2 * Double(box.x), 0.2 * Double(box.y))
    let (right, bottom) = (0.2 * Double(size.width - box.right), 0.2 * Double(size.height - box.bottom))
    let (width, height) = (Double(box.width), Double(box.height))
    let meanBox = (width + left + right + 1) * (height + top + bottom + 1)
    #expect(abs(mean(boxes) / meanBox - 1) < 0.02)
    // Between a quadratic Bézier curve and its chord lies a third of chord times height of the control point. The
    // control points sit in the middle of the larger box's sides, which moves them along the chord, not off it.
    // Cutting corners between the 20 points takes a little away.
    let meanOutline = width * height + (width * (top + bottom) + height * (left + right)) / 3
    #expect(abs(mean(outlines) / meanOutline - 1) < 0.02)
  }

  @Test("points are moved by every whole number from −5 to 5, equally often")
  func jitter() {
    var still = PairRecipe()
    still.shape.jitter = 0...0
    var counts: [Int: Int] = [:]
    var total = 0
    for (moved, plain) in zip(Self.choices(200), Self.choices(200, still)) {
      guard let outline = moved.shape.outline, let curve = plain.shape.outline else { continue }
      #expect(outline.count == 80)
      for (point, place) in zip(outline, curve) {
        for move in [point.x - place.x, point.y - place.y] {
          #expect(abs(move - move.rounded()) < 1e-6)
          counts[Int(move.rounded()), default: 0] += 1
          total += 1
        }
      }
    }
    #expect(counts.keys.sorted() == Array(-5...5))
    // About 16 000 moves: five standard deviations are 0.0114.
    for count in counts.values { #expect(abs(Double(count) / Double(total) - 1 / 11) < 0.0125) }
  }

  @Test("changing one setting leaves every other choice alone")
  func independence() {
    var other = PairRecipe()
    other.augmentation.rotate = 0
    other.shape.freeForm = 1
    for (one, two) in zip(Self.choices(50), Self.choices(50, other)) {
      #expect(one.crop == two.crop && one.shape.extended == two.shape.extended)
      #expect(one.augmentation.flips == two.augmentation.flips)
      #expect(one.augmentation.anchors == two.augmentation.anchors)
      if let outline = one.shape.outline { #expect(outline == two.shape.outline) }
    }
  }

  @Test("a picture's seed depends on its name, the draw and the seed, and fits JSON's numbers")
  func seeds() {
    let names = ["a", "b", "a 1", "1 a"]
    let seeds = names.flatMap { name in (0..<20).map { PairRecipe.seed(7, picture: name, draw: $0) } }
    #expect(Set(seeds).count == seeds.count)
    #expect(seeds.allSatisfy { (0...(1 << 53)).contains($0) })
    #expect(PairRecipe.seed(8, picture: "a", draw: 0) != PairRecipe.seed(7, picture: "a", draw: 0))
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private func area(of points: [Point]) -> Double {
    var doubled = 0.0
    var last = points[points.count - 1]
    for point in points {
      doubled += last.x * point.y - point.x * last.y
      last = point
    }
    return abs(doubled) / 2
  }
}
