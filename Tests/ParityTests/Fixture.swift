import Diffusion
import Foundation
import Imaging
import PipelineKit
import Tensors
import Testing

@testable import Stages

/// A case that the reference pipeline ran: what went in, what came out on the way, and the finished pictures.
/// `Scripts/fixtures/pipelines.py` and
/// `inpainting.py` write them.
struct ReferenceCase {
  let folder: URL
  let seed: Int
  let steps: Int
  let guidance: Float
  let eta: Float
  let samples: Int
  /// Of a case that is painted by text.
  let prompt: (text: String, negative: String, skipped: Int)?
  let strength: Double
  /// Every how many steps deep layers were computed, and where the denoiser was cut.
  let cache: (interval: Int, branch: Int)
  private let model: String
  private let expected: Checkpoint

  init(_ name: String) throws {
    folder = Self.fixtures.appending(path: name)
    let json = try JSONValue(
      parsing: String(contentsOf: folder.appending(path: "case.json"), encoding: .utf8))
    seed = try #require(json["seed"]?.integer)
    steps = try #require(json["steps"]?.integer)
    guidance = Float(try #require(json["guidance"]?.number))
    eta = Float(try #require(json["eta"]?.number))
    samples = try #require(json["images"]?.integer)
    prompt = json["prompt"]?.string.map {
      ($0, json["negative"]?.string ?? "", json["clipSkip"]?.integer ?? 0)
    }
    strength = json["strength"]?.number ?? 1
    cache = (json["cacheInterval"]?.integer ?? 1, json["cacheBranch"]?.integer ?? 0)
    model = try #require(json["model"]?.string)
    expected = try Checkpoint(contentsOf: folder.appending(path: "expected.safetensors").path)
  }

  /// Whether it begins with the scene rather than with noise alone.
  var isStarted: Bool { strength < 1 }

  /// A tensor the reference made.
  func tensor(_ name: String) throws -> Tensor { try #require(expected.tensor(name), "no tensor \(name)") }

  func picture(_ name: String) throws -> Picture {
    Picture(try Image.load(from: folder.appending(path: name + ".png").path))
  }

  func mask() throws -> Mask {
    let image = try Image.load(from: folder.appending(path: "mask.png").path)
    return try Mask(image.extractingBands(from: 0).tagged(as: .grey))
  }

  /// Runs a closure with the path of the case's model, its scheduler replaced by the case's own if it has one.
  ///
  /// - Parameter layout: `model`, `model-bin`, `model.ckpt` or `original.safetensors`; nil for the case's.
  func withModel<Result>(_ layout: String? = nil, _ body: (String) async throws -> Result) async throws
    -> Result
  {
    let place = FileManager.default.temporaryDirectory.appending(path: "model-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: place) }
    let source = folder.appending(path: layout ?? model).standardizedFileURL
    if source.pathExtension == "ckpt" {
      try FileManager.default.copyItem(at: source.appendingPathExtension("configs"), to: place)
      try FileManager.default.copyItem(at: source, to: place.appending(path: "model.ckpt"))
    } else if source.pathExtension == "safetensors" {
      try FileManager.default.copyItem(at: folder.appending(path: "model"), to: place)
      for file in ["unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model", "text_encoder/model"] {
        try FileManager.default.removeItem(at: place.appending(path: file + ".safetensors"))
      }
      try FileManager.default.copyItem(at: source, to: place.appending(path: "original.safetensors"))
    } else {
      try FileManager.default.copyItem(at: source, to: place)
    }
    let scheduler = folder.appending(path: "scheduler_config.json")
    if FileManager.default.fileExists(atPath: scheduler.path) {
      let target = place.appending(path: "scheduler/scheduler_config.json")
      try FileManager.default.removeItem(at: target)
      try FileManager.default.copyItem(at: scheduler, to: target)
    }
    return try await body(place.path)
  }

  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
}

/// Fails where two lists of numbers differ in length, or by more than 2·10⁻⁴ of the largest expected.
func expectClose(
  _ values: [Float], _ expected: [Float], within tolerance: Float = 2e-4, _ what: String = "",
  sourceLocation: Testing.SourceLocation = #_sourceLocation
) {
  #expect(values.count == expected.count, "\(what)", sourceLocation: sourceLocation)
  guard values.count == expected.count else { return }
  let scale = expected.map(abs).max() ?? 0
  let worst = zip(values, expected).map { abs($0 - $1) }.max() ?? 0
  #expect(worst <= tolerance * scale, "\(what) is off by \(worst / scale)", sourceLocation: sourceLocation)
}
