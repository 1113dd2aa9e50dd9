import Diffusion
import Imaging
import OpenVINO
import PipelineKit
import Tensors
import Testing

@testable import Stages

@Suite("ObjectStitch as its program runs it")
struct ObjectStitchTests {
  private let runtime = DiffusionRuntime { _ in try OpenVINOEngine() }

  @Test(
    "the object alone, all of its tokens, of several pictures one after the other, by DDIM",
    arguments: [("objectstitch", 1), ("objectstitch-several", 2)])
  func pictures(name: String, references: Int) async throws {
    let reference = try ReferenceCase(name)
    try await reference.withModel { path in
      let model = try DiffusionModel(path: path)
      let encoding = try ExemplarEncoding(model, ComputeOptions(.f32), runtime: runtime)
      var pixels: [Float] = []
      var parts: [DenoiserConditioning] = []
      for index in 0..<references {
        let mask = try reference.picture("exemplar-mask-\(index)").image.extractingBands(from: 0)
        let object = try reference.picture("exemplar-\(index)").image.withAlpha(mask)
        let exemplar = try object.exemplar(
          for: model, size: encoding.imageSize, convention: .objectStitch, background: 0, Monitor())
        pixels += exemplar.floats
        parts.append(try await encoding.conditioning(exemplar, tokens: .allTokens))
      }
      try expectClose(pixels, reference.tensor("pixels").floats, within: 1e-6, "preprocessing")
      let conditioning = DenoiserConditioning.joined(parts)
      try expectClose(conditioning.context.floats, reference.tensor("context").floats, "context")
      try expectClose(
        conditioning.unconditional.floats, reference.tensor("unconditional").floats, "unconditional")
      var options = InpaintingOptions()
      (options.sampler, options.steps, options.guidance) = (.ddim, reference.steps, reference.guidance)
      options.seed = reference.seed
      try await reference.expectSame(model, options, conditioning, startingAt: "noise", runtime)
    }
  }
}
