import EngineTesting
import Testing

@Suite("Operators")
struct OperatorTests {
  @Test(
    "every operator computes what its documentation says", arguments: TestedEngine.allCases, OperatorCase.all)
  func operators(engine: TestedEngine, example: OperatorCase) async throws {
    #expect(try await example.mismatch(on: engine.make()) == nil)
  }
}
