import Foundation
import Testing

@testable import UserStudy

@Suite("intervals over people and groups")
struct CrossedBootstrapTests {
  private func width(_ people: Int, _ groups: Int, _ value: (Int, Int) -> Double) throws -> Double {
    let cells = (0..<people).flatMap { person in
      (0..<groups).map { CrossedBootstrap.Cell(person: person, group: $0, values: [value(person, $0)]) }
    }
    let bootstrap = CrossedBootstrap(draws: 3000, seed: 5, level: 0.95)
    let interval = try #require(bootstrap.intervals(of: cells)?.first)
    return interval.upperBound - interval.lowerBound
  }

  @Test("are as wide as people differ, or groups, or both")
  func widths() throws {
    // Values from 1 to 50, whose mean has the standard error 14.43 / √50.
    let expected = 2 * 1.96 * 14.43 / 50.0.squareRoot()
    let value: (Int) -> Double = { Double($0 + 1) }
    #expect(abs(try width(50, 3) { person, _ in value(person) } / expected - 1) < 0.06)
    #expect(abs(try width(3, 50) { _, group in value(group) } / expected - 1) < 0.06)
    #expect(abs(try width(50, 50) { value($0) + value($1) } / (expected * 2.0.squareRoot()) - 1) < 0.06)
    #expect(try width(5, 5) { _, _ in 2 } == 0)
  }

  @Test("take the whole answers of those who are drawn, and quantiles between draws")
  func exhaustive() throws {
    // Two people, two groups, who all say something else: 3 kinds of draws of each, 1/4, 1/2 and 1/4 of all.
    let cells = [(0, 0, 0.0), (0, 1, 1), (1, 0, 4), (1, 1, 16)].map {
      CrossedBootstrap.Cell(person: $0.0, group: $0.1, values: [$0.2])
    }
    // Only the corners, each 1/16, are beyond all else.
    let all = try #require(CrossedBootstrap(draws: 4000, seed: 1, level: 0.99).intervals(of: cells)?.first)
    #expect(all == 0...16)
    let half = try #require(CrossedBootstrap(draws: 4000, seed: 1, level: 0.8).intervals(of: cells)?.first)
    #expect(half == 0.5...10)
  }

  @Test("are none for one person or one group")
  func none() {
    let bootstrap = CrossedBootstrap(draws: 100, seed: 1, level: 0.9)
    let cells = (0..<3).map { CrossedBootstrap.Cell(person: 0, group: $0, values: [1]) }
    #expect(bootstrap.intervals(of: cells) == nil)
    #expect(bootstrap.intervals(of: []) == nil)
  }
}
