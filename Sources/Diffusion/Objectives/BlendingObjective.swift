package import Tensors

/// How much each part of a `BlendingObjective` counts. The standard values are the authors'.
package struct BlendingWeights: Sendable, Hashable {
  /// Of the distance from what is to be seen in the hole.
  package var guide: Float = 1000
  /// Of predicted colours that no picture has.
  package var range: Float = 50
  /// Of LPIPS, where the background is kept by losses.
  package var perceptual: Float = 1000
  /// Of the mean squared difference there.
  package var difference: Float = 10_000

  /// The authors'.
  package init() {}
}

/// What Blended Diffusion draws a sample by at each step: in the hole, CLIP is to see what it is guided by, from several
/// sides.
///
/// Avrahami, Lischinski and Fried, "Blended Diffusion for Text-driven Editing of Natural Images", 2022, section 4.1, as
/// its program has it: what is looked at lies between the sample and the clean picture that the denoiser predicts of it.
package struct BlendingObjective: Sendable {
  /// The denoiser.
  package let denoiser: ADMUNet
  /// CLIP, by which is looked.
  package let seer: CLIPPictureEmbedding
  /// What says how far the background has gone; nil where it is kept by blending alone. Its size is the denoiser's.
  package let background: LPIPS?
  /// Views, the first of which is plain.
  package let views: Int
  /// How much the parts count.
  package let weights: BlendingWeights

  /// An objective for these networks.
  package init(
    _ denoiser: ADMUNet, _ seer: CLIPPictureEmbedding, background: LPIPS? = nil, views: Int = 8,
    weights: BlendingWeights = BlendingWeights()
  ) {
    (self.denoiser, self.seer, self.background) = (denoiser, seer, background)
    (self.views, self.weights) = (views, weights)
  }

  /// The name of the graph's only parameter.
  package static let sample = "sample"

  /// The graph of a step of one sample.
  ///
  /// Parameter: `sample` `[1, 3, height, width]`. Inputs: `time`, the denoiser's; `sampleRate`, `noiseRate` and
  /// `deviation`, of `AncestralSchedule.Step`, `[1]` each; `hole` `[1, 1, height, width]`, 1 where is painted, else 0;
  /// `guide` `[1, projectionWidth]`, an embedding of length 1; those of a `ViewSampling`; with a background `scene`
  /// `[1, 3, height, width]`, −1…1. Outputs: `loss`, one number; `distance`, its part by CLIP, before it is weighed;
  /// `clean` and `variance`, `[1, 3, height, width]` each, as the denoiser predicts them.
  package func graph(
    _ denoiserWeights: any Weights, _ seerWeights: any Weights, _ backgroundWeights: (any Weights)?
  ) throws -> Graph {
    let builder = GraphBuilder()
    let (height, width) = (denoiser.height, denoiser.width)
    let zeros = Tensor(.init(.f32, [1, 3, height, width])) { _ in }
    let sample = try builder.constant(Constant(zeros).trained(as: Self.sample))
    let time = try builder.input("time", .f32, [1, denoiser.timeWidth])
    let sampleRate = try builder.input("sampleRate", .f32, [1])
    let noiseRate = try builder.input("noiseRate", .f32, [1])
    let deviation = try builder.input("deviation", .f32, [1])
    let hole = try builder.input("hole", .f32, [1, 1, height, width])

    let (noise, variance) = try denoiser.prediction(
      sample, time: time, Layers(builder: builder, weights: denoiserWeights))
    let clean = try sample * sampleRate - noise * noiseRate
    let seen = try clean * deviation + sample * (deviation * -1 + 1)

    let seeing = Layers(builder: builder, weights: seerWeights)
    let distance = try distance(from: seen * hole, seeing)
    var loss = try distance * weights.guide + clean.excess().meanSquare() * weights.range
    if let background, let backgroundWeights {
      let scene = try builder.input("scene", .f32, [1, 3, height, width])
      let kept = try seen * (hole * -1 + 1)
      let perceived = try background.distance(
        kept, scene, Layers(builder: builder, weights: backgroundWeights))
      loss = try loss + perceived * weights.perceptual + (kept - scene).meanSquare() * weights.difference
    }
    return try builder.finish([
      "loss": loss.reshaped([1]), "distance": distance, "clean": clean, "variance": variance,
    ])
  }

  /// The graph by which finished samples are ranked.
  ///
  /// Inputs: `picture` `[1, 3, height, width]`, 0…1, and 0 outside the hole; `guide` as above. Output: `distance`, one
  /// number, the less the better. As in the authors' program the picture is seen plainly, and without CLIP's mean and
  /// deviation.
  package func rankingGraph(_ seerWeights: any Weights) throws -> Graph {
    let builder = GraphBuilder()
    let picture = try builder.input("picture", .f32, [1, 3, denoiser.height, denoiser.width])
    let size = seer.configuration.imageSize
    let pixels = try picture.resampled(
      rows: PlaneResampling.linear(from: denoiser.height, to: size),
      columns: PlaneResampling.linear(from: denoiser.width, to: size))
    let distance = try distance(ofSeen: pixels, Layers(builder: builder, weights: seerWeights))
    return try builder.finish(["distance": distance])
  }

  /// The distance from the guide of what is seen of a picture, −1…1, in all views.
  private func distance(from picture: Node, _ layers: Layers) throws -> Node {
    let size = seer.configuration.imageSize
    let pooled = try picture.resampled(
      rows: PlaneResampling.average(from: denoiser.height, to: size),
      columns: PlaneResampling.average(from: denoiser.width, to: size))
    let pixels = try (pooled.seen(inViews: views) + 1) * 0.5
    return try distance(ofSeen: pixels.normalisedForCLIP(), layers)
  }

  /// The mean over pictures, as CLIP takes them, of the squared angle between what it sees and the guide, halved.
  private func distance(ofSeen pixels: Node, _ layers: Layers) throws -> Node {
    let guide = try layers.builder.input("guide", .f32, [1, seer.configuration.projectionWidth])
    let embeddings = try ExemplarEncoder(seer.configuration).embedding(pixels, layers)
    let length = try (embeddings * embeddings).reduced(.sum, axes: [1]).map(.squareRoot)
    let apart = try embeddings / length - guide
    let chord = try (apart * apart).reduced(.sum, axes: [1], keepsDimensions: false).map(.squareRoot)
    let halfAngle = try (chord * 0.5).arcsine()
    return try (halfAngle * halfAngle).mean() * 2
  }
}

extension Node {
  /// What of every value lies outside −1…1.
  fileprivate func excess() throws -> Node {
    try self - combined(.maximum, builder.scalar(-1)).combined(.minimum, builder.scalar(1))
  }

  /// Pictures `[batch, 3, height, width]`, 0…1, with CLIP's mean and deviation.
  fileprivate func normalisedForCLIP() throws -> Node {
    func channels(_ values: [Double]) throws -> Node {
      try builder.constant(Constant(Tensor(values.map(Float.init), shape: [1, 3, 1, 1])))
    }
    let preprocessing = ImagePreprocessing()
    return try (self - channels(preprocessing.mean)) / channels(preprocessing.standardDeviation)
  }

  /// arcsin x for 0 ≤ x ≤ 1: the angle is halved twice, by sin(α/2) = sin α / √(2 (1 + cos α)), and of what is left, at
  /// most π/8, the series is taken.
  func arcsine() throws -> Node {
    var sine = self
    for _ in 0..<2 {
      // Rounding must not make a cosine of less than nothing.
      let cosine = try (sine * sine * -1 + 1).combined(.maximum, builder.scalar(1e-12)).map(.squareRoot)
      sine = try sine / ((cosine + 1) * 2).map(.squareRoot)
    }
    let square = try sine * sine
    let coefficients: [Float] = [1, 1 / 6, 3 / 40, 15 / 336, 105 / 3456, 945 / 42240, 10395 / 599_040]
    var series = try builder.scalar(coefficients.last!)
    for coefficient in coefficients.dropLast().reversed() { series = try series * square + coefficient }
    return try sine * series * 4
  }
}
