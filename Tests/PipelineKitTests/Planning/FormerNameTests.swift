import PipelineKit
import PipelineTesting
import Testing

@Suite("A parameter that was renamed")
struct FormerNameTests {
  private let bench: Bench
  init() throws {
    let parameters = [
      ParameterDescriptor(
        name: "seeding", kind: .choice(["a", "b"]), defaultValue: "a", help: "The order of draws.",
        formerNames: ["drawing"])
    ]
    bench = try Bench.planning([.stub("test.renamed", parameters: parameters) { _ in .number(1) }])
  }

  private func document(_ settings: String) -> String {
    text(#""s": {"use": "test.renamed", "set": {\#(settings)}}"#, last: "s")
  }

  @Test("is still known by its former name, and that is said")
  func former() throws {
    let plan = try bench.plan(document(#""drawing": "b""#))
    #expect(plan.settings("s") == ["seeding": "b"])
    #expect(plan.remarks == ["/stages/s/set/drawing: 'drawing' is called 'seeding' now"])
    #expect(try bench.plan(document(#""seeding": "b""#)).remarks.isEmpty)
  }

  @Test("gives the same fingerprint under both names")
  func fingerprint() throws {
    let plans = try ["drawing", "seeding"].map { try bench.plan(document("\"\($0)\": \"b\"")) }
    #expect(plans[0].step("s")?.fingerprint != nil)
    #expect(plans[0].step("s")?.fingerprint == plans[1].step("s")?.fingerprint)
  }

  @Test("leaves the fingerprint as it was before, however often it was renamed")
  func storedResults() throws {
    let names: [(name: String, former: [String])] = [
      ("drawing", []), ("seeding", ["drawing"]), ("noise", ["drawing", "seeding"]),
    ]
    let fingerprints = try names.map { name, former in
      let parameters = [
        ParameterDescriptor(
          name: name, kind: .choice(["a", "b"]), defaultValue: "a", help: "The order of draws.",
          formerNames: former)
      ]
      let bench = try Bench.planning([.stub("test.renamed", parameters: parameters) { _ in .number(1) }])
      return try bench.plan(document("\"\(name)\": \"b\"")).step("s")?.fingerprint
    }
    #expect(fingerprints[0] != nil)
    #expect(Set(fingerprints).count == 1)
  }

  @Test("is known so to the caller")
  func caller() throws {
    let plan = try bench.plan(document("")) { $0.settings = ["s": ["drawing": .text("b")]] }
    #expect(plan.settings("s") == ["seeding": "b"])
    #expect(plan.remarks == ["--set s.drawing: 'drawing' is called 'seeding' now"])
  }

  @Test("has its faults where they are written, and is not set twice")
  func faults() throws {
    let wrong = try bench.faults(document(#""drawing": "c""#))
    #expect(wrong.map(\.pointer.description) == ["/stages/s/set/drawing"])
    let twice = try bench.faults(document(#""drawing": "b", "seeding": "b""#))
    #expect(twice.messages == ["'drawing' is the former name of 'seeding', which is set too"])
  }
}
