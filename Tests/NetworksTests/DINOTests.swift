import Diffusion
import EngineTesting
import Foundation
import Tensors
import Testing

@Suite("DINO and DINOv2")
struct DINOTests {
  private func network(_ name: String) throws -> (DINO, Checkpoint) {
    let path = fixtures.appendingPathComponent("\(name).weights.safetensors").path
    var network = try DINO(weightsAt: path)
    network.size = try SafetensorsFixture(name + ".tensors")["picture"].shape[3]
    return (network, try network.weights(at: path))
  }

  @Test(
    "the class token is that of transformers, DINOv2's with positions of another size",
    arguments: ["dino", "dinov2"], TestedEngine.allCases)
  func token(name: String, engine: TestedEngine) async throws {
    let tensors = try SafetensorsFixture(name + ".tensors")
    let (network, weights) = try network(name)
    #expect(network.depth == 1 && network.width == 64 && network.hasLayerScale == (name == "dinov2"))
    let executable = try await engine.make().compile(
      network.graph(weights), options: .init(precision: .f32))
    let token = try #require(try await executable.run(["picture": tensors["picture"]])["token"])
    let expected = try tensors["token"]
    #expect(token.shape == expected.shape)
    let worst = zip(token.floats, expected.floats).map { abs($0 - $1) }.max()!
    #expect(worst <= 2e-4 * expected.floats.map(abs).max()!, "off by \(worst)")
  }

  @Test("the authors' names lead to the same weights, a joint query-key-value matrix to its thirds")
  func authorsNames() throws {
    let (network, weights) = try network("dinov2")
    let matrix = try #require(weights["encoder.layer.0.mlp.fc1.weight"])
    let bias = try #require(weights["layernorm.bias"])
    // 128 rows are no three thirds; 126 are.
    let joint = matrix.rows(0..<126)
    let renamed = network.named(
      Checkpoint(tensors: [
        "blocks.3.attn.qkv.weight": joint, "blocks.3.attn.proj.weight": matrix, "blocks.3.ls2.gamma": bias,
        "blocks.3.norm1.bias": bias, "cls_token": bias, "mask_token": bias, "norm.bias": bias,
        "blocks.3.mlp.w12.weight": matrix,
      ]))
    let place = "encoder.layer.3."
    #expect(
      Set(renamed.tensors.keys) == [
        place + "attention.attention.query.weight", place + "attention.attention.key.weight",
        place + "attention.attention.value.weight", place + "attention.output.dense.weight",
        place + "layer_scale2.lambda1", place + "norm1.bias", "embeddings.cls_token", "layernorm.bias",
        place + "mlp.w12.weight",
      ])
    let values = try #require(renamed[place + "attention.attention.value.weight"]?.floats())
    #expect(values == matrix.rows(84..<126).floats())
  }
}
