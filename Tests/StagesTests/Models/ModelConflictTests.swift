import Diffusion
import Foundation
import PipelineKit
import Testing

@testable import Stages

/// What a model does not allow is known when a document is planned, not in the middle of its run.
@Suite("Models that stages cannot use")
struct ModelConflictTests {
  private static let model = fixture("base")
  private static func fixture(_ name: String) -> URL {
    URL(filePath: #filePath).appending(path: "../../../ParityTests/Fixtures/\(name)/model")
      .standardizedFileURL
  }

  /// The model with changed settings: a file, a member and its value in JSON.
  private func withModel(
    _ changes: [(file: String, member: String, value: String)] = [], of source: URL = Self.model,
    _ body: (URL) throws -> Void
  ) throws {
    let place = FileManager.default.temporaryDirectory.appending(path: "model-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: place) }
    try FileManager.default.copyItem(at: source, to: place)
    for (file, member, value) in changes {
      let url = place.appending(path: file)
      var text = try String(contentsOf: url, encoding: .utf8)
      text = text.replacing(try Regex("\\s*\"\(member)\":[^,}\\]]*,"), with: "")
      let start = try #require(text.firstIndex(of: "{"))
      text.insert(contentsOf: "\"\(member)\": \(value),", at: text.index(after: start))
      try Data(text.utf8).write(to: url)
    }
    try body(place)
  }

  /// Of the stage's defaults, with resources bound as a plan binds them.
  private func conflict<S: Stage>(
    _ stage: S.Type, _ model: URL?, _ settings: [String: JSONValue] = [:]
  ) throws -> ParameterConflict? {
    var complete: [String: Setting] = [:]
    for parameter in S.Parameters.descriptors {
      complete[parameter.name] = parameter.defaultValue.map(Setting.value)
    }
    for (name, word) in [("model", "m"), ("engine", "openvino"), ("precision", "f32")] {
      complete[name] = .resource(BoundResource(name: word, location: name == "model" ? model : nil))
    }
    return try S.Parameters(settings: complete.merging(settings.mapValues(Setting.value)) { $1 }).conflict()
  }

  @Test(
    "a stage minds only the weights that it reads",
    arguments: [
      "gone", "version https://git-lfs.github.com/spec/v1\noid sha256:a\nsize 12\n", "<!DOCTYPE html>",
    ])
  func weightsOfOthers(content: String) throws {
    try withModel { place throws in
      let weights = place.appending(path: "unet/diffusion_pytorch_model.safetensors")
      try FileManager.default.removeItem(at: weights)
      if content != "gone" { try Data(content.utf8).write(to: weights) }
      let finder = ModelFinder(ModelSearch(explicit: [], environment: [:]), memory: nil)
      #expect(try finder.find("./m", file: { place }).location?.path == place.path)
      #expect(try conflict(EncodeLatent.self, place) == nil && conflict(DecodeLatent.self, place) == nil)
      #expect(try conflict(EncodeExemplar.self, place) == nil)
      #expect(try conflict(InpaintLatent.self, place)?.message.contains("/unet") == true)
    }
  }

  @Test("everything that painting does not support is said at once")
  func allAtOnce() throws {
    try withModel([
      ("unet/config.json", "resnet_time_scale_shift", "\"scale_shift\""),
      ("unet/config.json", "center_input_sample", "true"),
      ("vae/config.json", "shift_factor", "0.1"),
      ("scheduler/scheduler_config.json", "solver_order", "3"),
      ("scheduler/scheduler_config.json", "thresholding", "true"),
      ("feature_extractor/preprocessor_config.json", "resample", "2"),
    ]) { place throws in
      let painting = try #require(try conflict(InpaintLatent.self, place))
      for word in ["resnet_time_scale_shift", "center_input_sample", "shift_factor", "thresholding"] {
        #expect(painting.message.contains(word), "\(painting.message)")
      }
      #expect(painting.parameter == "model")
      #expect(try conflict(EncodeExemplar.self, place)?.message.contains("resample") == true)
      #expect(try conflict(MeasureEncoderSimilarity.self, place)?.message.contains("resample") == true)
      #expect(try conflict(DecodeLatent.self, place)?.message.contains("shift_factor") == true)
      #expect(try conflict(EncodeLatent.self, place)?.message.contains("shift_factor") == true)
    }
  }

  @Test("a sampler that cannot follow the model's schedule is known, and only when it is asked for")
  func samplers() throws {
    try withModel([("scheduler/scheduler_config.json", "solver_order", "3")]) { place throws in
      #expect(try conflict(InpaintLatent.self, place) == nil)
      for sampler in ["dpm++2m", "unipc"] {
        let found = try conflict(InpaintLatent.self, place, ["sampler": .string(sampler)])
        #expect(found?.message.contains("solver_order") == true)
      }
      #expect(try conflict(InpaintLatent.self, place, ["steps": 1000, "sampler": "pndm"]) != nil)
    }
  }

  @Test("what keeps a model from being painted with by text is said at once")
  func text() throws {
    let source = Self.fixture("text")
    #expect(try conflict(EncodeText.self, source, ["prompt": "a cat", "truncate": false]) == nil)
    let long = JSONValue.string(String(repeating: "a cat ", count: 20))
    #expect(try conflict(EncodeText.self, source, ["prompt": long]) == nil)
    for name in ["prompt", "negative"] {
      let settings: [String: JSONValue] = ["prompt": "", "truncate": false].merging([name: long]) { $1 }
      let found = try conflict(EncodeText.self, source, settings)
      #expect(found?.parameter == name && found?.message.hasSuffix("a cat a cat") == true, "\(found as Any)")
    }
    try withModel(
      [
        ("unet/config.json", "cross_attention_dim", "7"),
        ("text_encoder/config.json", "use_attention_mask", "false"),
      ], of: source
    ) { place throws in
      let config = place.appending(path: "text_encoder/config.json")
      let text = try String(contentsOf: config, encoding: .utf8)
      try Data(text.replacing(/"vocab_size": \d+/, with: "\"vocab_size\": 99").utf8).write(to: config)
      let found = try #require(try conflict(EncodeText.self, place, ["prompt": "x", "clipSkip": 3]))
      #expect(found.parameter == "model")
      for words in [
        "ids up to", "knows 99 tokens", "3 layers, of which 3 cannot be left out",
        "makes tokens 12 wide, its denoiser takes tokens of 7",
      ] { #expect(found.message.contains(words), "\(found.message)") }
      try FileManager.default.removeItem(at: place.appending(path: "tokenizer/merges.txt"))
      #expect(
        try conflict(EncodeText.self, place, ["prompt": "x"])?.message.contains("tokenizer/merges.txt")
          == true)
    }
    try withModel([("text_encoder/config.json", "use_attention_mask", "true")], of: source) { place throws in
      let found = try conflict(EncodeText.self, place, ["prompt": "x"])
      #expect(found?.message.contains("use_attention_mask") == true)
    }
    #expect(
      try conflict(EncodeText.self, Self.model, ["prompt": "x"])?.message.contains("no text encoder") == true)
  }

  @Test("a share of the steps that is no step is refused by name")
  func strength() throws {
    let found = try conflict(InpaintLatent.self, Self.model, ["strength": 0.1, "steps": 9])
    #expect(found?.parameter == "strength")
    #expect(try conflict(InpaintLatent.self, Self.model, ["strength": 0.1, "steps": 10]) == nil)
  }

  @Test("a stage minds only what it uses, and nothing before a plan has found the model")
  func onlyItsOwn() throws {
    try withModel([("unet/config.json", "center_input_sample", "true")]) { place throws in
      #expect(try conflict(DecodeLatent.self, place) == nil)
      #expect(try conflict(EncodeExemplar.self, place) == nil)
      #expect(
        try conflict(EncodeExemplar.self, place, ["tokens": "embedding"])?.message.contains("no plain")
          == true)
      #expect(try conflict(InpaintLatent.self, place) != nil)
    }
    #expect(try conflict(DecodeLatent.self, nil) == nil)
  }
}
