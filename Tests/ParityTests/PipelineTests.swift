import Diffusion
import Foundation
import Imaging
import OpenVINO
import PipelineKit
import Tensors
import Testing
import Torch

@testable import Stages

@Suite("The reference pipeline's pictures")
struct PipelineTests {
  private let runtime = DiffusionRuntime { _ in try OpenVINOEngine() }

  @Test("the exemplar's context and its unconditional twin", arguments: ["base", "wide", "odd"])
  func context(name: String) async throws {
    let reference = try ReferenceCase(name)
    try await reference.withModel { path in
      let model = try DiffusionModel(path: path)
      let encoding = try ExemplarEncoding(model, ComputeOptions(.f32), runtime: runtime)
      let image = try reference.picture("exemplar").image
      let pixels = try model.preprocessing().exemplar(
        image.pixels(as: UInt8.self), width: image.width, height: image.height, size: encoding.imageSize,
        convention: .diffusers)
      try expectClose(pixels.floats, reference.tensor("pixels").floats, within: 1e-6, "preprocessing")
      let condition = try await encoding.conditioning(pixels, tokens: .classToken)
      try expectClose(condition.context.floats, reference.tensor("context").floats, "context")
      try expectClose(
        condition.unconditional.floats, reference.tensor("unconditional").floats, "unconditional")
    }
  }

  @Test(
    "every sampler, size, precision of the files and number of samples gives the reference's latents and pictures",
    arguments: ["base", "wide", "odd", "batch", "euler", "ancestral", "unipc"])
  func pictures(name: String) async throws {
    let reference = try ReferenceCase(name)
    try await reference.withModel { try await expectSame(reference, model: $0) }
  }

  @Test(
    "with features used again between steps, latents and pictures are those of the authors of DeepCache",
    arguments: ["cached-shallow", "cached-deep"])
  func cached(name: String) async throws {
    let reference = try ReferenceCase(name)
    try await reference.withModel { try await expectSame(reference, model: $0) }
  }

  @Test(
    "the same weights give the same pictures from every layout: .safetensors, .bin and the authors' .ckpt",
    arguments: ["model-bin", "model.ckpt"])
  func layouts(layout: String) async throws {
    let reference = try ReferenceCase("base")
    try await reference.withModel(layout) { try await expectSame(reference, model: $0) }
  }

  @Test(
    "a model with CLIP's projection gives its plain picture embedding, and one with a mapper says it has none"
  )
  func embedding() async throws {
    let networks = ReferenceCase.fixtures.appending(path: "../../NetworksTests/Fixtures")
    let tensors = try Checkpoint(contentsOf: networks.appending(path: "embedding.tensors.safetensors").path)
    let exemplar = try #require(tensors.tensor("exemplar"))
    let reference = try ReferenceCase("base")
    try await reference.withModel { path in
      let mapper = try ExemplarEncoding(DiffusionModel(path: path), ComputeOptions(.f32), runtime: runtime)
      await #expect(throws: InpaintingError.self) { try await mapper.embedding(exemplar) }

      let folder = URL(filePath: path).appending(path: "image_encoder")
      for (source, target) in [("json", "config.json"), ("weights.safetensors", "model.safetensors")] {
        try FileManager.default.removeItem(at: folder.appending(path: target))
        try FileManager.default.copyItem(
          at: networks.appending(path: "embedding.\(source)"), to: folder.appending(path: target))
      }
      var config = try String(contentsOf: folder.appending(path: "config.json"), encoding: .utf8)
      config.insert(
        contentsOf: "\"architectures\": [\"CLIPVisionModelWithProjection\"],",
        at: config.index(after: config.startIndex))
      try config.write(to: folder.appending(path: "config.json"), atomically: true, encoding: .utf8)
      let model = try DiffusionModel(path: path)
      let encoding = try ExemplarEncoding(
        model, ComputeOptions(.f32), runtime: DiffusionRuntime { _ in try OpenVINOEngine() })
      let condition = try await encoding.embedding(exemplar)
      try expectClose(condition.context.floats, #require(tensors.tensor("embedding")).floats, "embedding")
      #expect(condition.unconditional.floats.allSatisfy { $0 == 0 })
      await #expect(throws: InpaintingError.self) {
        try await encoding.conditioning(exemplar, tokens: .classToken)
      }
    }
  }

  @Test("the same bytes come out at any number of threads")
  func threads() async throws {
    let reference = try ReferenceCase("wide")
    try await reference.withModel { path in
      var results: [[Float]] = []
      for threads in [1, 2, 3] {
        let runtime = DiffusionRuntime(threads: threads) { _ in try OpenVINOEngine() }
        let coding = try LatentCoding(DiffusionModel(path: path), ComputeOptions(.f32), runtime: runtime)
        results.append(try await coding.encode(reference.picture("scene").image.planes(Monitor())))
      }
      #expect(results[0] == results[1])
      #expect(results[0] == results[2])
    }
  }

  @Test("libtorch paints the same pictures", arguments: ["base", "wide", "odd"])
  func torch(name: String) async throws {
    do {
      _ = try TorchEngine()
    } catch {
      try Test.cancel("\(error)")
    }
    let reference = try ReferenceCase(name)
    let runtime = DiffusionRuntime { _ in try TorchEngine() }
    try await reference.withModel { try await expectSame(reference, model: $0, runtime) }
  }

  private func expectSame(_ reference: ReferenceCase, model path: String) async throws {
    try await expectSame(reference, model: path, runtime)
  }

  private func expectSame(
    _ reference: ReferenceCase, model path: String, _ runtime: DiffusionRuntime
  ) async throws {
    let model = try DiffusionModel(path: path)
    var options = InpaintingOptions()
    (options.steps, options.guidance, options.eta) = (reference.steps, reference.guidance, reference.eta)
    (options.seed, options.samples) = (reference.seed, reference.samples)
    (options.cacheInterval, options.cacheBranch) = reference.cache
    let conditioning = DenoiserConditioning(
      context: try reference.tensor("context"), unconditional: try reference.tensor("unconditional"))
    try await reference.expectSame(model, options, conditioning, startingAt: "noise", runtime)
  }
}
