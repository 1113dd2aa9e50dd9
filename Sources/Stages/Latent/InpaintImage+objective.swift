import Diffusion
import Foundation
import PipelineKit
import Tensors

extension InpaintImage.Parameters {
  /// What the samples are drawn by, for a scene of a size.
  func objective(width: Int, height: Int) throws -> BlendingObjective {
    var denoiser = try ADMUNet(weightsAt: model.path)
    (denoiser.width, denoiser.height) = (width, height)
    guard width.isMultiple(of: denoiser.scale), height.isMultiple(of: denoiser.scale) else {
      throw ParameterConflict(
        "model",
        "'\(model.name)' paints in pictures whose sides are multiples of \(denoiser.scale), not in \(width)×\(height): image.crop-to-mask makes such"
      )
    }
    var lpips = try perceptual.map { try LPIPS(weightsAt: $0.path) }
    lpips?.width = width
    lpips?.height = height
    if let smallest = lpips?.smallestSide, min(width, height) < smallest {
      throw ParameterConflict(
        "perceptual", "\(width)×\(height) pixels are too few for LPIPS, which needs \(smallest) each way")
    }
    var weights = BlendingWeights()
    (weights.guide, weights.range) = (Float(guideWeight), Float(rangeWeight))
    (weights.perceptual, weights.difference) = (Float(perceptualWeight), Float(differenceWeight))
    return BlendingObjective(
      denoiser, try CLIPPictureEmbedding(weightsAt: clip.path), background: lpips, views: views,
      weights: weights)
  }

  var options: BlendedDiffusion.Options {
    var options = BlendedDiffusion.Options()
    (options.steps, options.skipped) = (steps, steps - taken)
    (options.samples, options.seed, options.recomputes) = (samples, seed, recompute)
    return options
  }

  /// The weights of the objective's networks, mapped and checked.
  func weights(of objective: BlendingObjective) throws -> (
    denoiser: Checkpoint, seer: Checkpoint, background: Checkpoint?
  ) {
    (
      try objective.denoiser.weights(at: model.path),
      try objective.seer.weights(at: clip.path),
      try objective.background.map { try $0.weights(at: perceptual!.path) }
    )
  }

  /// Memory that the objective's graph takes when it is differentiated.
  func workingBytes(_ graph: Graph) -> Int {
    // Values are there twice on the way back, and libtorch takes half a gigabyte for itself, as trainings show.
    let values = recompute ? 2 * graph.peakValueBytes : 2 * graph.allValueBytes
    return 4 * graph.constantElementCount + values + 500_000_000
  }

  /// How long it takes, in words.
  func costRemark(_ graph: Graph) -> String {
    let steps = samples * taken
    // The way back, to the sample alone, costs as much as the way there.
    let passes = recompute ? 3 : 2
    let operations = 2e-12 * Double(graph.multiplicationCount) * Double(passes * steps)
    let hours = operations / 0.14 / 3600
    let duration =
      hours < 1 ? String(format: "%.0f minutes", max(60 * hours, 1)) : String(format: "%.1f hours", hours)
    return
      "image.inpaint takes \(steps) steps with gradients, \(taken) for each of \(samples) samples: "
      + String(format: "%.3g", operations)
      + " TFLOP in all. Two cores that compute 140 GFLOP a second need \(duration); a GPU (engine torch:cuda) far less"
  }
}
