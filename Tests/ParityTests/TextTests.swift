import Diffusion
import Foundation
import OpenVINO
import Tensors
import Testing

@Suite("The reference pipeline's pictures, by text")
struct TextTests {
  private let runtime = DiffusionRuntime { _ in try OpenVINOEngine() }

  @Test(
    "denoisers that see the scene and such that it is blended for, begun from noise or from the scene, with every sampler",
    arguments: [
      "text", "text-started", "text-blended", "text-blended-euler", "text-blended-dpm", "text-blended-unipc",
      "text-velocity",
    ])
  func pictures(name: String) async throws { try await expectSame(name) }

  @Test(
    "the same weights give the same pictures from a single file of Stable Diffusion 1's or 2's layout",
    arguments: ["text", "text-velocity"])
  func singleFile(name: String) async throws { try await expectSame(name, "original.safetensors") }

  @Test("a single file is converted into a folder, its tokenizer with it")
  func converted() async throws {
    try await ReferenceCase("text").withModel("original.safetensors") { path in
      let place = FileManager.default.temporaryDirectory.appending(path: "converted-\(UUID().uuidString)")
        .path
      defer { try? FileManager.default.removeItem(atPath: place) }
      try ModelConversion(path: path).write(to: place)
      var made: [DenoiserConditioning] = []
      for folder in [path, place] {
        let encoding = try TextEncoding(DiffusionModel(path: folder), ComputeOptions(.f32), runtime: runtime)
        made.append(try await encoding.conditioning("a red cat", negative: "!"))
      }
      #expect(made[0] == made[1])
      #expect(try ModelInspection(path: place).isWhole)
    }
  }

  @Test("Blended Latent Diffusion as its authors run it: begun from noise alone, blended with fresh noise")
  func blendedLatentDiffusion() async throws {
    try await expectSame("text-blended-fresh") { options in
      (options.blending, options.start, options.sceneLatents) = (.freshNoise, .noise, .mean)
      options.maskResampling = .middle
    }
  }

  private func expectSame(
    _ name: String, _ layout: String? = nil,
    _ change: (inout InpaintingOptions) -> Void = { _ in }
  ) async throws {
    let reference = try ReferenceCase(name)
    let prompt = try #require(reference.prompt)
    try await reference.withModel(layout) { path in
      let model = try DiffusionModel(path: path)
      let encoding = try TextEncoding(model, ComputeOptions(.f32), runtime: runtime)
      let conditioning = try await encoding.conditioning(
        prompt.text, negative: prompt.negative, skipped: prompt.skipped)
      try expectClose(conditioning.context.floats, reference.tensor("context").floats, "context")
      if reference.guidance != 1 {
        try expectClose(
          conditioning.unconditional.floats, reference.tensor("unconditional").floats, "unconditional")
      }
      var options = InpaintingOptions()
      (options.steps, options.guidance, options.eta) = (reference.steps, reference.guidance, reference.eta)
      (options.seed, options.samples, options.strength) = (
        reference.seed, reference.samples, reference.strength
      )
      (options.blending, options.sceneLatents) = (nil, .sample)
      change(&options)
      try await reference.expectSame(model, options, conditioning, startingAt: "start", runtime)
    }
  }
}
