import Diffusion
import Imaging
import Synchronization

/// Paints every sample in every manner, and measures what came out.
struct Examination: Sendable {
  let modelPath: String
  let set: HeldOutSet
  let steps: Int
  let seed: Int
  let arithmetic: Arithmetic

  /// - Parameter progress: called now and then with how many of all pictures are painted.
  func figures(workers: Int, progress: @escaping @Sendable (Int, Int) -> Void) async throws -> Figures {
    let model = try DiffusionModel(path: modelPath)
    let painters = (0..<workers).map { _ in
      Painter(model: model, steps: steps, seed: seed, arithmetic: arithmetic)
    }
    var conditions: [ExemplarCondition] = []
    for sample in set.samples { conditions.append(try await painters[0].condition(of: sample.exemplar)) }
    let done = Mutex(0)
    let total = set.samples.count * Manner.all.count
    let count: @Sendable () -> Void = {
      let now = done.withLock { done in
        done += 1
        return done
      }
      if now.isMultiple(of: max(1, total / 20)) { progress(now, total) }
    }
    let readings: [Reading] = try await withThrowingTaskGroup(of: [(Int, Reading)].self) { group in
      for (worker, painter) in painters.enumerated() {
        let indices = Array(stride(from: worker, to: set.samples.count, by: workers))
        group.addTask { [conditions] in try await self.readings(indices, painter, conditions, count) }
      }
      var all: [(Int, Reading)] = []
      for try await part in group { all += part }
      return all.sorted { $0.0 < $1.0 }.map(\.1)
    }
    return Figures(readings)
  }

  /// One worker's samples, manner after manner.
  private func readings(
    _ indices: [Int], _ painter: Painter, _ conditions: [ExemplarCondition], _ count: @Sendable () -> Void
  ) async throws -> [(Int, Reading)] {
    var pictures: [Int: [Manner: Image]] = [:]
    for manner in Manner.all {
      for index in indices {
        let told = manner.exemplar == .own ? index : set.other(than: index)
        pictures[index, default: [:]][manner] = try await painter.painted(
          set.samples[index], conditions[told], manner, index: index)
        count()
      }
    }
    var readings: [(Int, Reading)] = []
    for index in indices {
      let subject = Subject(
        sample: set.samples[index], other: set.samples[set.other(than: index)].exemplar,
        pictures: pictures[index]!, reconstruction: try await painter.reconstructed(set.samples[index]))
      readings.append((index, try await subject.reading(painter)))
    }
    return readings
  }
}
