import Foundation
import Foundations
import Tensors

/// What a compiled network depends on, from which the folder that keeps it has its name: another for other weights,
/// shapes, precisions, engines and processors.
struct CompiledForm {
  var network: NetworkKey
  /// The files of its weights.
  var files: [String]
  var engine: EngineCapabilities

  /// 32 hexadecimal digits.
  var name: String {
    var parts = [network.name, engine.engine, engine.version, engine.device]
    for file in files {
      let state = try? FileManager.default.attributesOfItem(atPath: file)
      let time = (state?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
      parts.append("\(file) \(state?[.systemFileNumber] ?? 0) \(state?[.size] ?? 0) \(time)")
    }
    return String(ContentDigest(of: Data(parts.joined(separator: "\n").utf8)).description.prefix(32))
  }
}
