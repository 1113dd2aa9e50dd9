import Diffusion
import Foundation
import OpenVINO
import PipelineKit
import Tensors
import Testing

@testable import Stages

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

  @Test(
    "text and two exemplars by an IP-Adapter, base and Plus", arguments: ["ip-adapter", "ip-adapter-plus"])
  func adapters(name: String) async throws {
    let reference = try ReferenceCase(name)
    let adapter = reference.folder.appending(path: "adapter.safetensors").path
    let encoder = try DiffusionModel(path: reference.folder.appending(path: "image_encoder").path)
    let adapting = try ImageAdapting(encoder, adapter: adapter, ComputeOptions(.f32), runtime: runtime)
    let exemplars = try (0..<2).map { index in
      try reference.picture("exemplar-\(index)").image.exemplar(
        for: encoder, size: adapting.imageSize, convention: .diffusers, background: 255, Monitor())
    }
    let scale = name == "ip-adapter" ? 0.6 : 1
    let images = try await adapting.conditioning(exemplars, scale: Float(scale))
    try expectClose(images.tokens.floats, reference.tensor("images").floats, "images")
    try expectClose(
      images.unconditional.floats, reference.tensor("images.unconditional").floats, "images.unconditional")
    try await expectSame(name, images: images) { $0.adapter = adapter }

    // Neither goes without the other.
    await #expect(throws: InpaintingError.self) { try await expectSame(name) { $0.adapter = adapter } }
    await #expect(throws: InpaintingError.self) { try await expectSame(name, images: images) }
  }

  private func expectSame(
    _ name: String, _ layout: String? = nil, images: ImageConditioning? = nil,
    _ change: (inout InpaintingOptions) -> Void = { _ in }
  ) async throws {
    let reference = try ReferenceCase(name)
    let prompt = try #require(reference.prompt)
    try await reference.withModel(layout) { path in
      let model = try DiffusionModel(path: path)
      let encoding = try TextEncoding(model, ComputeOptions(.f32), runtime: runtime)
      var conditioning = try await encoding.conditioning(
        prompt.text, negative: prompt.negative, skipped: prompt.skipped)
      try expectClose(conditioning.context.floats, reference.tensor("context").floats, "context")
      if reference.guidance != 1 {
        try expectClose(
          conditioning.unconditional.floats, reference.tensor("unconditional").floats, "unconditional")
      }
      conditioning.images = images
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
