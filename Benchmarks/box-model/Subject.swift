import Diffusion
import Imaging

/// A sample with all that was painted in its hole.
struct Subject {
  let sample: HeldOutSet.Sample
  /// Another sample's exemplar.
  let other: Image
  let pictures: [Variant: Image]
  /// The scene through the autoencoder and back.
  let reconstruction: Image

  func reading(_ painter: Painter) async throws -> Reading {
    var reading = Reading()
    try await addSimilarities(to: &reading, painter)
    try addSpread(to: &reading)
    for (name, image) in try composites() {
      for distance in [1, 4] {
        reading[.seam, name, "over \(distance) px"] =
          try Seam(of: image, along: sample.mask, distance: distance)?.visibility
      }
      if name == Self.finished {
        reading[.respect, "pixels changed outside, blended"] = try changedOutside(image)
      }
    }
    return reading
  }

  // MARK: Likeness

  private func addSimilarities(to reading: inout Reading, _ painter: Painter) async throws {
    let wanted = try await Likeness(sample.exemplar, within: nil, painter)
    let wrong = try await Likeness(other, within: nil, painter)
    for variant in Variant.all where variant != .fullAgain {
      let made = try await Likeness(pictures[variant]!, within: sample.mask, painter)
      let reference = variant.exemplar == .own ? wanted : wrong
      reading.add(made.measures(to: reference), as: variant.name)
      if variant == .full { reading.add(made.measures(to: wrong), as: Reading.heldAgainstAnother) }
    }
    let pasted = try sample.scene.pasting(sample.exemplar, into: sample.mask, .cover)!
    let paste = try await Likeness(pasted.image, within: sample.mask, painter)
    reading.add(paste.measures(to: wanted), as: Reading.copyPaste)
    let scene = try await Likeness(sample.scene, within: sample.mask, painter)
    reading.add(scene.measures(to: wanted), as: Reading.scene)
    reading.add(scene.measures(to: wrong), as: Reading.sceneHeldAgainstAnother)
  }

  // MARK: Spread and the mask

  private func addSpread(to reading: inout Reading) throws {
    let full = pictures[.full]!
    reading[.spread, "one exemplar, two seeds"] = try difference(
      full, pictures[.fullAgain]!, within: sample.mask)
    reading[.spread, "two exemplars, one seed"] = try difference(
      full, pictures[.fullOther]!, within: sample.mask)
    let outside = try sample.mask.inverted()
    reading[.respect, "change inside, decoded"] = try difference(full, sample.scene, within: sample.mask)
    reading[.respect, "change outside, decoded"] = try difference(full, sample.scene, within: outside)
    reading[.respect, "of which the autoencoder's"] = try difference(
      reconstruction, sample.scene, within: outside)
    let painted = try full.difference(from: reconstruction)
    let (within, beyond) = try (Self.sum(painted, within: sample.mask), Self.sum(painted, within: outside))
    reading[.respect, "share of the painting inside, %"] = 100 * within / max(within + beyond, 1e-9)
    reading[.respect, "share of the picture inside, %"] =
      try sample.mask.statistics().overall.mean / 255 * 100
  }

  /// The mean distance of two pictures' values where the mask is 255, in levels of 255.
  private func difference(_ first: Image, _ second: Image, within mask: Image) throws -> Double {
    try Self.sum(first.difference(from: second), within: mask) / (3 * mask.statistics().overall.sum / 255)
  }

  private static func sum(_ image: Image, within mask: Image) throws -> Double {
    try image.tagged(as: .multiband).multiplied(by: mask.linear(1 / 255, 0)).statistics().overall.sum
  }

  /// How many pixels outside the mask differ from the scene.
  private func changedOutside(_ image: Image) throws -> Double {
    let bands = try image.difference(from: sample.scene).separated()
    let largest = try bands.dropFirst().reduce(bands[0]) { try $0.maximum($1) }
    return try largest.compared(.greater, to: 0).minimum(sample.mask.inverted()).statistics().overall.sum
      / 255
  }

  // MARK: Composites

  /// The ways to bring a painted or a pasted object into the scene, with the ready-made documents' settings.
  private func composites() throws -> [(name: String, image: Image)] {
    let (scene, mask) = (sample.scene, sample.mask)
    let soft = try mask.featheredInwards(width: 6)
    let rim = try mask.dilated(radius: 32).minimum(mask.inverted()).tagged(as: .grey)
    let decoded = pictures[.full]!
    let pasted = try scene.pasting(sample.exemplar, into: mask, .cover)!.image
    var matched = (decoded: decoded, pasted: pasted)
    if let target = try ColourStatistics(of: scene, within: rim) {
      if let source = try ColourStatistics(of: decoded, within: rim) {
        matched.decoded = try decoded.recoloured(from: source, to: target, strength: 1, maximumGain: 1.5)
      }
      if let source = try ColourStatistics(of: pasted, within: mask) {
        matched.pasted = try pasted.recoloured(from: source, to: target, strength: 0.5, maximumGain: 1.5)
      }
    }
    return [
      ("nothing changed", scene),
      ("painted, as decoded", try scene.painted(with: decoded, through: mask)),
      (Self.finished, try scene.painted(with: matched.decoded, through: soft)),
      (Reading.copyPaste, try scene.painted(with: pasted, through: mask)),
      ("copy-paste, matched and feathered", try scene.painted(with: matched.pasted, through: soft)),
    ]
  }

  private static let finished = "painted, matched and feathered"
}

extension Variant {
  /// How the tables call it.
  fileprivate var name: String {
    switch self {
    case .unconditional: Reading.unconditional
    case .fullOther: "guidance 5, given another exemplar and held against that"
    default: "guidance \(Int(guidance))"
    }
  }
}

/// What a picture, or the part of it in a mask, is compared by.
private struct Likeness {
  let features: [Float]
  let colours: ColourDistribution?
  let edges: EdgeHistograms?

  init(_ image: Image, within mask: Image?, _ painter: Painter) async throws {
    var part = image
    if let box = try mask?.boundsOfNonzero() {
      part = try image.cropped(x: box.x, y: box.y, width: box.width, height: box.height)
    }
    features = try await painter.features(of: part)
    colours = try ColourDistribution(of: image, within: mask)
    edges = try EdgeHistograms(of: image, within: mask)
  }

  func measures(to other: Likeness) -> [(name: String, value: Double?)] {
    [
      ("encoder, 100 × cosine", EncoderSimilarity.similarity(features, other.features)),
      ("colours apart, ΔE", colours.flatMap { mine in other.colours.map { mine.distance(to: $0) } }),
      ("edges, correlation", edges.flatMap { mine in other.edges.flatMap { mine.similarity(to: $0) } }),
    ]
  }
}
