import Diffusion
import EngineTesting
import Foundation
import Tensors
import Testing

@Suite("a whole CLIP")
struct CLIPTests {
  private static let folder = fixtures.appendingPathComponent("clip").path

  @Test("the embedding of a picture is that of transformers", arguments: TestedEngine.allCases)
  func pictures(engine: TestedEngine) async throws {
    let tensors = try SafetensorsFixture("clip.tensors")
    let network = try CLIPPictureEmbedding(weightsAt: Self.folder)
    let executable = try await engine.make().compile(
      network.graph(network.weights(at: Self.folder)), options: .init(precision: .f32))
    let embedding = try #require(try await executable.run(["exemplar": tensors["picture"]])["embedding"])
    try expectClose(embedding, tensors["picture.embedding"])
  }

  @Test("the embedding of a text is that of transformers", arguments: TestedEngine.allCases)
  func texts(engine: TestedEngine) async throws {
    let network = try CLIPTextEmbedding(weightsAt: Self.folder)
    let executable = try await engine.make().compile(
      network.graph(network.weights(at: Self.folder)), options: .init(precision: .f32))
    let words = try network.words("A c", tokenizer: Self.folder)
    #expect(words.ids == [3, 0, 2, 4, 4, 4, 4] && words.count == 2)
    let embedding = try #require(try await executable.run(network.inputs(words))["embedding"])
    try expectClose(embedding, SafetensorsFixture("clip.tensors")["text.embedding"])
  }

  @Test("a region is brought to CLIP's size as torchvision's Resize brings a tensor")
  func region() throws {
    let pixels = SeededNumbers.picture(seed: 5, width: 50, height: 23)
    let tensor = ImagePreprocessing().bilinear(pixels, width: 50, height: 23, size: 16)
    try expectClose(tensor, SafetensorsFixture("clip.tensors")["region"])
  }

  private func expectClose(_ tensor: Tensor, _ expected: Tensor) throws {
    #expect(tensor.shape == expected.shape)
    let worst = zip(tensor.floats, expected.floats).map { abs($0 - $1) }.max()!
    #expect(worst <= 1e-4 * expected.floats.map(abs).max()!, "off by \(worst)")
  }
}
