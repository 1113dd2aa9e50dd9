import Diffusion
import EngineTesting
import Foundation
import Tensors
import Testing

@Suite("the tiny decoder")
struct TinyDecoderTests {
  private static let folder = fixtures.appending(path: "tiny").path

  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test("it decodes as diffusers' AutoencoderTiny does", arguments: TestedEngine.allCases)
  func parity(engine: TestedEngine) async throws {
    let tensors = try SafetensorsFixture("tiny.tensors")
    let (latent, expected) = (try tensors["latent"], try tensors["picture"])
    var network = try TinyDecoder(weightsAt: Self.folder)
    #expect(network.blocks == [2, 1, 0, 1] && network.channels == 8 && network.scale == 8)
    (network.height, network.width) = (latent.shape[2], latent.shape[3])
    let executable = try await engine.make().compile(
      network.graph(network.weights(at: Self.folder)), options: .init(precision: .f32))
    let picture = try #require(try await executable.run(["latent": latent])["picture"])
    #expect(picture.shape == expected.shape)
    let largest = expected.floats.map(abs).max()!
    #expect(zip(picture.floats, expected.floats).allSatisfy { abs($0 - $1) <= 2e-4 * largest })
  }

  @Test("of the published shape it asks for the decoder's weights in the published file")
  func names() throws {
    let list = WeightList()
    _ = try TinyDecoder().graph(list)
    let names = list.shapes.map { "\($0) \($1)\n" }.sorted().joined()
    #expect(
      names
        == (try String(contentsOf: fixtures.appendingPathComponent("tiny.names.txt"), encoding: .utf8)))
  }

  @Test(
    "its author's file of a decoder alone, whose layers are counted from the bounding of latents, is the same"
  )
  func authorsNames() throws {
    try inFolder { folder in
      let network = try TinyDecoder(weightsAt: Self.folder)
      let weights = try network.weights(at: Self.folder)
      var alone = weights
      alone.tensors = [:]
      for (name, tensor) in weights.tensors {
        let parts = name.dropFirst("decoder.layers.".count).split(separator: ".", maxSplits: 1)
        alone.tensors["\(Int(parts[0])! + 1).\(parts[1])"] = tensor
      }
      let file = folder.appending(path: "taesd_decoder.safetensors").path
      try alone.write(to: file)
      let found = try TinyDecoder(weightsAt: file)
      #expect(found == network)
      #expect(try found.weights(at: file).tensors.mapValues(\.shape) == weights.tensors.mapValues(\.shape))
    }
  }

  @Test("a configuration that asks for another network or for what is not supported is refused by name")
  func refusals() throws {
    try inFolder { folder in
      let weights = "diffusion_pytorch_model.safetensors"
      try FileManager.default.copyItem(
        at: URL(filePath: Self.folder).appending(path: weights), to: folder.appending(path: weights))
      for (text, word) in [
        (#"{"_class_name": "AutoencoderKL"}"#, "AutoencoderTiny"),
        (#"{"upsample_fn": "bilinear"}"#, "upsample_fn"), (#"{"shift_factor": 0.5}"#, "shift_factor"),
        (#"{"gates": true}"#, "gates"),
      ] {
        try Data(text.utf8).write(to: folder.appending(path: "config.json"))
        let error = #expect(throws: CheckpointError.self) { try TinyDecoder(weightsAt: folder.path) }
        #expect(error?.description.contains(word) == true)
      }
    }
  }
}
