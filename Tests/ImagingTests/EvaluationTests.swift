import Dispatch
import ProgramTesting
import Synchronization
import Testing

@testable import Imaging

/// Runs blocking work on a thread of its own, so that it cannot starve the tests' pool of threads.
private actor Worker {
  private final class Executor: SerialExecutor {
    let queue = DispatchQueue(label: "worker")

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
  }

  private let executor = Executor()
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  func run<Result: Sendable>(_ body: @Sendable () throws -> Result) throws -> Result { try body() }
}

@Suite("Long evaluations", .serialized)
struct EvaluationTests {
  /// Days of work when run to its end.
  static func endless() throws -> Image {
    try Vips.image("gaussnoise", ["width": 1_000_000, "height": 1_000_000]).blurred(sigma: 20)
  }

  @Test("cancelling from outside stops one long before its end")
  func cancel() async throws {
    let picture = try Self.endless()
    let (started, start) = AsyncStream.makeStream(of: Void.self)
    let monitor = EvaluationMonitor { _ in start.finish() }
    let evaluation = Task {
      defer { start.finish() }
      return try await Worker().run { try picture.statistics(monitor: monitor) }
    }
    for await _ in started {}
    monitor.cancel()
    await #expect(throws: CancellationError.self) { try await evaluation.value }
  }

  @Test("cancelling the task stops one that has no monitor")
  func cancelTask() async throws {
    let picture = try Self.endless()
    let folder = try ScratchFolder()
    let path = folder.file("a.v")
    let evaluation = Task { try await Worker().run { try picture.write(to: path) } }
    try await waiting(for: evaluation) { !folder.contents.isEmpty }
    evaluation.cancel()
    await #expect(throws: CancellationError.self) { try await evaluation.value }
    #expect(folder.contents.isEmpty)
  }

  @Test("a cancelled evaluation leaves the picture usable for others")
  func shared() throws {
    let picture = try Fixture.rgb(width: 300, height: 200).blurred(sigma: 2)
    let monitor = EvaluationMonitor()
    monitor.cancel()
    #expect(throws: CancellationError.self) { try picture.statistics(monitor: monitor) }
    #expect(throws: CancellationError.self) { try picture.encoded(as: .png, monitor: monitor) }
    #expect(try picture.statistics().bands.count == 3)
  }

  @Test("progress rises to the end")
  func progress() throws {
    let seen = Mutex<[Double]>([])
    let monitor = EvaluationMonitor { fraction in seen.withLock { $0.append(fraction) } }
    _ = try Image.filled(width: 2000, height: 1500, colour: [9, 8, 7]).blurred(sigma: 2).inMemory(
      monitor: monitor)
    let fractions = seen.withLock { $0 }
    #expect(fractions == fractions.sorted() && (fractions.last ?? 0) > 0.9)
  }

  @Test("several tasks evaluate the same picture and agree")
  func concurrency() async throws {
    let picture = try Fixture.rgb(width: 400, height: 300).blurred(sigma: 3).resized(width: 123, height: 77)
    let expected = try picture.pixels(as: UInt8.self)
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<8 { group.addTask { try picture.pixels() } }
      for try await pixels in group { #expect(pixels == expected) }
    }
  }

  @Test(
    "convolutions are made and let go of on several threads at once; liborc's code is off where that corrupts"
  )
  func manyConvolutions() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<4 {
        group.addTask {
          for index in 0..<50 {
            let even = [UInt8](repeating: UInt8(index), count: 3 * 32 * 32)
            let picture = try Image(pixels: even, width: 32, height: 32, bands: 3)
            #expect(try picture.blurred(sigma: 1 + Double(task) / 8).pixels(as: UInt8.self) == even)
          }
        }
      }
      try await group.waitForAll()
    }
    let isSafe = VectorCode.orcVersion.map { !$0.lexicographicallyPrecedes([0, 4, 34]) } ?? true
    #expect(isSafe || !VectorCode.isEnabled)
  }
}
