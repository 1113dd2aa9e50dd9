public import Foundation
import Foundations

/// A program in any language that runs as a stage, declared by a JSON manifest.
///
/// ```json
/// { "formatVersion": 1,
///   "name": "python.vignette", "version": 1,
///   "summary": "Darkens a picture towards its corners.",
///   "command": ["python3", "./vignette.py"],
///   "parameters": {
///     "strength": {"type": "number", "default": 0.5, "minimum": 0, "maximum": 1, "help": "1 makes corners black."} },
///   "inputs": {"image": {"type": "image", "help": "The picture."}},
///   "outputs": {"image": {"type": "image", "help": "The darker picture."}} }
/// ```
/// For each run the program is started in a scratch folder of its own. Standard input is one JSON object, the request:
/// ```json
/// {"protocol": 1, "stage": "dim", "parameters": {"strength": 0.5}, "scratch": "/tmp/x",
///  "inputs": {"image": "/tmp/x/in/image.png"}, "outputs": {"image": "/tmp/x/out/image.png"}}
/// ```
/// An input that takes a list is a list of paths, an unlinked optional one is absent. The program writes its outputs
/// where the request says, and may write to standard output, one JSON object a line: `{"progress": 0.4}`,
/// `{"log": "text", "level": "warning"}`, `{"error": "why there is no result"}`, and
/// `{"outputs": {"image": "/tmp/x/other.png"}}` when an output lies elsewhere in the scratch folder. It ends with exit
/// code 0 when all went well.
///
/// It sees the environment variables `PATH`, `HOME`, `LANG`, a `TMPDIR` in the scratch folder, and those its manifest
/// names. A crash, another exit code, a run longer than the timeout, more than 4 MiB on standard output or error, a
/// line over 64 KiB, a line that is no answer, more in its scratch folder than `outputMegabytes`, and an output that is
/// missing, unreadable or outside the scratch folder each fail that stage alone. When it ends, the run is cancelled or
/// this process ends, however that is, whatever it started is killed; a ``HelperProgram`` sees to that.
public struct ExternalProgram: Sendable {
  /// How manifests' file names end.
  public static let manifestSuffix = ".plugin.json"

  /// What is said about the stage.
  public let descriptor: StageDescriptor
  /// The program and its arguments; those written `./` or `../` in the manifest are absolute.
  public let command: [String]
  /// Names of environment variables handed on to the program.
  public let environment: [String]
  /// How long a run may take.
  public let timeout: Duration
  /// How much a run may write to its files, in bytes.
  public let outputBytes: Int
  /// What a run takes.
  public let effort: Effort

  static let standardOutputMegabytes = 4000

  init(
    descriptor: StageDescriptor, command: [String], environment: [String], timeout: Duration,
    outputBytes: Int,
    effort: Effort
  ) {
    self.descriptor = descriptor
    self.command = command
    self.environment = environment
    self.timeout = timeout
    self.outputBytes = outputBytes
    self.effort = effort
  }

  /// Reads a manifest.
  ///
  /// - Parameters:
  ///   - manifest: the file.
  ///   - name: the file as the user named it.
  ///   - types: the port types there are.
  /// - Throws: ``InvalidDocument`` with every fault of the manifest, ``UnreadableDocument``.
  public init(manifest: URL, named name: String, types: some Collection<PortType>) throws {
    let contents: Data
    do {
      contents = try Data(ofFile: manifest)
    } catch let error as FileError {
      throw UnreadableDocument(file: name, reason: error.reason.description)
    } catch {
      throw UnreadableDocument(file: name, reason: error.localizedDescription)
    }
    let source = try JSONParser.parse(contents, file: name)
    let folder = manifest.absoluteURL.deletingLastPathComponent()
    self = try ManifestReader.read(source, folder: folder, types: types.map(\.name).sorted())
  }

  /// The program as a stage.
  ///
  /// - Parameters:
  ///   - types: the port types of its inputs and outputs.
  ///   - environment: the environment it is given part of.
  public func definition(types: [PortType: PortTypeDefinition], environment: [String: String])
    -> StageDefinition
  {
    StageDefinition(descriptor) { settings in
      ProgramStage(program: self, settings: settings, types: types, environment: environment)
    }
  }
}
