import Foundation
import PipelineKit
import Stages
import Testing

@Suite("ready-made documents")
struct ReadyMadeDocumentTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  static let documents = try! FileManager.default.contentsOfDirectory(
    at: root.appending(path: "Pipelines"), includingPropertiesForKeys: nil
  ).filter { $0.pathExtension == "json" }.map(\.lastPathComponent).sorted()

  @Test("every document in Pipelines is valid", arguments: documents)
  func valid(_ name: String) throws {
    let document = try PipelineDocument(
      contentsOf: Self.root.appending(path: "Pipelines/\(name)"), named: name)
    let request = PlanRequest(workingFolder: Self.root, outputFolder: Self.root.appending(path: "out"))
    try Planner(registry: StandardStages.registry(environment: [:])).validate(document, request)
  }

  @Test("every document that declares no inputs can be planned as it stands", arguments: documents)
  func planned(_ name: String) throws {
    let document = try PipelineDocument(
      contentsOf: Self.root.appending(path: "Pipelines/\(name)"), named: name)
    guard document.inputs.isEmpty else { return }
    var request = PlanRequest(workingFolder: Self.root, outputFolder: Self.root.appending(path: "out"))
    for kind in [
      StandardResource.model, StandardResource.untrainedModel, StandardResource.engine,
      StandardResource.precision,
    ] {
      request.finders[kind] = Found(kind: kind)
    }
    let plan = try Planner(registry: StandardStages.registry(environment: [:])).plan(document, request)
    #expect(!plan.targets.isEmpty)
  }

  @Test("the checked-in schema is the one the stages give")
  func schema() throws {
    let text = try String(contentsOf: Self.root.appending(path: "Schemas/pipeline-1.json"), encoding: .utf8)
    let registry = try StandardStages.registry(environment: [:])
    #expect(text == JSONWriter.pretty(DocumentSchema.json(for: registry)), "run `make schema`")
  }
}

/// Finds every model, engine and precision that documents name.
private struct Found: ResourceFinder {
  let kind: String

  func find(_ name: String, file: () throws -> URL) throws -> Resource {
    guard [StandardResource.model, StandardResource.untrainedModel].contains(kind) else {
      return Resource(name: name == "auto" ? "f32" : name, identity: .string(name))
    }
    let model = ReadyMadeDocumentTests.root.appending(path: "Tests/ParityTests/Fixtures/base/model")
    return Resource(name: name, location: model, identity: .string(name))
  }
}
