import Diffusion
import Imaging
import Synchronization

/// Paints every sample in every variant, and measures what came out.
struct Evaluation: Sendable {
  let modelPath: String
  let set: HeldOutSet
  let steps: Int
  let seed: Int
  let compute: ComputeOptions

  /// - Parameter progress: called now and then with how many of all pictures are painted.
  func figures(workers: Int, progress: @escaping @Sendable (Int, Int) -> Void) async throws -> Figures {
    let model = try DiffusionModel(path: modelPath)
    let painters = (0..<workers).map { _ in
      Painter(model: model, steps: steps, seed: seed, compute: compute)
    }
    var conditionings: [DenoiserConditioning] = []
    for sample in set.samples {
      conditionings.append(try await painters[0].conditioning(of: sample.exemplar))
    }
    let done = Mutex(0)
    let total = set.samples.count * Variant.all.count
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
        group.addTask { [conditionings] in try await self.readings(indices, painter, conditionings, count) }
      }
      var all: [(Int, Reading)] = []
      for try await part in group { all += part }
      return all.sorted { $0.0 < $1.0 }.map(\.1)
    }
    return Figures(readings)
  }

  /// One worker's samples, variant after variant.
  private func readings(
    _ indices: [Int], _ painter: Painter, _ conditionings: [DenoiserConditioning],
    _ count: @Sendable () -> Void
  ) async throws -> [(Int, Reading)] {
    var pictures: [Int: [Variant: Image]] = [:]
    for variant in Variant.all {
      for index in indices {
        let exemplar = variant.exemplar == .own ? index : set.other(than: index)
        pictures[index, default: [:]][variant] = try await painter.painted(
          set.samples[index], conditionings[exemplar], variant, index: index)
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
