import Foundation
import Synchronization

/// An external program as a stage, run by the protocol of ``ExternalProgram``.
struct ProgramStage: RunnableStage {
  let program: ExternalProgram
  let settings: [String: Setting]
  let types: [PortType: PortTypeDefinition]
  let environment: [String: String]

  var effort: Effort { program.effort }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let descriptor = program.descriptor
    let exchange = try Exchange(in: context.scratch, types: types)
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
    _ context: StageContext, _ exchange: Exchange, _ inputs: [String: [URL]], _ outputs: [String: URL]
  ) -> JSONValue {
    var links: [String: JSONValue] = [:]
    for port in program.descriptor.inputs {
      let paths = (inputs[port.name] ?? []).map { JSONValue.string($0.path(percentEncoded: false)) }
      if port.arity == .many { links[port.name] = .array(paths) } else { links[port.name] = paths.first }
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
  private func answers(_ request: URL, _ exchange: Exchange, _ context: StageContext) async throws
    -> [String: URL]
  {
    let name = program.descriptor.name
    let outputs = Mutex<[String: URL]>([:])
    let reported = Mutex<String?>(nil)
    let process = ChildProcess(
      name: name, command: program.command, folder: exchange.folder,
      environment: exchange.environment(from: environment, passing: program.environment), input: request,
      timeout: program.timeout)
    do {
      try await process.run { line in
        switch ProgramAnswer(line) {
        case .progress(let fraction): context.monitor.report(fraction)
        case .log(let level, let message): context.log(level, message)
        case .error(let message): reported.withLock { $0 = message }
        case .outputs(let paths):
          for (port, path) in paths {
            guard program.descriptor.output(port) != nil else {
              throw StageFailure("'\(name)' names an output '\(port)' that it does not declare")
            }
            outputs.withLock { $0[port] = exchange.file(path) }
          }
        case nil: throw unknownAnswer(line)
        }
      }
    } catch let failure as StageFailure {
      // What the program says of its failure is worth more than its exit code.
      throw reported.withLock { $0 }.map { StageFailure($0) } ?? failure
    }
    if let message = reported.withLock({ $0 }) { throw StageFailure(message) }
    return outputs.withLock { $0 }
  }

  private func unknownAnswer(_ line: [UInt8]) -> StageFailure {
    let text = String(decoding: line.prefix(80), as: UTF8.self).printable
    return StageFailure(
      "'\(program.descriptor.name)' wrote a line to its standard output that is no answer: \(text)",
      advice: "an answer is one line of JSON, such as {\"progress\": 0.5}; text belongs on standard error")
  }
}
