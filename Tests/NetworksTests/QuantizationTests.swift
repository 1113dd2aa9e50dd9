import EngineTesting
import Foundation
import Tensors
import Testing

@testable import Diffusion

@Suite("Quantised networks")
struct QuantizationTests {
  /// What `Scripts/fixtures/quantization.py` wrote: PyTorch's own quantisation.
  private let reference: Checkpoint

  init() throws {
    reference = try Checkpoint(contentsOf: fixtures.appending(path: "quantization.safetensors").path)
  }

  private func floats(_ name: String) throws -> [Float] { try #require(reference[name]?.floats(), "\(name)") }

  @Test("integers and scales of weights are those that PyTorch finds", arguments: ["convolution", "linear"])
  func weights(layer: String) throws {
    let weight = try #require(reference["\(layer).weight"])
    let expected = try #require(reference["\(layer).integers"]).withBytes { $0.map(Int8.init(bitPattern:)) }
    let (integers, scales) = QuantizedLayer.quantize(try #require(weight.floats()), channels: weight.shape[0])
    #expect(integers == expected)
    for (found, expected) in zip(scales, try floats("\(layer).scale")) where expected > 1e-6 {
      #expect(abs(found - expected) <= 1e-6 * expected)
    }
    #expect(scales.allSatisfy { $0 > 0 })
  }

  @Test(
    "the range of inputs is the one that PyTorch finds, zero in it exactly",
    arguments: ["convolution", "linear"])
  func ranges(layer: String) throws {
    let (extremes, bounds) = (try floats("\(layer).extremes"), try floats("\(layer).bounds"))
    let range = QuantizedLayer.range(holding: extremes[0], extremes[1])
    #expect(abs(range.lowerBound - bounds[0]) < 1e-5 && abs(range.upperBound - bounds[1]) < 1e-5)
    let zero = -range.lowerBound / (range.upperBound - range.lowerBound) * 255
    #expect(abs(zero - zero.rounded()) < 1e-3)
  }

  @Test(
    "ranges that hold nothing, or nothing below zero, are ranges",
    arguments: [(0, 0), (0, 3), (1, 3), (-2, -1)])
  func ranges(lowest: Float, highest: Float) {
    let range = QuantizedLayer.range(holding: lowest, highest)
    #expect(range.contains(0) && range.lowerBound < range.upperBound)
  }

  @Test(
    "a layer in 8 bits computes what PyTorch computes of rounded weights, and of rounded inputs",
    arguments: TestedEngine.allCases, ["convolution", "linear"])
  func layers(engine: TestedEngine, layer: String) async throws {
    // Without integers it is what processors get that would add them up wrongly.
    for allowsIntegers in [true, false] {
      try await compare(layer, on: engine, allowsIntegers)
    }
  }

  private func compare(_ layer: String, on engine: TestedEngine, _ allowsIntegers: Bool) async throws {
    let weights = Checkpoint(tensors: [
      "\(layer).weight": try #require(reference["\(layer).weight"]),
      "\(layer).bias": try #require(reference["\(layer).bias"]),
    ])
    let input = try #require(reference["\(layer).x"])
    let extremes = try floats("\(layer).extremes")
    let range = QuantizedLayer.range(holding: extremes[0], extremes[1])
    for (ranges, expected) in [([:], "weights_only"), ([layer: range], "weights_and_inputs")] {
      let quantized = try weights.quantized([layer], inputRanges: ranges)
      let builder = GraphBuilder()
      let x = try builder.input("x", .f32, input.shape)
      let layers = Layers(builder: builder, weights: quantized)
      let y =
        layer == "linear" ? try layers.linear(layer, x, to: 8) : try layers.convolution(layer, x, to: 6)
      let graph = try builder.finish(["y": y])
      let options = CompileOptions(precision: .f32, threads: 1, allowsIntegers: allowsIntegers)
      let model = try await engine.make().compile(graph, options: options)
      let values = try Tensor(#require(input.floats()), shape: input.shape)
      let found = try await model.run(["x": values])["y"]!.floats
      let error = relativeError(found, try floats("\(layer).\(expected)"))
      #expect(error < 1e-5, "\(expected), integers \(allowsIntegers): \(error)")
    }
  }

  private static let model = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "ParityTests/Fixtures/base/model").path

  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path)
  }

  @Test("a quantised model is written, opens as any other, is a little off, and says what it is")
  func model() async throws {
    try await withFolder { folder in
      let quantization = try ModelQuantization(path: Self.model, components: [.unet], keeping: ["mid_block"])
      try quantization.conversion().write(to: folder)
      let layers = try #require(quantization.layers[.unet])
      #expect(layers.contains("down_blocks.0.resnets.0.conv1") && !layers.contains("conv_in"))
      #expect(!layers.contains { $0.hasPrefix("mid_block") })

      let (plain, small) = (try DiffusionModel(path: Self.model), try DiffusionModel(path: folder))
      #expect(try plain.quantization.isEmpty)
      #expect(try small.quantization == [.unet: QuantizationSummary(weights: layers.count, inputs: 0)])
      let inspection = try ModelInspection(path: folder)
      #expect(inspection.isWhole)
      #expect(inspection.components.first { $0.name == "unet" }?.quantization?.weights == layers.count)

      let engine = try TestedEngine.openVINO.make()
      let runtime = DiffusionRuntime { _ in engine }
      let form = NetworkForm.denoiser(height: 4, width: 4, batch: 2, tokens: 1)
      let unet = try plain.unet()
      let inputs = [
        "sample": waves([1, unet.configuration.inputChannels, 4, 4]), "time": unet.timestepEmbedding(501),
        "context": waves([2, 1, unet.configuration.contextWidth]),
      ]
      var noise: [[Float]] = []
      for model in [plain, small] {
        noise.append(try await runtime.network(form, of: model, .init(.f32)).run(inputs)["noise"]!.floats)
      }
      #expect(
        (1e-5..<0.02).contains(relativeError(noise[1], noise[0])), "\(relativeError(noise[1], noise[0]))")

      let again = #expect(throws: CheckpointError.self) {
        try ModelQuantization(path: folder, components: [.unet], keeping: [])
      }
      #expect(again?.detail.contains("quantised already") == true)
      let trained = #expect(throws: CheckpointError.self) {
        try small.weights(of: .unet).inSinglePrecision()
      }
      #expect(trained?.detail.contains("train the model that they were made from") == true)
    }
  }

  @Test(
    "calibrated on what a denoiser was given, its layers' inputs are quantised too, but for those of few rows",
    arguments: TestedEngine.allCases)
  func calibration(tested: TestedEngine) async throws {
    try await withFolder { folder in
      let quantization = try ModelQuantization(path: Self.model, components: [.unet], keeping: [])
      let plain = quantization.model
      let engine = try tested.make()
      let recorder = DenoiserRecorder(engine)
      let recording = DiffusionRuntime { _ in recorder }
      let unet = try plain.unet()
      let form = NetworkForm.denoiser(height: 8, width: 8, batch: 2, tokens: 1)
      func inputs(_ phase: Float) -> [String: Tensor] {
        [
          "sample": waves([1, unet.configuration.inputChannels, 8, 8], phase: phase),
          "time": unet.timestepEmbedding(100 + 200 * phase),
          "context": waves([2, 1, unet.configuration.contextWidth], phase: phase),
        ]
      }
      for phase in [0, 1, 2] as [Float] {
        _ = try await recording.network(form, of: plain, .init(.f32)).run(inputs(phase))
      }
      #expect(recorder.inputs.count == 3 && recorder.inputs[1]["sample"] == inputs(1)["sample"])

      let runtime = DiffusionRuntime { _ in engine }
      let layers = try #require(quantization.layers[.unet])
      let calibration = try await InputCalibration(
        layers, of: plain, on: recorder.inputs, runtime: runtime, compute: .init(.f32))
      #expect(calibration.ranges["down_blocks.0.resnets.0.conv1"]?.contains(0) == true)
      #expect(!calibration.ranges.keys.contains { $0.hasSuffix("time_emb_proj") || $0.contains("attn2") })
      #expect(calibration.errors.values.allSatisfy { (1e-5..<0.1).contains($0) })

      try quantization.conversion(inputRanges: [.unet: calibration.ranges]).write(to: folder)
      let small = try DiffusionModel(path: folder)
      #expect(
        try small.quantization == [
          .unet: QuantizationSummary(weights: layers.count, inputs: calibration.ranges.count)
        ])
      let expected = try await runtime.network(form, of: plain, .init(.f32)).run(inputs(1))["noise"]!.floats
      let found = try await runtime.network(form, of: small, .init(.f32)).run(inputs(1))["noise"]!.floats
      let error = relativeError(found, expected)
      #expect((1e-4..<0.05).contains(error), "\(error)")
    }
  }

  @Test("ranges are chosen by the very rounding that engines do")
  func sameRounding() async throws {
    let builder = GraphBuilder()
    let x = try builder.input("x", .f32, [4])
    let y = try x.fakeQuantized(levels: 256, in: QuantizedLayer.range(holding: -1, 1))
    let graph = try builder.finish(["y": y])
    let values: [Float] = [-3, -0.123, 0.5, 1.5]
    let range = QuantizedLayer.range(holding: -1, 1)
    for allowsIntegers in [true, false] {
      let model = try await TestedEngine.openVINO.make().compile(
        graph, options: .init(precision: .f32, threads: 1, allowsIntegers: allowsIntegers))
      let found = try await model.run(["x": Tensor(values, shape: [4])])["y"]!.floats
      #expect(mismatch(found, values.map { QuantizedLayer.rounded($0, in: range) }) == nil)
    }
  }

  @Test("a layer to be kept that no network has is an error that names it")
  func unknownLayer() throws {
    let error = #expect(throws: CheckpointError.self) {
      try ModelQuantization(path: Self.model, components: [.unet], keeping: ["mid_bloc"])
    }
    #expect(error?.detail.contains("mid_bloc") == true)
  }

  @Test("integers without their scales are refused, and so is a range that is none")
  func incomplete() throws {
    let weight = try #require(reference["linear.integers"])
    let expectation = WeightExpectation(component: "unet", shapes: ["a.weight": [8, 12]])
    let scale = try CheckpointTensor(Tensor([Float](repeating: 1, count: 8), shape: [8]))
    var checkpoint = Checkpoint(tensors: ["a.weight": weight])
    #expect(throws: WeightMismatch.self) { try expectation.fitted(checkpoint) }
    checkpoint.tensors["a.weight_scale"] = scale
    #expect(try expectation.fitted(checkpoint).quantization?.weights == 1)
    checkpoint.tensors["a.input_range"] = try CheckpointTensor(Tensor([1, 1], shape: [2]))
    let mismatch = #expect(throws: WeightMismatch.self) { try checkpoint.inputRange(of: "a") }
    #expect(mismatch?.description.contains("a.input_range") == true)
    checkpoint.tensors["b.weight_scale"] = scale
    #expect(throws: WeightMismatch.self) { try expectation.fitted(checkpoint) }
  }

  @Test("what another program has quantised is refused by its name")
  func otherMethod() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(#"{"quantization_config": {"quant_method": "bitsandbytes"}}"#.utf8).write(to: file)
    let error = #expect(throws: CheckpointError.self) { try UNetConfiguration(contentsOf: file.path) }
    #expect(error?.detail.contains("bitsandbytes") == true)
  }
}
