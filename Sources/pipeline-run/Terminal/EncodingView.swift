import Evaluation
import Foundation
import PipelineKit
import Synchronization

/// Shows how far an evaluation's pictures are seen: a bar on a terminal, a line for each set elsewhere.
final class EncodingView: Sendable {
  private let view: ProgressView
  private let start = ContinuousClock.now
  private let begun = Mutex<Set<String>>([])

  init(isQuiet: Bool) {
    view = ProgressView(mode: isQuiet ? .quiet : Terminal.isInteractive ? .bars : .lines)
  }

  func show(_ progress: SetEvaluation.Progress) {
    let step = "\(progress.encoder): \(progress.folder.lastPathComponent)"
    if begun.withLock({ $0.insert(step).inserted }) { view.show(.started(step: step, stage: "evaluate")) }
    Monitor { self.view.show(.progressed(step: step, $0)) }
      .report(progress.done, of: progress.count, unit: "picture")
  }

  /// Takes the bars away.
  func end() { view.show(.ended(seconds: start.duration(to: .now) / .seconds(1), failures: 0)) }
}
