import Diffusion
import Foundation
import Imaging
import Foundations
import Tensors
import Testing

import RenderedWorld
@testable import Training

@Suite("what networks are trained on")
struct BatchTests {
  static func world(_ seed: Int = 1) throws -> WorldData {
    var settings = WorldSettings()
    (settings.size, settings.reference) = (40, .anotherView)
    return WorldData(
      try World(settings), .scaled(size: 32, referenceSize: 16), seed: seed, split: .train)
  }

  @Test("an order has every number once, another one each time", arguments: [1, 2, 5, 64, 1000])
  func shuffle(count: Int) {
    let first = Shuffle(count, seed: 1, epoch: 1)
    let order = (0..<count).map { first[$0] }
    #expect(order.sorted() == Array(0..<count))
    let second = Shuffle(count, seed: 1, epoch: 2)
    #expect(count < 64 || (0..<count).map { second[$0] } != order)
  }

  @Test("the recipe's pixels are scaled, and those of the paper's size are the paper's")
  func recipe() {
    #expect(PairRecipe.scaled(size: 512, referenceSize: 224) == PairRecipe())
    let small = PairRecipe.scaled(size: 128, referenceSize: 64)
    #expect(small.padding == 3 && small.shape.jitter == -1...1 && small.size == 128)
    #expect(small.augmentation.size == 64 && small.augmentation.blurLimit == 3)
    #expect(abs(small.augmentation.elasticAnchors - 14.29) < 0.01)
  }

  @Test("the world's pairs are the same whenever asked for, and other numbers give others")
  func worldPairs() throws {
    let (first, second) = (try Self.world(), try Self.world())
    let pair = try first.pair(5)
    #expect(try pair.target.hasSamePixels(as: second.pair(5).target))
    #expect(try !pair.target.hasSamePixels(as: first.pair(6).target))
    #expect(pair.target.width == 32 && pair.reference.width == 16)
    #expect(first.identity == second.identity)
    #expect(try first.identity != Self.world(2).identity)
    let (view, other) = try first.views(5)
    #expect(view.width == 16 && other.width == 16)
    #expect(try !view.hasSamePixels(as: other))
  }

  @Test(
    "squares of pictures are what a step's number says, whoever asks, and micro-batches follow one another")
  func reconstruction() async throws {
    var shape = AutoencoderConfiguration()
    shape.blockChannels = [8, 8]
    let batches = { (batch: Int, micros: Int) throws in
      ReconstructionBatches(
        try Self.world(), Autoencoder(shape), batchSize: batch, side: 16, microBatches: micros, seed: 3)
    }
    let whole = try await batches(4, 1).inputs(step: 2, micro: 0)
    #expect(whole["picture"]!.shape == [4, 3, 16, 16] && whole["noise"]!.shape == [4, 4, 8, 8])
    #expect(whole["picture"]!.floats.allSatisfy { (-1...1).contains($0) })
    let halves = try batches(2, 2)
    let parts = [try await halves.inputs(step: 2, micro: 0), try await halves.inputs(step: 2, micro: 1)]
    #expect(parts.flatMap { $0["picture"]!.floats } == whole["picture"]!.floats)
    #expect(parts[0]["noise"] != parts[1]["noise"])
    #expect(try await batches(4, 1).inputs(step: 2, micro: 0) == whole)
  }

  @Test("a square larger than the picture is refused")
  func tooLarge() async throws {
    var shape = AutoencoderConfiguration()
    shape.blockChannels = [8, 8]
    let batches = ReconstructionBatches(
      try Self.world(), Autoencoder(shape), batchSize: 1, side: 64, microBatches: 1, seed: 3)
    await #expect(throws: TrainingError.self) { _ = try await batches.inputs(step: 1, micro: 0) }
  }

  @Test("two views of each object, prepared for the encoder, and who belongs to whom")
  func contrast() async throws {
    var shape = CLIPVisionConfiguration()
    shape.imageSize = 16
    var preprocessing = ImagePreprocessing()
    (preprocessing.shortEdge, preprocessing.cropSize) = (16, 16)
    let batches = ContrastiveBatches(
      try Self.world(), ExemplarEncoder(shape), preprocessing, batchSize: 3, microBatches: 1)
    let inputs = try await batches.inputs(step: 1, micro: 0)
    #expect(inputs["first"]!.shape == [3, 3, 16, 16] && inputs["second"]!.shape == [3, 3, 16, 16])
    #expect(inputs["pairs"]!.floats == [1, 0, 0, 0, 1, 0, 0, 0, 1])
  }
}
