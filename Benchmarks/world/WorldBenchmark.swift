import Foundation
import RenderedWorld

/// Measures how many scenes of the training world one core renders: `world-benchmark [scenes]`. Processor time is
/// counted, so that other programs do not matter much.
@main
struct WorldBenchmark {
  static func main() throws {
    let count = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 400
    for reference in WorldSettings.Reference.allCases {
      var settings = WorldSettings()
      settings.reference = reference
      let world = try World(settings)
      var total = 0
      let start = clock()
      for index in 0..<count {
        total &+= Int(world.sample(index: index, seed: 1, split: .train).scene.bytes[index])
      }
      let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
      print(
        "\(reference): \(Int(Double(count) / seconds)) samples of 160×160 a second and core (sum \(total))")
    }
  }
}
