import Foundations

/// The boxes of a data set that the recipe can use, by picture.
///
/// Boxes are kept as fractions of their picture in single precision: 24 bytes each, for data sets have millions.
package struct BoxTable: Sendable {
  /// A picture of the data set.
  package struct Picture: Sendable, Hashable {
    /// Its path below the folder of pictures.
    package var file: String
    /// Its size, where the annotations say.
    package var size: PixelSize?
  }

  /// A box around an object.
  package struct Box: Sendable, Hashable {
    /// Index of its picture.
    package var picture: Int32
    /// Index of the object's name.
    package var label: Int32
    /// Left, top, right and bottom edge as fractions of the picture, from 0 to 1.
    package var edges: SIMD4<Float>

    /// The box in a picture of this size, its edges rounded to whole pixels; at least one pixel.
    package func pixels(in size: PixelSize) -> PixelBox {
      let scale = SIMD4(Double(size.width), Double(size.height), Double(size.width), Double(size.height))
      let rounded = (SIMD4<Double>(edges) * scale).rounded(.toNearestOrAwayFromZero)
      let x = min(Int(rounded[0]), size.width - 1)
      let y = min(Int(rounded[1]), size.height - 1)
      return PixelBox(x: x, y: y, width: max(Int(rounded[2]) - x, 1), height: max(Int(rounded[3]) - y, 1))
    }
  }

  /// The pictures that have a usable box, in the order of the annotations.
  package let pictures: [Picture]
  /// Names of objects.
  package let labels: [String]
  /// What was left out, and why.
  package let tally: PairTally
  private let boxes: [Box]
  /// Where each picture's boxes begin, and where the last one's end.
  private let starts: [Int]

  /// A picture's boxes, in the order of the annotations; at least one.
  package func boxes(of picture: Int) -> ArraySlice<Box> { boxes[starts[picture]..<starts[picture + 1]] }

  init(_ builder: BoxTableBuilder) {
    var counts = [Int](repeating: 0, count: builder.pictures.count)
    for box in builder.boxes { counts[Int(box.picture)] += 1 }
    // Pictures without a usable box fall out, and the others move up.
    var places = [Int32](repeating: -1, count: counts.count)
    var kept: [Picture] = []
    var starts = [0]
    for (picture, count) in counts.enumerated() where count > 0 {
      places[picture] = Int32(kept.count)
      kept.append(builder.pictures[picture])
      starts.append(starts[starts.count - 1] + count)
    }
    var next = starts
    var sorted = builder.boxes
    for box in builder.boxes {
      let place = Int(places[Int(box.picture)])
      sorted[next[place]] = Box(picture: Int32(place), label: box.label, edges: box.edges)
      next[place] += 1
    }
    var tally = builder.tally
    tally.count(.noUsableBox, times: counts.count - kept.count)
    (pictures, labels, boxes) = (kept, builder.labels, sorted)
    (self.starts, self.tally) = (starts, tally)
  }
}

/// Which boxes of a data set the recipe can use.
package struct BoxUse: Sendable, Hashable {
  /// Shares of the picture's area that a box covers.
  package var area: ClosedRange<Double>
  /// Whether boxes around groups and crowds are taken for objects.
  package var takesGroups: Bool

  /// Boxes of single objects, unless said otherwise.
  package init(area: ClosedRange<Double>, takesGroups: Bool = false) {
    (self.area, self.takesGroups) = (area, takesGroups)
  }
}

/// Collects boxes as a reader meets them, and leaves out at once what the recipe cannot use.
struct BoxTableBuilder {
  private(set) var pictures: [BoxTable.Picture] = []
  private(set) var labels: [String] = []
  private(set) var boxes: [BoxTable.Box] = []
  private(set) var tally = PairTally()
  private var labelIndices: [String: Int32] = [:]
  private let area: ClosedRange<Double>
  private let takesGroups: Bool

  /// How far a box may reach beyond its picture, as a share of it, and is only cut: annotators round.
  static let slack = 0.005

  init(_ use: BoxUse) { (area, takesGroups) = (use.area, use.takesGroups) }

  /// Adds a picture; its index.
  mutating func add(_ picture: BoxTable.Picture) -> Int {
    pictures.append(picture)
    return pictures.count - 1
  }

  /// The index of an object's name.
  mutating func label(_ name: String) -> Int32 {
    if let index = labelIndices[name] { return index }
    labels.append(name)
    labelIndices[name] = Int32(labels.count - 1)
    return Int32(labels.count - 1)
  }

  /// Adds a box if the recipe can use it.
  /// - Parameters:
  ///   - edges: left, top, right and bottom as fractions of the picture.
  ///   - isGroup: whether it is around several objects.
  mutating func add(_ edges: SIMD4<Double>, of picture: Int, label: Int32, isGroup: Bool) {
    tally.boxes += 1
    guard takesGroups || !isGroup else { return tally.count(.group) }
    guard edges[0] < edges[2], edges[1] < edges[3] else { return skip(.emptyBox, edges, picture) }
    let inside = edges.clamped(lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: 1))
    let beyond = edges - inside
    guard max(beyond.max(), -beyond.min()) <= Self.slack, inside[0] < inside[2], inside[1] < inside[3] else {
      return skip(.boxOutside, edges, picture)
    }
    let share = (inside[2] - inside[0]) * (inside[3] - inside[1])
    guard share >= area.lowerBound else { return tally.count(.boxTooSmall) }
    guard share <= area.upperBound else { return tally.count(.boxTooLarge) }
    boxes.append(BoxTable.Box(picture: Int32(picture), label: label, edges: SIMD4<Float>(inside)))
  }

  /// Leaves out a record that cannot be understood.
  /// - Parameter picture: the picture that it is of, or its place in the file.
  mutating func skipRecord(_ picture: String, _ detail: String) {
    tally.add(PairProblem(picture: picture, reason: .oddRecord, detail: detail))
  }

  private mutating func skip(_ reason: SkipReason, _ edges: SIMD4<Double>, _ picture: Int) {
    let text = (0..<4).map { String((edges[$0] * 1e4).rounded() / 1e4) }.joined(separator: ", ")
    tally.add(
      PairProblem(
        picture: pictures[picture].file, reason: reason,
        detail: "left, top, right, bottom as shares of the picture: \(text)"))
  }
}
