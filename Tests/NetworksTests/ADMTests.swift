import Diffusion
import EngineTesting
import Foundation
import Tensors
import Testing

@Suite("ADM's UNet")
struct ADMTests {
  /// A small shape of `Scripts/fixtures/adm.py`, and a time step.
  enum Shape: String, CaseIterable {
    case narrow, deep, halved

    var network: ADMUNet {
      var network = ADMUNet()
      switch self {
      case .narrow:
        (network.height, network.width, network.timeWidth) = (16, 24, 32)
        (network.blockChannels, network.attends) = ([32, 64], [false, true])
        (network.layersPerBlock, network.headWidth) = (1, 32)
      case .deep:
        (network.height, network.width, network.timeWidth) = (16, 16, 64)
        (network.blockChannels, network.attends) = ([64, 64, 128], [false, true, true])
      case .halved:
        (network.height, network.width, network.timeWidth) = (18, 10, 64)
        (network.blockChannels, network.attends) = ([32, 64], [false, false])
        network.layersPerBlock = 1
      }
      return network
    }

    var timestep: Float {
      switch self {
      case .narrow: 0
      case .deep: 747
      case .halved: 999
      }
    }
  }

  private func weights(of network: ADMUNet) throws -> Checkpoint {
    let list = WeightList()
    _ = try network.graph(list)
    return try Checkpoint(shapes: list.shapes, values: SeededNumbers.weights(list.shapes))
  }

  @Test("noise and variance are guided-diffusion's", arguments: Shape.allCases, TestedEngine.allCases)
  func prediction(shape: Shape, engine: TestedEngine) async throws {
    let network = shape.network
    let executable = try await engine.make().compile(
      network.graph(weights(of: network)), options: .init(precision: .f32))
    let size = [1, 3, network.height, network.width]
    let results = try await executable.run([
      "sample": Tensor(SeededNumbers.noise(seed: 1000, count: size.reduce(1, *)), shape: size),
      "time": network.timestepEmbedding(shape.timestep),
    ])
    let expected = try SafetensorsFixture("adm.tensors")
    for name in ["noise", "variance"] {
      let (found, published) = (results[name]!, try expected["\(shape.rawValue).\(name)"])
      #expect(found.shape == size)
      let worst = zip(found.floats, published.floats).map { abs($0 - $1) }.max()!
      #expect(worst <= 2e-4 * published.floats.map(abs).max()!, "\(name) off by \(worst)")
    }
  }

  @Test("the published shape asks for the weights that are published")
  func published() throws {
    let list = WeightList()
    _ = try ADMUNet().graph(list)
    let names = try String(contentsOf: fixtures.appendingPathComponent("adm.names.txt"), encoding: .utf8)
    #expect(
      Set(list.shapes.map { "\($0.key) \($0.value)" }) == Set(names.split(separator: "\n").map(String.init)))
    #expect(list.shapes.values.reduce(0) { $0 + $1.reduce(1, *) } == 552_814_086)
  }

  @Test("weights tell their shape, and those of a network of classes are refused by name")
  func shapes() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for shape in Shape.allCases {
      var network = shape.network
      let file = folder.appending(path: "\(shape).safetensors").path
      try weights(of: network).write(to: file)
      var found = try ADMUNet(weightsAt: file)
      (network.height, network.width, network.headWidth) = (256, 256, 64)
      #expect(found == network)
      found.headWidth = shape.network.headWidth
      #expect(try found.weights(at: file).tensors.count > 50)
    }
    var ofClasses = try weights(of: Shape.narrow.network)
    ofClasses.tensors["label_emb.weight"] = ofClasses["out.2.bias"]
    let file = folder.appending(path: "classes.safetensors").path
    try ofClasses.write(to: file)
    let fault = #expect(throws: CheckpointError.self) { try ADMUNet(weightsAt: file) }
    #expect(fault?.description.contains("label_emb.weight") == true)
  }
}
