import Diffusion
import Foundations
import Testing

@testable import Evaluation

@Suite("measures of sets of features")
struct MeasureTests {
  @Test("mean and covariance are numpy's")
  func moments() throws {
    let statistics = try GaussianStatistics(of: Fixtures.matrix("first"))
    let mean = try #require(Fixtures.tensor("mean").doubles())
    #expect(zip(statistics.mean, mean).allSatisfy { isClose($0, $1, 1e-12) })
    let covariance = try Fixtures.matrix("covariance")
    #expect(zip(statistics.covariance.values, covariance.values).allSatisfy { isClose($0, $1, 1e-12) })
    #expect(statistics.count == 40)
    #expect(throws: EvaluationFault.self) {
      try GaussianStatistics(of: Matrix(rows: 1, columns: 2, values: [1, 2]))
    }
  }

  @Test(
    "the Fréchet distance is that of symmetric eigenvalues by numpy, and near SciPy's",
    arguments: [("full", "first", "second"), ("few", "few", "second"), ("self", "first", "first")])
  func frechet(_ name: String, _ first: String, _ second: String) throws {
    let statistics = try [first, second].map { try GaussianStatistics(of: Fixtures.matrix($0)) }
    let distance = try statistics[0].frechetDistance(to: statistics[1])
    // The root of an eigenvalue that is 0 but for rounding is as large as the root of the rounding.
    #expect(isClose(distance, try Fixtures.number("frechet.\(name)"), name == "few" ? 1e-6 : 1e-9))
    #expect(isClose(distance, try Fixtures.number("frechet.\(name).scipy"), 1e-3))
    // Either way round.
    #expect(isClose(distance, try statistics[1].frechetDistance(to: statistics[0]), 1e-6))
  }

  @Test(
    "of features the distance is the same, by as many numbers as there are pictures or features, with its error",
    arguments: [("full", "first"), ("few", "few")])
  func frechetOfFeatures(_ name: String, _ features: String) throws {
    let (features, other) = (try Fixtures.matrix(features), try Fixtures.matrix("second"))
    let reference = try GaussianStatistics(of: other)
    let (value, error) = try reference.frechetDistance(from: features)
    #expect(isClose(value, try Fixtures.number("frechet.\(name)"), name == "few" ? 1e-6 : 1e-9))
    guard name == "full" else { return }
    // Leaving each picture out in turn says the same, but for what is of the order of 1/n.
    let values = try (0..<features.rows).map { left in
      try reference.frechetDistance(from: features.rows((0..<features.rows).filter { $0 != left })).value
    }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let jackknife = (squares * Double(features.rows - 1) / Double(features.rows)).squareRoot()
    #expect(abs(error / jackknife - 1) < 0.15, "\(error), \(jackknife)")
  }

  @Test("features of two networks, and values that are no numbers, are refused")
  func refusals() throws {
    let first = try GaussianStatistics(of: Fixtures.matrix("first"))
    var other = first
    other.covariance.values[0] = .nan
    #expect(throws: EvaluationFault.self) { try first.frechetDistance(to: other) }
    let groups = try GaussianStatistics(of: Fixtures.matrix("groups"))
    #expect(throws: EvaluationFault.self) { try first.frechetDistance(to: groups) }
  }

  @Test("the kernel distance draws and computes as torch-fidelity does")
  func kernel() throws {
    var random = NumpyRandom(seed: 2020)
    let permutation = try #require(try Fixtures.expected["permutation"]?.array?.compactMap(\.integer))
    #expect(random.permutation(40) == permutation)
    var distance = KernelDistance()
    (distance.subsets, distance.subsetSize) = (10, 30)
    let (mean, deviation) = try distance(Fixtures.matrix("first"), Fixtures.matrix("second"))
    #expect(isClose(mean, try Fixtures.number("kid"), 1e-9))
    #expect(isClose(deviation, try Fixtures.number("kid.deviation"), 1e-9))
  }

  @Test("CMMD is the published formula, and its standard error shrinks with the pictures")
  func discrepancy() throws {
    let (first, second) = try (Fixtures.matrix("first"), Fixtures.matrix("second"))
    let discrepancy = try MeanDiscrepancy(first, reference: second)
    #expect(isClose(discrepancy.value, try Fixtures.number("cmmd"), 1e-9))
    let error = discrepancy.standardError(Bootstrap(draws: 50))
    #expect(error > 0)
    #expect(error == discrepancy.standardError(Bootstrap(draws: 50)))
    let few = try MeanDiscrepancy(first.rows(0..<5), reference: second)
    #expect(few.standardError(Bootstrap(draws: 50)) > error)
    #expect(abs(try MeanDiscrepancy(first, reference: first).value) < 1e-9)
  }

  @Test("diversity is the mean over pairs, 0 for pictures that are all alike")
  func diversity() throws {
    #expect(isClose(try Diversity.cosine(Fixtures.matrix("first")), try Fixtures.number("diversity"), 1e-9))
    #expect(abs(try Diversity.cosine(Fixtures.matrix("first").rows([3, 3, 3]))) < 1e-12)
  }

  @Test("a mixture says of features what scikit-learn's says")
  func mixture() throws {
    let factors = try #require(Fixtures.tensor("precisions_cholesky").doubles())
    let mixture = try GaussianMixture(
      weights: #require(Fixtures.tensor("weights").doubles()), means: Fixtures.matrix("means"),
      precisionFactors: (0..<3).map {
        Matrix(rows: 3, columns: 3, values: Array(factors[9 * $0..<9 * $0 + 9]))
      })
    let expected = try #require(Fixtures.tensor("densities").doubles())
    let groups = try Fixtures.matrix("groups")
    #expect(zip(try mixture.logDensities(of: groups), expected).allSatisfy { isClose($0, $1, 1e-9) })
    // Densities of so few features are below 0 in logarithms but for the narrowest group.
    #expect(try QualityScore.scores(groups, by: mixture).allSatisfy { (0...100).contains($0) })

    var fitting = GaussianMixture.Fitting()
    fitting.components = 3
    let fitted = try GaussianMixture(fittedTo: groups, fitting)
    let densities = try fitted.logDensities(of: groups)
    #expect(zip(densities, expected).allSatisfy { isClose($0, $1, 1e-3) })
    fitting.components = 121
    #expect(throws: EvaluationFault.self) { try GaussianMixture(fittedTo: groups, fitting) }
  }
}
