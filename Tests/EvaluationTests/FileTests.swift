import Diffusion
import Foundation
import Testing

@testable import Evaluation

@Suite("files of statistics")
struct FileTests {
  @Test("what pytorch-fid and clean-fid write is read", arguments: ["stored.npz", "deflated.npz"])
  func numpy(_ name: String) throws {
    let statistics = try FeatureStatistics(contentsOf: Fixtures.path(name))
    let moments = try #require(statistics.moments)
    #expect(moments.mean == (try Fixtures.tensor("mean").doubles()))
    #expect(moments.covariance == (try Fixtures.matrix("covariance")))
    #expect(moments.count == nil && statistics.features == nil)
  }

  @Test("pickled objects, other tensors and damaged files are refused")
  func refusals() throws {
    let objects = #expect(throws: CheckpointError.self) {
      try FeatureStatistics(contentsOf: Fixtures.path("objects.npz"))
    }
    #expect(objects?.detail.contains("no array of singles or doubles") == true)
    #expect(throws: EvaluationFault.self) {
      try FeatureStatistics(contentsOf: Fixtures.path("measures.safetensors"))
    }
    try withFolder { folder in
      for name in ["stored.npz", "deflated.npz"] {
        var bytes = try Data(contentsOf: URL(filePath: Fixtures.path(name)))
        bytes[400] ^= 1
        let file = folder.appending(path: name)
        try bytes.write(to: file)
        #expect(throws: CheckpointError.self) { try FeatureStatistics(contentsOf: file.path) }
      }
    }
  }

  @Test("what was written is read again, with where it comes from")
  func roundTrip() throws {
    try withFolder { folder in
      let path = folder.appending(path: "statistics.safetensors").path
      let features = try Fixtures.matrix("first")
      let statistics = try FeatureStatistics(
        of: features, provenance: ["pictures": "40", "preparation": "clip"])
      try statistics.write(to: path)
      let read = try FeatureStatistics(contentsOf: path)
      #expect(read.features == features && read.moments == statistics.moments)
      #expect(read.provenance == ["pictures": "40", "preparation": "clip"])
      try statistics.write(to: path, keepsFeatures: false)
      #expect(try FeatureStatistics(contentsOf: path).features == nil)
    }
  }

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }
}
