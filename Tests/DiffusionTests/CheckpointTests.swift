import CheckpointFuzzing
import Diffusion
import Foundation
import Testing

@Suite("checkpoints")
struct CheckpointTests {
  static func shard(_ names: [String]) -> Data {
    let entries = names.enumerated().map { index, name -> String in
      let entry = SafetensorsTests.entry("[1]", "[\(4 * index),\(4 * index + 4)]", type: "F32")
      return #""\#(name)":\#(entry)"#
    }
    return SafetensorsTests.file("{\(entries.joined(separator: ","))}", data: 4 * names.count)
  }

  static func index(_ map: [String: String]) -> Data {
    let members = map.map { #""\#($0)":"\#($1)""# }
    return Data(#"{"metadata":{"total_size":8},"weight_map":{\#(members.joined(separator: ","))}}"#.utf8)
  }

  /// Writes two shards and an index, then opens the index.
  func open(_ map: [String: String], first: [String] = ["a", "b"], second: [String] = ["c"]) throws
    -> Checkpoint
  {
    try Fixtures.withFolder { folder in
      try Self.shard(first).write(to: folder.appending(path: "1.safetensors"))
      try Self.shard(second).write(to: folder.appending(path: "2.safetensors"))
      let path = folder.appending(path: "model.safetensors.index.json")
      try Self.index(map).write(to: path)
      return try Checkpoint(contentsOf: path.path)
    }
  }

  let sound = ["a": "1.safetensors", "b": "1.safetensors", "c": "2.safetensors"]

  @Test("shards are one checkpoint, and stay mapped after their files are gone")
  func shards() throws {
    let checkpoint = try open(sound)
    #expect(checkpoint.tensors.keys.sorted() == ["a", "b", "c"])
    #expect(checkpoint.files.count == 2)
    #expect(checkpoint["c"]?.floats() == [0])
  }

  @Test("an index that does not agree with its shards is refused")
  func disagreeing() throws {
    for (key, value) in [("a", "2.safetensors"), ("d", "1.safetensors"), ("a", "../1.safetensors")] {
      let error = #expect(throws: CheckpointError.self) {
        try open(sound.merging([key: value]) { $1 })
      }
      #expect(error?.reason == .indexMismatch)
    }
    #expect(throws: CheckpointError.self) { try open(sound.filter { $0.key != "a" }) }
    #expect(throws: CheckpointError.self) { try open(sound.merging(["c": "3.safetensors"]) { $1 }) }
  }

  @Test("a component folder prefers safetensors without a variant, and takes a variant only on request")
  func folders() throws {
    try Fixtures.withFolder { folder in
      let zip = ZipBuilder(pickle: PickleText.tensor(), storages: ["0": Data(count: 24)])
      try zip.data.write(to: folder.appending(path: "diffusion_pytorch_model.bin"))
      #expect(try Checkpoint(component: folder.path)["w"] != nil)
      let error = #expect(throws: CheckpointError.self) {
        try Checkpoint(component: folder.path, variant: "fp16")
      }
      #expect(error?.detail.contains("it holds diffusion_pytorch_model.bin") == true)
      try Self.shard(["half"]).write(
        to: folder.appending(path: "diffusion_pytorch_model.fp16.safetensors"))
      try Self.shard(["full"]).write(to: folder.appending(path: "diffusion_pytorch_model.safetensors"))
      #expect(try Checkpoint(component: folder.path)["full"] != nil)
      #expect(try Checkpoint(component: folder.path, variant: "fp16")["half"] != nil)
    }
  }

  @Test("the original names become diffusers' as diffusers' own converters rename them")
  func originalNames() throws {
    let original = try OriginalLayout(try Fixtures.checkpoint("original-names.safetensors"))
    let expected = try Fixtures.checkpoint("diffusers-names.safetensors")
    let components = [
      ("unet", original.unet), ("vae", original.vae), ("image_encoder", original.imageEncoder),
    ]
    var found: [String: CheckpointTensor] = [:]
    for (component, checkpoint) in components {
      for (name, tensor) in checkpoint.tensors { found["\(component)/\(name)"] = tensor }
    }
    var wanted: [String: CheckpointTensor] = [:]
    for (name, tensor) in expected.tensors {
      // The fixture's tower has the names that transformers writes from version 5 on.
      let published = name.replacing("image_encoder/model.", with: "image_encoder/model.vision_model.")
      wanted[published] = tensor
    }
    #expect(Set(found.keys) == Set(wanted.keys))
    for (name, tensor) in wanted {
      #expect(found[name]?.shape == tensor.shape, "\(name)")
      #expect(found[name]?.bytes == tensor.bytes, "\(name)")
    }
    #expect(original.ignored == ["betas"])
  }

  @Test("names of old and of new files become the names of today")
  func otherNames() throws {
    let old = try Fixtures.withFile(
      Self.shard([
        "encoder.mid_block.attentions.0.query.weight", "decoder.mid_block.attentions.0.proj_attn.bias",
      ]),
      ending: "safetensors"
    ) { try Checkpoint(contentsOf: $0).withCurrentVAENames() }
    #expect(
      old.tensors.keys.sorted() == [
        "decoder.mid_block.attentions.0.to_out.0.bias", "encoder.mid_block.attentions.0.to_q.weight",
      ])
    let new = try Fixtures.withFile(
      Self.shard(["model.encoder.layers.0.mlp.fc1.bias", "mapper.blocks.0.norm1.bias"]), ending: "safetensors"
    ) { try Checkpoint(contentsOf: $0).withCurrentNames(of: .vision) }
    #expect(
      new.tensors.keys.sorted() == [
        "mapper.blocks.0.norm1.bias", "model.vision_model.encoder.layers.0.mlp.fc1.bias",
      ])
  }

  @Test("a name with a component's prefix but no place in it is an error that lists it")
  func unknownNames() throws {
    let data = Self.shard(["model.diffusion_model.extra.weight", "cond_stage_model.odd", "model_ema.decay"])
    try Fixtures.withFile(data, ending: "safetensors") { path in
      let checkpoint = try Checkpoint(contentsOf: path)
      let error = #expect(throws: CheckpointError.self) { try OriginalLayout(checkpoint) }
      #expect(error?.detail.contains("cond_stage_model.odd, model.diffusion_model.extra.weight") == true)
    }
  }

  @Test("missing, extra and mis-shaped weights are listed all at once")
  func expectations() throws {
    let weights = try Fixtures.checkpoint("weights.safetensors")
    let expectation = WeightExpectation(
      component: "unet",
      shapes: ["base": [4, 6, 1, 1], "rows": [6, 2], "long": [2], "absent": [3], "gone": []])
    let mismatch = #expect(throws: WeightMismatch.self) { try expectation.fitted(weights) }
    #expect(mismatch?.missing == ["absent", "gone"])
    #expect(mismatch?.misshapen == ["long is I64, no weight's type", "rows is [2, 6], not [6, 2]"])
    #expect(mismatch?.extra.count == weights.tensors.count - 3)
    #expect(mismatch?.description.contains("2 missing: absent, gone") == true)
  }

  @Test("of the names of another network's weights the first are said, and all are counted")
  func manyNames() throws {
    let names = (100..<425).map { "layer.\($0).weight" }
    let expectation = WeightExpectation(
      component: "unet", shapes: Dictionary(uniqueKeysWithValues: names.map { ($0, [2]) }))
    let mismatch = #expect(throws: WeightMismatch.self) {
      try expectation.fitted(try Fixtures.checkpoint("weights.safetensors"))
    }
    #expect(mismatch?.missing == names)
    #expect(mismatch?.description.contains("325 missing: layer.100.weight, layer.101.weight, ") == true)
    #expect(mismatch?.description.contains("layer.119.weight and 305 more") == true)
  }

  @Test("a matrix is taken for a 1×1 convolution and the other way round")
  func squeezed() throws {
    let base = try Fixtures.checkpoint("weights.safetensors").tensors.filter { $0.key == "base" }
    let expectation = WeightExpectation(component: "vae", shapes: ["base": [4, 6, 1, 1]])
    #expect(try expectation.fitted(Checkpoint(tensors: base))["base"]?.shape == [4, 6, 1, 1])
  }

  @Test("a damaged file is refused or read, and never crashes the reader")
  func fuzz() throws {
    try Fixtures.withFolder { folder in
      var fuzzer = try CheckpointFuzzer(fixtures: Fixtures.folder, scratch: folder, seed: 20_240_229)
      for _ in 0..<1500 { try fuzzer.step() }
      #expect(fuzzer.outcomes.keys.count > 12, "the damage reaches many checks: \(fuzzer.outcomes)")
    }
  }
}
