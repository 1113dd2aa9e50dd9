import Foundation
import PipelineKit
import Tensors

/// Settles which arithmetic networks use: `auto` becomes what this machine computes fastest. Engine and version count
/// with it, for other ones round differently.
struct PrecisionFinder: ResourceFinder {
  func find(_ name: String, file: () throws -> URL) throws -> Resource {
    guard let record = try EngineRecord.remembered() else { throw EngineNotMeasured() }
    let word = name == "auto" ? record.fastest.rawValue : name
    return Resource(name: word, identity: ["precision": .string(word), "engine": .string(record.engine)])
  }
}

/// The engine has to be measured before a plan can be made, which takes a moment and is done once.
struct EngineNotMeasured: MissingResource {}
