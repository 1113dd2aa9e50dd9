import Diffusion
import Foundation
import Imaging
import OpenVINO
import PipelineKit
import Testing

@testable import Stages

@Suite("Likeness by the image encoder")
struct EncoderSimilarityTests {
  private let runtime = DiffusionRuntime { _ in try OpenVINOEngine() }

  private func similarity(_ image: Image, _ exemplar: Image, within mask: Mask? = nil) async throws -> Double
  {
    let model = ReferenceCase.fixtures.appending(path: "base/model").path
    var settings: [String: Setting] = [:]
    for parameter in MeasureEncoderSimilarity.Parameters.descriptors {
      settings[parameter.name] = parameter.defaultValue.map(Setting.value)
    }
    for (name, word) in [("model", model), ("engine", "openvino"), ("precision", "f32")] {
      let location = name == "model" ? URL(filePath: model) : nil
      settings[name] = .resource(BoundResource(name: word, location: location))
    }
    var services = Services()
    services.set(runtime)
    let context = StageContext(
      stage: "trial", monitor: Monitor(), scratch: FileManager.default.temporaryDirectory, services: services)
    var inputs: [String: [any PortValue]] = ["image": [Picture(image)], "exemplar": [Picture(exemplar)]]
    inputs["mask"] = mask.map { [$0] }
    let stage = MeasureEncoderSimilarity(parameters: try .init(settings: settings))
    let report = try await stage.run(StageInputs(inputs), context)[MeasureEncoderSimilarity.report].json
    return try #require(report["similarity"]?.number)
  }

  private func picture(_ name: String) throws -> Image {
    try Image.load(from: ReferenceCase.fixtures.appending(path: "exemplars/\(name).png").path)
  }

  @Test(
    "an exemplar is like itself, in a larger picture, in 16 bits and under alpha; another is less like it")
  func likeness() async throws {
    let (exemplar, other) = (try picture("landscape"), try picture("portrait"))
    #expect(abs(try await similarity(exemplar, exemplar) - 100) < 1e-3)
    let apart = try await similarity(other, exemplar)
    #expect(apart < 99.9)

    let scene = try other.embedded(
      x: 0, y: 0, width: exemplar.width + 90, height: exemplar.height + 70, extending: .copy)
    let image = try scene.inserting(exemplar, x: 37, y: 11)
    let mask = try Mask(
      Image.filled(width: exemplar.width, height: exemplar.height, colour: [255])
        .embedded(x: 37, y: 11, width: image.width, height: image.height))
    #expect(abs(try await similarity(image, exemplar, within: mask) - 100) < 1e-3)
    #expect(try await similarity(image, exemplar) < 99.9)
    #expect(abs(try await similarity(image.rescaled(to: .uint16), exemplar, within: mask) - 100) < 1e-3)

    let half = try Image.filled(width: exemplar.width / 2, height: exemplar.height, colour: [255])
      .embedded(x: 0, y: 0, width: exemplar.width, height: exemplar.height)
    let cut = try exemplar.withAlpha(half)
    #expect(abs(try await similarity(cut, cut.flattened(over: [255])) - 100) < 1e-3)
    #expect(try await similarity(cut, exemplar) < 99.9)
  }

  @Test("the cosine is that of the angle, whatever the lengths")
  func cosine() {
    #expect(abs(EncoderSimilarity.similarity([3, 4], [6, 8]) - 100) < 1e-9)
    #expect(EncoderSimilarity.similarity([1, 0], [0, -7]) == 0)
    #expect(abs(EncoderSimilarity.similarity([1, 1], [-2, -2]) + 100) < 1e-9)
    #expect(EncoderSimilarity.similarity([0, 0], [1, 2]) == 0)
  }

  @Test("a model says the size it was trained at, if its configuration does")
  func size() throws {
    let base = try DiffusionModel(path: ReferenceCase.fixtures.appending(path: "base/model").path)
    #expect(try base.pictureSize == 8 * base.autoencoder().configuration.scale)
    let original = try DiffusionModel(path: ReferenceCase.fixtures.appending(path: "base/model.ckpt").path)
    #expect(try original.pictureSize == 512)
  }
}
