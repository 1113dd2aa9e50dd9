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

  @Test("the sums of torchmetrics' FID are read from their .pth, and other tensors refused by name")
  func sums() throws {
    let statistics = try FeatureStatistics(contentsOf: Fixtures.path("sums.pth"))
    let moments = try #require(statistics.moments)
    // `Scripts/fixtures/evaluation.py` sums these.
    let features = Matrix(rows: 4, columns: 3, values: [1, 0, 2, 3, 1, 1, -1, 2, 0, 1, 1, 5])
    #expect(moments == (try GaussianStatistics(of: features)))
    let other = #expect(throws: EvaluationFault.self) {
      try FeatureStatistics(contentsOf: Fixtures.path("others.pth"))
    }
    #expect(other?.description.contains("holds mu, not the sums") == true)
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

  @Test(
    "a mixture of scikit-learn's is read from its pickle and from arrays",
    arguments: ["mixture3.pkl", "mixture4.pkl", "measures.safetensors"])
  func mixture(_ name: String) throws {
    let mixture = try GaussianMixture(contentsOf: Fixtures.path(name))
    let expected = try #require(Fixtures.tensor("densities").doubles())
    let densities = try mixture.logDensities(of: Fixtures.matrix("groups"))
    #expect(zip(densities, expected).allSatisfy { isClose($0, $1, 1e-9) })
  }

  @Test("a pickle that names another class, has other numbers, or is cut short is refused")
  func otherPickles() throws {
    try withFolder { folder in
      func refusal(_ bytes: Data) throws -> (any Error)? {
        let file = folder.appending(path: "mixture.pkl")
        try bytes.write(to: file)
        return #expect(throws: (any Error).self) { try GaussianMixture(contentsOf: file.path) }
      }
      let pickle = try Data(contentsOf: URL(filePath: Fixtures.path("mixture3.pkl")))
      func replaced(_ old: String, _ new: String) throws -> Data {
        var changed = pickle
        changed.replaceSubrange(try #require(pickle.firstRange(of: Data(old.utf8))), with: Data(new.utf8))
        return changed
      }
      let shell = try refusal(
        replaced("sklearn.mixture._gaussian_mixture\nGaussianMixture", "posix\nsystem"))
      #expect((shell as? CheckpointError)?.reason == .forbiddenGlobal)
      #expect(try refusal(replaced("f8", "f4")) is EvaluationFault)
      #expect(try refusal(pickle.prefix(pickle.count / 2)) is CheckpointError)
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
