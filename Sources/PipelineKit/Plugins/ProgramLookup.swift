import Foundation

/// Where a program lies that a stage needs: asked before anything runs, and again when it is started.
enum ProgramLookup {
  /// The program's path.
  ///
  /// - Parameters:
  ///   - program: a path, or a name to look up in the `PATH` of the environment, the system's own without one.
  ///   - name: what needs it.
  /// - Throws: ``MissingDependency`` when there is no such program.
  @discardableResult
  static func path(of program: String, for name: String, environment: [String: String]) throws -> String {
    var places = [program]
    if !program.contains("/") {
      let path = environment["PATH"] ?? "/usr/bin:/bin"
      places = path.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/\(program)" }
    }
    if let place = places.first(where: isExecutable) { return place }
    throw MissingDependency(
      "'\(name)' needs the program '\(program)', which is not there or cannot be run",
      remedy: program.contains("/")
        ? "check that the file exists and is executable" : "install it, or add its folder to PATH")
  }

  private static func isExecutable(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
      && FileManager.default.isExecutableFile(atPath: path)
  }
}
