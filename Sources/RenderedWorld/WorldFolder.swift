package import Foundation
import Foundations
import Imaging
import Training

/// Writes samples as pictures with a table of boxes in OpenImages' columns, so that pairs can be made of them.
package struct WorldFolder: Sendable {
  private let world: World
  private let folder: URL
  private let seed: Int
  private let split: WorldSplit

  /// A folder for a world's samples.
  /// - Parameter folder: made if it is missing. `boxes.csv` and pictures named like ours are overwritten.
  package init(_ world: World, _ folder: URL, seed: Int, split: WorldSplit) {
    (self.world, self.folder, self.seed, self.split) = (world, folder, seed, split)
  }

  /// Writes samples 0 to `count` − 1: `000000000.png` and so on, and `boxes.csv` last, one row for each target.
  /// - Parameters:
  ///   - sheet: how many of the first samples are shown on the sheet, 0 for none; `sheet.png`.
  ///   - workers: samples made at the same time; the files are the same with any number.
  ///   - progress: called with how many are done.
  /// - Throws: `ImagingError`, `CancellationError`, what writing meets.
  package func write(
    count: Int, sheet: Int = 0, workers: Int, progress: @Sendable (Int) -> Void
  ) async throws {
    try FileSystem().createFolder(folder)
    var rows = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\n"
    var sampleSheet = SampleSheet(columns: 6, size: world.settings.size)
    var done = 0
    while done < count {
      try Task.checkCancellation()
      let batch = done..<min(done + max(workers, 1) * 8, count)
      let samples = try await made(batch, workers: max(workers, 1))
      for (index, sample) in zip(batch, samples) {
        rows += row(index, sample)
        if index < sheet { sampleSheet.add(sample) }
      }
      done = batch.upperBound
      progress(done)
    }
    try AtomicFile(folder.appending(path: "boxes.csv")).write(Data(rows.utf8))
    if sheet > 0 { try sampleSheet.picture.image().write(to: file("sheet.png"), as: .png) }
  }

  /// Makes and writes a batch, and gives its samples in order.
  private func made(_ batch: Range<Int>, workers: Int) async throws -> [WorldSample] {
    try await withThrowingTaskGroup(of: [(Int, WorldSample)].self) { group in
      for worker in 0..<workers {
        group.addTask {
          try stride(from: batch.lowerBound + worker, to: batch.upperBound, by: workers).map { index in
            let sample = world.sample(index: index, seed: seed, split: split)
            try sample.scene.image().write(to: file("\(Self.name(index)).png"), as: .png)
            return (index, sample)
          }
        }
      }
      var samples: [(Int, WorldSample)] = []
      for try await part in group { samples += part }
      return samples.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private func file(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  private func row(_ index: Int, _ sample: WorldSample) -> String {
    let (box, size) = (sample.target.box, sample.scene.size)
    let (width, height) = (Double(size.width), Double(size.height))
    let edges = [
      Double(box.x) / width, Double(box.right) / width, Double(box.y) / height, Double(box.bottom) / height,
    ]
    return "\(Self.name(index)).png,world,\(sample.target.design.familyName),1,"
      + edges.map { "\($0)" }.joined(separator: ",") + "\n"
  }

  private static func name(_ index: Int) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 9 - digits.count)) + digits
  }
}
