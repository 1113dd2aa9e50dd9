import Diffusion
import EngineTesting
import Foundation
import Tensors
import Testing
import Torch

/// Blended Diffusion against what its authors' program does with small random networks.
@Suite("Blended Diffusion")
struct BlendedDiffusionTests {
  private static let clip = fixtures.appendingPathComponent("clip").path
  private static let size = 24

  /// What Kornia drew: by case, by step, by view but for the plain one.
  private struct DrawnView: Decodable {
    var angle: Double?
    var shift: [Double]?
    var corners: [[Double]]?

    var view: PictureView {
      PictureView(
        turn: angle.map { .init(angle: $0, shift: [shift![0], shift![1]]) },
        corners: corners.map { $0.map { [$0[0], $0[1]] } })
    }
  }

  private func views(_ name: String) throws -> [[PictureView]] {
    let file = fixtures.appendingPathComponent("blended-diffusion.views.json")
    let drawn = try JSONDecoder().decode([String: [[DrawnView]]].self, from: Data(contentsOf: file))
    return try #require(drawn[name]).map { [PictureView()] + $0.map(\.view) }
  }

  /// Weights of a network that `Scripts/fixtures/seeded.py` fills.
  private func seeded(
    _ network: some StandaloneNetwork, change: (String, [Float]) -> [Float]
  ) throws -> Checkpoint {
    let list = WeightList()
    _ = try network.graph(list)
    let values = SeededNumbers.weights(list.shapes)
    return try Checkpoint(shapes: list.shapes) { change($0, values($0)) }
  }

  private func objective(keepsBackground: Bool) throws -> BlendingObjective {
    var denoiser = ADMTests.Shape.narrow.network
    (denoiser.height, denoiser.width) = (Self.size, Self.size)
    var background = LPIPS(.vgg)
    (background.height, background.width) = (Self.size, Self.size)
    return BlendingObjective(
      denoiser, try CLIPPictureEmbedding(weightsAt: Self.clip),
      background: keepsBackground ? background : nil)
  }

  @Test(
    "ten steps are those of the authors' program, guided by gradients", arguments: ["plain", "background"])
  func trajectory(name: String) async throws {
    let reference = try SafetensorsFixture("blended-diffusion.tensors")
    let objective = try objective(keepsBackground: name == "background")
    let denoiser = try seeded(objective.denoiser) { key, values in
      key == "out.2.weight" ? values.map { 0.25 * $0 } : values
    }
    let background = try objective.background.map { network in
      try seeded(network) { key, values in key.hasPrefix("lin") ? values.map(abs) : values }
    }
    let seer = try objective.seer.weights(at: Self.clip)
    let engine = try makeTorch()
    let model = try await engine.compile(
      objective.graph(denoiser, seer, background), differentiating: "loss", options: .init(precision: .f32))

    let scene = SeededNumbers.picture(seed: 7, width: Self.size, height: Self.size).withUnsafeBufferPointer {
      PixelPlanes(width: Self.size, height: Self.size, interleaved: $0)
    }
    let hole: [Float] = (0..<Self.size * Self.size).map { pixel in
      (6..<19).contains(pixel / Self.size) && (4..<15).contains(pixel % Self.size) ? 1 : 0
    }
    let guide = try reference["\(name).guide"].floats
    var sample = BlendedSample(
      objective, model, AncestralSchedule(count: 20, skipped: 10), scene: scene, hole: hole, guide: guide,
      seed: 404)
    let expected = try reference["\(name).steps"].floats
    let count = scene.values.count
    for (step, views) in try views(name).enumerated() {
      try await sample.advance(seenIn: views)
      expectClose(sample.values, expected[step * count..<(step + 1) * count], "step \(step)")
    }
    #expect(sample.position * count == expected.count)
    expectClose(sample.clean, try reference["\(name).clean"].floats[...], "the clean picture")

    let ranking = try await engine.compile(objective.rankingGraph(seer), options: .init(precision: .f32))
    let seen = sample.picture.enumerated().map { index, value in
      hole[index % hole.count] * min(max(value / 2 + 0.5, 0), 1)
    }
    let ranked = try await ranking.run([
      "picture": Tensor(seen, shape: [1, 3, Self.size, Self.size]), "guide": BlendingObjective.guide(guide),
    ])
    expectClose(ranked["distance"]!.floats, try reference["\(name).distance"].floats[...], "the distance")
  }

  @Test("views are Kornia's, turned and slanted", arguments: TestedEngine.allCases)
  func kornia(engine: TestedEngine) async throws {
    let reference = try SafetensorsFixture("blended-diffusion.tensors")
    let drawn = try views("plain")[0]
    #expect(drawn.contains { $0.turn != nil && $0.corners != nil })
    let picture = try reference["seen"]
    let builder = GraphBuilder()
    let pixels = try builder.input("picture", .f32, [1, 3, 16, 16])
    let graph = try builder.finish(["views": pixels.seen(inViews: drawn.count)])
    let executable = try await engine.make().compile(graph, options: .init(precision: .f32))
    // The plain view is the picture brought to CLIP's size.
    let expected = try reference["views"].floats
    #expect(picture.shape == [1, 3, Self.size, Self.size])
    var inputs = ViewSampling(drawn, size: 16).inputs
    inputs["picture"] = Tensor(Array(expected[..<(3 * 16 * 16)]), shape: [1, 3, 16, 16])
    expectClose(try await executable.run(inputs)["views"]!.floats, expected[...], "the views")
  }

  @Test("views are drawn within the authors' bounds, the same ones of a seed")
  func drawing() {
    var (first, second) = (TorchGenerator(seed: 3), TorchGenerator(seed: 3))
    let views = (0..<200).map { _ in PictureView.random(size: 224, &first) }
    #expect(views == (0..<200).map { _ in PictureView.random(size: 224, &second) })
    let turns = views.compactMap(\.turn)
    #expect((110..<170).contains(turns.count))
    #expect(turns.allSatisfy { abs($0.angle) <= 15 && $0.shift.x == 0 && abs($0.shift.y) <= 22.4 })
    let slanted = views.compactMap(\.corners)
    #expect((110..<170).contains(slanted.count))
    for corners in slanted {
      for (corner, outer) in zip(corners, [[0, 0], [223, 0], [223, 223], [0, 223]] as [SIMD2<Double>]) {
        let inwards = corner - outer
        #expect(abs(inwards.x) <= 78.4 && abs(inwards.y) <= 78.4)
      }
    }
  }

  private func expectClose(
    _ values: [Float], _ expected: ArraySlice<Float>, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(values.count == expected.count, "\(what)", sourceLocation: sourceLocation)
    let worst = zip(values, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst <= 1e-3, "\(what) is off by \(worst)", sourceLocation: sourceLocation)
  }
}
