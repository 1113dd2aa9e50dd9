import Imaging
import PipelineKit

/// Measures how faithfully a picture keeps another one where it should.
struct MeasureFidelity: Stage {
  static let name = "measure.fidelity"
  static let summary = "Measures how faithfully a picture keeps another one outside a mask: PSNR and SSIM."
  static let discussion = """
    psnr is in decibels, over the pixels outside the mask; it is null where not a value differs, for it would be
    infinite, and identical then is true. ssim is the structural similarity (Wang et al. 2004), at most 1, the mean of
    windows of 11×11 pixels, Gaussian with deviation 1.5, of red, green and blue; windows that touch the hole are left
    out, and it is null where all do. SSIM_bg is what the composition benchmarks of bcmi report under that name, by
    torchmetrics' rules: both pictures are made black where the mask is one half or more, every pixel counts, and the
    hole is perfect agreement, so it is the higher the larger the hole is. What is transparent shows mid-grey.
    """
  static let before = Input<Picture>("before", help: "The picture as it was.")
  static let after = Input<Picture>("after", help: "The picture as it is, of the same size.")
  static let mask = OptionalInput<Mask>(
    "mask", help: "The hole: where it is not 0; of the same size. Nothing is left out without one.")
  static let report = Output<Report>("report", help: "psnr, ssim, SSIM_bg and identical.")
  static let inputs: [any StagePort] = [before, after, mask]
  static let outputs: [any StagePort] = [report]

  var parameters: NoParameters

  var effort: Effort { .compute }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let (before, after) = (try inputs[Self.before].image, try inputs[Self.after].image)
    try checkSameSize(after, "after", before, "before")
    let mask = try inputs[Self.mask]?.image
    if let mask { try checkSameSize(mask, "mask", before, "before") }
    let hole = try mask ?? Image.filled(width: before.width, height: before.height, colour: [0])
    return try evaluate(context.monitor) { monitor in
      let fidelity = try Fidelity(of: after, to: before, monitor: monitor)
      let kept = try hole.compared(.equal, to: 0)
      guard let noise = try fidelity.peakSignalToNoise(within: kept) else {
        throw StageFailure(
          "the mask covers all of the picture: nothing outside it is left to compare",
          advice: "check its polarity")
      }
      let structure = try fidelity.structuralSimilarity(within: kept)
      let benchmark = try fidelity.structuralSimilarity(blackOutside: hole.compared(.less, to: 127))
      return StageOutputs(
        Self.report,
        Report(json: [
          "psnr": noise.isFinite ? .number(noise) : .null, "identical": .bool(!noise.isFinite),
          "ssim": structure.map { .number($0) } ?? .null,
          "SSIM_bg": .number(benchmark),
        ]))
    }
  }
}
