import Foundation

/// Any command as a stage, `exec`, for callers who allow it.
///
/// The command is a list of words, never given to a shell. `{in:PORT}` in a word stands for the file that holds an
/// input, `{out:PORT}` for the file the command is to write an output to. Time, output and environment are bounded as
/// those of an ``ExternalProgram`` are, and it is guarded as one; what the command prints, up to 64 MiB, is not read.
///
/// What a command does cannot be known, so its results are never cached.
public enum ExecStage {
  /// The stage.
  ///
  /// - Parameters:
  ///   - inputs: its inputs, of arity `one` or `optional`.
  ///   - outputs: its outputs, at least one.
  ///   - types: the port types there are.
  ///   - environment: the environment the command is given part of.
  public static func definition(
    inputs: [PortDescriptor], outputs: [PortDescriptor], types: [PortType: PortTypeDefinition],
    environment: [String: String]
  ) -> StageDefinition {
    let placeholders =
      inputs.map { "`{in:\($0.name)}`" } + outputs.map { "`{out:\($0.name)}`" }
    let descriptor = StageDescriptor(
      name: "exec", summary: "Runs a command, if the caller allows it with --allow-exec.",
      discussion: """
        The command is a list of words and no shell sees it. In them stand for the files of inputs and outputs: \
        \(placeholders.joined(separator: ", ")). It sees the variables PATH, HOME, LANG and TMPDIR only.
        """,
      parameters: Parameters.descriptors, inputs: inputs, outputs: outputs, isPure: false)
    return StageDefinition(descriptor) { settings in
      let parameters = try Parameters(settings: settings)
      let words = parameters.command.map(CommandWord.init)
      if let conflict = conflict(words, descriptor) { throw conflict }
      return CommandStage(
        words: words, timeout: .seconds(parameters.timeoutSeconds),
        outputBytes: parameters.outputMegabytes * 1_000_000, descriptor: descriptor, types: types,
        environment: environment)
    }
  }

  private struct Parameters: StageParameters {
    @Parameter(
      help: "The program, by its name in PATH or its absolute path, and its arguments.",
      count: Bounds(minimum: 1)) var command: [String]
    @Parameter(help: "The longest it may take, in seconds.", 0.1...604_800) var timeoutSeconds = 600.0
    @Parameter(help: "The most it may write to its files, in megabytes.", 1...1_000_000)
    var outputMegabytes = ExternalProgram.standardOutputMegabytes
  }

  private static func conflict(_ words: [CommandWord], _ descriptor: StageDescriptor) -> ParameterConflict? {
    let first = words[0].text
    if first.isEmpty || first.contains("/") && !first.hasPrefix("/") || !words[0].ports.isEmpty {
      return ParameterConflict(
        "command", "'\(first)' is neither the name of a program in PATH nor an absolute path")
    }
    if let word = words.first(where: { $0.text.contains("\0") }) {
      return ParameterConflict("command", "'\(word.text.printable)' holds a NUL character")
    }
    let named = Set(words.flatMap(\.ports))
    let known = Set(
      descriptor.inputs.map { CommandWord.Port(isOutput: false, name: $0.name) }
        + descriptor.outputs.map { CommandWord.Port(isOutput: true, name: $0.name) })
    if let stranger = named.subtracting(known).map(\.placeholder).min() {
      let names = known.map(\.placeholder).sorted().joined(separator: ", ")
      return ParameterConflict("command", "\(stranger) names no port; there are \(names)")
    }
    if let missing = known.subtracting(named).filter(\.isOutput).map(\.placeholder).min() {
      return ParameterConflict("command", "no word says \(missing), the file to write the result to")
    }
    return nil
  }
}

/// One word of a command, in which ports may stand for files.
struct CommandWord {
  struct Port: Hashable {
    var isOutput: Bool
    var name: String
    var placeholder: String { "{\(isOutput ? "out" : "in"):\(name)}" }
  }

  let text: String

  /// The ports the word names.
  var ports: [Port] {
    text.matches(of: Self.placeholder).map { Port(isOutput: $0.1 == "out", name: String($0.2)) }
  }

  /// The word with each port replaced by the path of its file.
  func filled(with files: [Port: URL]) -> String {
    text.replacing(Self.placeholder) { match in
      files[Port(isOutput: match.1 == "out", name: String(match.2))]?.path(percentEncoded: false)
        ?? String(match.0)
    }
  }

  private static var placeholder: Regex<(Substring, Substring, Substring)> { /\{(in|out):([^{}:]*)\}/ }
}

/// One command to run.
private struct CommandStage: RunnableStage {
  let words: [CommandWord]
  let timeout: Duration
  let outputBytes: Int
  let descriptor: StageDescriptor
  let types: [PortType: PortTypeDefinition]
  let environment: [String: String]

  var effort: Effort { .waiting }

  func checkReady(_ permissions: Permissions) throws {
    guard permissions.exec else {
      throw StageFailure(
        "the document wants to run the command '\(words[0].text.printable)', which is not allowed",
        advice: "allow it with --allow-exec if you trust the document")
    }
    try ProgramLookup.path(of: words[0].text, for: words[0].text.printable, environment: environment)
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    try checkReady(context.permissions)
    let exchange = try ExchangeFolder(in: context.scratch, types: types)
    var files = try self.files(of: inputs, exchange, context)
    for port in descriptor.outputs {
      files[CommandWord.Port(isOutput: true, name: port.name)] = try exchange.place(of: port)
    }
    try await ChildProcess(
      name: words[0].text.printable, command: words.map { $0.filled(with: files) },
      folder: exchange.folder, environment: exchange.environment(from: environment), timeout: timeout,
      limits: ChildProcess.Limits(
        lineBytes: .max, outputBytes: 64 << 20, errorBytes: 64 << 20, fileBytes: outputBytes),
      warden: try .offered(by: context.services)
    ).run()
    var values: [String: any PortValue] = [:]
    for port in descriptor.outputs {
      let file = files[CommandWord.Port(isOutput: true, name: port.name)]!
      values[port.name] = try exchange.read(file, as: port, of: words[0].text.printable)
    }
    return StageOutputs(values)
  }

  /// Writes the inputs. What is linked and what the command names must be the same.
  private func files(of inputs: StageInputs, _ exchange: ExchangeFolder, _ context: StageContext) throws
    -> [CommandWord.Port: URL]
  {
    let named = Set(words.flatMap(\.ports).filter { !$0.isOutput })
    let linked = Set(
      inputs.values.filter { !$0.value.isEmpty }.keys.map { CommandWord.Port(isOutput: false, name: $0) })
    if let port = named.subtracting(linked).map(\.name).min() {
      throw StageFailure("the command names {in:\(port)}, but nothing is linked to the input '\(port)'")
    }
    if let port = linked.subtracting(named).map(\.name).min() {
      throw StageFailure("the input '\(port)' is linked, but no word of the command says {in:\(port)}")
    }
    let written = try exchange.write(inputs, of: descriptor.inputs, monitor: context.monitor)
    return Dictionary(
      uniqueKeysWithValues: written.map { (CommandWord.Port(isOutput: false, name: $0), $1[0]) })
  }
}
