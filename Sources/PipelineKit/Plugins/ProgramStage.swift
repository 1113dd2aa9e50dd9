import Foundation

/// An external program as a stage, run by the protocol of ``ExternalProgram``.
struct ProgramStage: RunnableStage {
  let program: ExternalProgram
  let settings: [String: Setting]
  let types: [PortType: PortTypeDefinition]
  let environment: [String: String]

  var effort: Effort { program.effort }

  func checkReady(_ permissions: Permissions) throws {
    try ProgramLookup.path(of: program.command[0], for: program.descriptor.name, environment: environment)
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let descriptor = program.descriptor
    let exchange = try ExchangeFolder(in: context.scratch, types: types)
    let files = try exchange.write(inputs, of: descriptor.inputs, monitor: context.monitor)
    var places: [String: URL] = [:]
    for port in descriptor.outputs { places[port.name] = try exchange.place(of: port) }
    let request = exchange.folder.appending(path: "request.json")
    try JSONWriter.canonical(self.request(context, exchange, files, places)).write(to: request)

    for (port, file) in try await answers(request, exchange, context) { places[port] = file }
    var values: [String: any PortValue] = [:]
    for port in descriptor.outputs {
      values[port.name] = try exchange.read(places[port.name]!, as: port, of: descriptor.name)
    }
    return StageOutputs(values)
  }

  private func request(
    _ context: StageContext, _ exchange: ExchangeFolder, _ inputs: [String: [URL]], _ outputs: [String: URL]
  ) -> JSONValue {
    var links: [String: JSONValue] = [:]
    for port in program.descriptor.inputs {
      let paths = (inputs[port.name] ?? []).map { JSONValue.string($0.path(percentEncoded: false)) }
      if port.arity.takesList { links[port.name] = .array(paths) } else { links[port.name] = paths.first }
    }
    return [
      "protocol": 1,
      "stage": .string(context.stage),
      "parameters": .object(settings.mapValues { $0.json { $0.url.path(percentEncoded: false) } }),
      "inputs": .object(links),
      "outputs": .object(outputs.mapValues { .string($0.path(percentEncoded: false)) }),
      "scratch": .string(exchange.folder.path(percentEncoded: false)),
    ]
  }

  /// Runs the program and returns where it says its outputs are, if it says so.
  private func answers(_ request: URL, _ exchange: ExchangeFolder, _ context: StageContext) async throws
    -> [String: URL]
  {
    let name = program.descriptor.name
    let process = ChildProcess(
      name: name, command: program.command, folder: exchange.folder,
      environment: exchange.environment(from: environment, passing: program.environment), input: request,
      timeout: program.timeout, limits: ChildProcess.Limits(fileBytes: program.outputBytes),
      warden: try .offered(by: context.services))
    let paths = try await process.conversation(context.monitor, log: context.log)
    if let port = paths.keys.filter({ program.descriptor.output($0) == nil }).min() {
      throw StageFailure("'\(name)' names an output '\(port)' that it does not declare")
    }
    return paths.mapValues(exchange.file)
  }
}
