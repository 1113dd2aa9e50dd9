import Foundation
import PipelineKit
import Tensors

/// Settles how exactly networks are computed: `auto` becomes what this machine's processor computes fastest.
struct PrecisionFinder: ResourceFinder {
  func find(_ name: String, file: () throws -> URL) throws -> Resource {
    guard name == "auto" else { return Resource(name: name, identity: ["precision": .string(name)]) }
    guard let record = try EngineRecord.remembered() else { throw EngineNotMeasured() }
    let word = record.fastest.rawValue
    return Resource(name: word, identity: ["precision": .string(word)])
  }
}

/// The engine has to be measured before a plan can be made, which takes a moment and is done once.
struct EngineNotMeasured: MissingResource {}
