public import Foundation
import Foundations
import OpenVINO
import PipelineKit
import Synchronization
public import Tensors

/// What was found out about the engine on this machine, remembered for as long as its library stays the same: asking
/// the engine takes a moment, and measuring it a second.
public struct EngineRecord: Codable, Sendable {
  /// The library's path, size and time.
  public var library: String
  /// Name and version.
  public var engine: String
  /// The precision it computes fastest here.
  public var fastest: Precision

  /// By file, what this process measured: where no file can be written, as for a user without a home, it is measured once
  /// a process.
  private static let inProcess = Mutex<[URL: EngineRecord]>([:])

  /// What is remembered of the engine that is installed; nil when nothing is.
  ///
  /// - Throws: `MissingDependency` when no engine is installed.
  public static func remembered(in file: URL = file) throws -> EngineRecord? {
    let library = try installedLibrary()
    let kept = (try? Data(ofFile: file)).flatMap { try? JSONDecoder().decode(EngineRecord.self, from: $0) }
    return [kept, inProcess.withLock { $0[file] }].lazy.compactMap { $0 }.first { $0.library == library }
  }

  /// Asks and measures the engine, and remembers what was found.
  @discardableResult
  public static func measured(to file: URL = file) async throws -> EngineRecord {
    let library = try installedLibrary()
    let engine = try OpenVINOEngine.installed()
    let record = EngineRecord(
      library: library, engine: "\(engine.capabilities.engine) \(engine.capabilities.version)",
      fastest: try await engine.fastestPrecision())
    inProcess.withLock { $0[file] = record }
    // What cannot be written is only measured again, by the next process.
    try? FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? AtomicFile(file).write(JSONEncoder().encode(record))
    return record
  }

  /// Where it is remembered: beside the store.
  public static var file: URL { StoreLocation.standard().appending(path: "engine.json") }

  private static func installedLibrary() throws -> String {
    // When none lies where one is looked for, the attempt to load one says what was tried.
    let path = try OpenVINOEngine.installedLibrary ?? OpenVINOEngine.installed().libraryPath
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    let time = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(path) \(attributes[.size] ?? 0) \(time)"
  }
}

extension OpenVINOEngine {
  /// The engine, its absence said as what is missing and the command that mends it.
  static func installed() throws -> OpenVINOEngine {
    do {
      return try OpenVINOEngine()
    } catch {
      throw error.asDependency
    }
  }
}

extension OpenVINOError {
  fileprivate var asDependency: any Error {
    MissingDependency("the networks' engine cannot be used: \(self)", remedy: "see: pipeline-run doctor")
  }
}
