package import Foundation
import Foundations
import Imaging
import Training

/// Writes samples in the layout of the COCOEE benchmark: `GT_3500` has scenes with the object, `Mask_bbox_3500` its box in
/// white, `Ref_3500` another view of it, and `id_list.npy` the numbers in the order in which they are painted. The folders
/// are called so however many there are.
package struct BenchmarkFolder: Sendable {
  private let world: World
  private let folder: URL
  private let seed: Int
  private let split: WorldSplit

  /// A folder for a world's samples.
  ///
  /// - Parameters:
  ///   - world: its references are what exemplars show.
  ///   - folder: made if it is missing; files named like ours are overwritten.
  package init(_ world: World, _ folder: URL, seed: Int, split: WorldSplit) {
    (self.world, self.folder, self.seed, self.split) = (world, folder, seed, split)
  }

  /// Writes samples 0 to `count` − 1, numbered from 1, and the list last.
  ///
  /// - Parameters:
  ///   - workers: samples made at the same time; the files are the same with any number.
  ///   - progress: called with how many are done.
  /// - Throws: `ImagingError`, `CancellationError`, what writing meets.
  package func write(count: Int, workers: Int, progress: @Sendable (Int) -> Void) async throws {
    for name in ["GT_3500", "Mask_bbox_3500", "Ref_3500"] {
      try FileSystem().createFolder(folder.appending(path: name))
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      var next = 0
      func begin() {
        guard next < count else { return }
        let index = next
        group.addTask { try write(index) }
        next += 1
      }
      for _ in 0..<max(workers, 1) { begin() }
      var done = 0
      while try await group.next() != nil {
        try Task.checkCancellation()
        begin()
        done += 1
        progress(done)
      }
    }
    // As the published list: in no order that names would give.
    var random = SeededGenerator(seed: seed, stream: "benchmark")
    let list = (1...count).map(Int64.init).shuffled(using: &random)
    try AtomicFile(folder.appending(path: "id_list.npy")).write(Self.numpy(list))
  }

  private func write(_ index: Int) throws {
    let sample = world.sample(index: index, seed: seed, split: split)
    let (size, box) = (sample.scene.size, sample.target.box)
    let white = try Image.filled(width: box.width, height: box.height, colour: [255, 255, 255])
    let mask = try white.embedded(x: box.x, y: box.y, width: size.width, height: size.height)
    for (folder, ending, picture) in [
      ("GT_3500", "GT", try sample.scene.image()), ("Mask_bbox_3500", "mask", mask),
      ("Ref_3500", "ref", try sample.reference.image()),
    ] {
      let number = "\(index + 1)"
      let name = String(repeating: "0", count: max(0, 12 - number.count)) + number
      let file = self.folder.appending(path: "\(folder)/\(name)_\(ending).png")
      try picture.write(to: file.path(percentEncoded: false), as: .png)
    }
  }

  /// An NPY file, version 1, of one axis.
  static func numpy(_ numbers: [Int64]) -> Data {
    let header = "{'descr': '<i8', 'fortran_order': False, 'shape': (\(numbers.count),), }"
    let length = (10 + header.utf8.count + 1 + 63) / 64 * 64 - 10
    let padded = header + String(repeating: " ", count: length - header.utf8.count - 1) + "\n"
    var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(length & 255), UInt8(length >> 8)])
    data += Data(padded.utf8)
    for number in numbers { withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0) } }
    return data
  }
}
