/// The place of a picture in a run whose pictures are painted in batches, one generator drawing the noise of all of them, as
/// Paint by Example's authors run their benchmark (scripts/inference_test_bench.py).
///
/// Each batch draws the noise of its masked pictures' latents, then their initial noise, then, at every prediction, noise
/// that a deterministic sampler multiplies by 0. So what a picture starts with depends on how many were painted before it,
/// and any picture of the run can be painted alone.
public struct RunPlace: Sendable, Hashable {
  /// Which picture of the run, from 0.
  public var position: Int
  /// How many pictures are painted together.
  public var batch: Int

  /// A place in a run.
  public init(position: Int, batch: Int) { (self.position, self.batch) = (position, batch) }

  /// The noise of the picture's masked latents, and that which it starts from.
  ///
  /// - Parameters:
  ///   - size: values of a picture's latents.
  ///   - predictions: of the sampler, for one picture.
  ///   - generator: of the run, as it is before the first batch.
  func noise(size: Int, predictions: Int, _ generator: inout TorchGenerator) -> (
    masked: [Float], initial: [Float]
  ) {
    for _ in 0..<position / batch * (2 + predictions) { generator.skipNormal(count: batch * size) }
    let start = position % batch * size
    let masked = generator.normal(count: batch * size)[start..<start + size]
    return (Array(masked), Array(generator.normal(count: batch * size)[start..<start + size]))
  }

  /// Why a picture cannot be painted as one of a run with these options; nil when it can.
  static func fault(in options: InpaintingOptions, sampler: SamplerKind) -> String? {
    guard let place = options.runPlace else { return nil }
    if place.position < 0 || place.batch < 1 { return "a run has positions from 0, and batches of 1 or more" }
    if options.seeding != .authors { return "a place in a run goes with seeding authors alone" }
    if options.samples != 1 { return "a place in a run is that of one sample, not of \(options.samples)" }
    if sampler != .pndm && sampler != .ddim {
      return "in the authors' runs pndm and ddim draw noise, not \(sampler.name)"
    }
    if options.eta != 0 {
      return "a place in a run takes eta 0: the noise of steps would be that of the whole batch"
    }
    if options.strength != 1 || options.blending != .never {
      return "the authors' runs start from noise alone and blend nothing: strength is 1, blend off"
    }
    return nil
  }
}
