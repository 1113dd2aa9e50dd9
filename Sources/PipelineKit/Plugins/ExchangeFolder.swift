import Foundations
import Foundation
import SystemPackage

/// The files through which a stage and an external program hand each other values.
struct ExchangeFolder {
  /// The stage's scratch folder. The program may write anywhere in it.
  let folder: URL
  private let types: [PortType: PortTypeDefinition]

  /// An exchange in a scratch folder, which gets the folders `in`, `out` and `tmp`.
  init(in folder: URL, types: [PortType: PortTypeDefinition]) throws {
    self.folder = folder
    self.types = types
    for name in ["in", "out", "tmp"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
  }

  /// A minimal environment: `PATH`, `HOME` and `LANG`, a `TMPDIR` in the scratch folder, and the variables named.
  func environment(from environment: [String: String], passing names: [String] = []) -> [String: String] {
    var passed = environment.filter { (["PATH", "HOME", "LANG"] + names).contains($0.key) }
    passed["LANG"] = passed["LANG"] ?? "C.UTF-8"
    passed["TMPDIR"] = folder.appending(path: "tmp").path(percentEncoded: false)
    return passed
  }

  /// Writes the inputs of these ports, each value to a file of its own.
  func write(_ inputs: StageInputs, of ports: [PortDescriptor], monitor: Monitor) throws -> [String: [URL]] {
    var files: [String: [URL]] = [:]
    for port in ports {
      for (index, value) in (inputs.values[port.name] ?? []).enumerated() {
        let name = port.arity.takesList ? "\(port.name)-\(index)" : port.name
        let file = folder.appending(path: "in/\(name).\(type(of: value).exchangeExtension)")
        try value.export(to: file, monitor: monitor)
        files[port.name, default: []].append(file)
      }
    }
    return files
  }

  /// The file an output is asked to be written to.
  func place(of port: PortDescriptor) throws -> URL {
    folder.appending(path: "out/\(port.name).\(try definition(of: port).fileExtension)")
  }

  /// The file a program means by a path: relative ones start in the scratch folder.
  func file(_ path: String) -> URL {
    path.hasPrefix("/") ? URL(filePath: path, directoryHint: .notDirectory) : folder.appending(path: path)
  }

  /// Reads an output that the program called `name` has written.
  ///
  /// Throws ``StageFailure`` when the file is not there, is no plain file, lies outside the scratch folder once
  /// symbolic links are followed, or does not hold a value of the port's type.
  func read(_ file: URL, as port: PortDescriptor, of name: String) throws -> any PortValue {
    let output = "the output '\(port.name)' of '\(name)'"
    let system = FileSystem()
    guard let path = try? SystemCall.realPath(FilePath(file.path(percentEncoded: false))) else {
      throw StageFailure("\(output) is missing: the program did not write \(file.lastPathComponent)")
    }
    let root = try SystemCall.realPath(FilePath(folder.path(percentEncoded: false)))
    guard path != root, path.starts(with: root) else {
      throw StageFailure("\(output) lies outside the folder the program was given")
    }
    guard try system.status(path)?.type == .regular else {
      throw StageFailure("\(output) is not a plain file")
    }
    do {
      return try definition(of: port).imported(URL(filePath: path.string, directoryHint: .notDirectory))
    } catch {
      throw StageFailure("\(output) is not readable as type '\(port.type)': \(error)")
    }
  }

  private func definition(of port: PortDescriptor) throws -> PortTypeDefinition {
    guard let type = types[port.type] else {
      throw InternalFault("the port type '\(port.type)' is not registered")
    }
    return type
  }
}
