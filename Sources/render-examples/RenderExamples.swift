import Foundation

@main
enum RenderExamples {
  static func main() async {
    do {
      let options = try Options(Array(CommandLine.arguments.dropFirst()))
      let chosen = try options.names.isEmpty ? Example.all : options.names.map(example)
      try FileManager.default.createDirectory(at: options.folder, withIntermediateDirectories: true)
      for example in chosen {
        FileHandle.standardError.write(Data("rendering \(example.name)\n".utf8))
        try await example.make(options)
      }
    } catch let error as UsageError {
      FileHandle.standardError.write(Data("render-examples: \(error.reason)\n\(Options.usage)\n".utf8))
      exit(2)
    } catch {
      FileHandle.standardError.write(Data("render-examples: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func example(named name: String) throws -> Example {
    guard let example = Example.all.first(where: { $0.name == name }) else {
      let names = Example.all.map(\.name).joined(separator: ", ")
      throw UsageError(reason: "there is no picture named \(name); there are \(names)")
    }
    return example
  }
}
