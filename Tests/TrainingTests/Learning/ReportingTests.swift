import Foundation
import Tensors
import Testing
import Training

@Suite("What is reported of a training")
struct ReportingTests {
  private func metrics(_ losses: [Float]) -> [TrainingMetrics] {
    losses.enumerated().map { index, loss in
      TrainingMetrics(
        step: index + 1, loss: loss, learningRate: 0.1, gradientNorm: 1, examplesPerSecond: 1, seconds: 1)
    }
  }

  private func points(_ svg: String) -> [(x: Double, y: Double)] {
    guard let match = svg.firstMatch(of: /points="([^"]*)"/) else { return [] }
    return match.1.split(separator: " ").map { pair in
      let numbers = pair.split(separator: ",").map { Double($0)! }
      return (numbers[0], numbers[1])
    }
  }

  @Test("the plot's line goes down where the loss does, within the picture")
  func plot() {
    let points = points(LossPlot(metrics([8, 4, 2, 1])).svg)
    #expect(points.count == 4)
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.x < $1.x && $0.y < $1.y })
    #expect(points.allSatisfy { (70...780).contains($0.x) && (20...360).contains($0.y) })
    #expect(points[1].y - points[0].y > points[3].y - points[2].y)
  }

  @Test("on a logarithmic axis halves are equally far apart, and zero is left out")
  func logarithm() {
    let points = points(LossPlot(metrics([8, 4, 2, 0]), isLogarithmic: true).svg)
    #expect(points.count == 3)
    #expect(abs((points[1].y - points[0].y) - (points[2].y - points[1].y)) < 0.2)
  }

  @Test("no steps, one step and many are drawn", arguments: [0, 1, 2, 5000])
  func counts(count: Int) {
    let svg = LossPlot(metrics([Float](repeating: 0.5, count: count))).svg
    #expect(svg.hasPrefix("<svg xmlns="))
    #expect(svg.hasSuffix("</svg>\n"))
    #expect(!svg.contains("nan") && !svg.contains("inf"))
    #expect(points(svg).count <= 700)
    #expect(svg.contains("no steps yet") == (count == 0))
  }

  @Test("a training leaves its plot, and tells how much is left")
  func progress() async throws {
    let workshop = try Workshop()
    let (reports, report) = AsyncStream.makeStream(of: TrainingProgress.self)
    _ = try await workshop.trainer(4).run(progress: { report.yield($0) })
    report.finish()
    let all = await reports.reduce(into: []) { $0.append($1) }
    #expect(all.map(\.metrics.step) == [1, 2, 3, 4])
    #expect(all.map(\.metrics.learningRate) == [0.025, 0.05, 0.05, 0.05])
    #expect(all.allSatisfy { $0.steps == 4 && $0.metrics.examplesPerSecond > 0 })
    #expect(all[0].secondsLeft > 0)
    #expect(all[3].secondsLeft == 0)
    #expect(try workshop.metrics() == all.map(\.metrics))
    let plot = try String(contentsOf: workshop.url.appending(path: "loss.svg"), encoding: .utf8)
    #expect(points(plot).count == 4)
  }

  @Test("numbers that cannot be are named")
  func refusals() async throws {
    let cases: [(String, (inout TrainerSettings) -> Void)] = [
      ("steps is 0", { $0.steps = 0 }),
      ("checkpointCount is 0", { $0.checkpointCount = 0 }),
      ("sampleInterval is -1", { $0.sampleInterval = -1 }),
      ("gradientLimit is nan", { $0.gradientLimit = .nan }),
      ("average.decay is 1.0", { $0.average = MovingAverage(decay: 1) }),
      ("a cosine over 2 steps ends in the warm-up of 2", { $0.learningRate.schedule = .cosine(steps: 2) }),
    ]
    let workshop = try Workshop()
    for (text, change) in cases {
      let error = await #expect(throws: TrainingError.self) {
        _ = try await workshop.trainer(4, change: change)
      }
      #expect(error?.description.contains(text) == true)
    }
  }
}
