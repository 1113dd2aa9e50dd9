import CheckpointFuzzing
import Diffusion
import Foundation
import Testing

@Suite("PyTorch files")
struct TorchArchiveTests {
  @Test(
    "weights, views and transposes read as torch itself reads them",
    arguments: ["weights.bin", "weights-protocol4.bin", "weights-legacy.bin", "weights-python2.bin"])
  func sameAsOfficial(_ name: String) throws {
    let torch = try Fixtures.checkpoint(name)
    let official = try Fixtures.checkpoint("weights.safetensors")
    #expect(Set(torch.tensors.keys) == Set(official.tensors.keys))
    for (name, tensor) in official.tensors {
      #expect(torch[name]?.scalarType == tensor.scalarType, "\(name)")
      #expect(torch[name]?.shape == tensor.shape, "\(name)")
      #expect(torch[name]?.bytes == tensor.bytes, "\(name)")
    }
  }

  @Test("of a Lightning checkpoint only the state dictionary is taken, and nothing beside it is run")
  func lightning() throws {
    let checkpoint = try Fixtures.checkpoint("lightning.ckpt")
    let official = try Fixtures.checkpoint("weights.safetensors")
    #expect(checkpoint.tensors.keys.sorted() == ["half", "long", "rows", "weight"])
    #expect(checkpoint["weight"]?.bytes == official["base"]?.bytes)
    #expect(checkpoint["rows"]?.bytes == official["rows"]?.bytes)
  }

  @Test("a global outside the list is refused by its name")
  func hostile() throws {
    let error = #expect(throws: CheckpointError.self) { try Fixtures.checkpoint("hostile.bin") }
    #expect(error?.reason == .forbiddenGlobal)
    #expect(error?.detail.contains("posix.system") == true)
    #expect(!FileManager.default.fileExists(atPath: "/tmp/evil"))
  }

  @Test(
    "files that are not weights in a stored zip are refused",
    arguments: [
      ("script.pt", CheckpointError.Reason.torchScript), ("compressed.bin", .entryNotStored),
      ("expanded.bin", .malformedTensor),
    ])
  func refused(_ name: String, _ reason: CheckpointError.Reason) throws {
    let error = #expect(throws: CheckpointError.self) { try Fixtures.checkpoint(name) }
    #expect(error?.reason == reason)
  }

  @Test("a bare pickle is refused with the command that converts it")
  func bare() throws {
    try Fixtures.withFile(Data([0x80, 2, 0x8A, 0x0A, 0x6C]), ending: "bin") { path in
      let error = #expect(throws: CheckpointError.self) { try Checkpoint(contentsOf: path) }
      #expect(error?.reason == .barePickle)
      #expect(error?.detail.contains("weights_only=True") == true)
    }
  }

  @Test("a big-endian checkpoint is refused")
  func byteOrder() throws {
    var zip = ZipBuilder(pickle: PickleText.tensor(), storages: ["0": Data(count: 24)])
    zip.add("archive/byteorder", Data("big".utf8))
    #expect(try Fixtures.refusal(of: zip.data, ending: "bin") == .malformedStorage)
  }

  @Test("a truncated zip file is refused at every length")
  func truncated() throws {
    let data = ZipBuilder(pickle: PickleText.tensor(), storages: ["0": Data(count: 24)]).data
    #expect(try Fixtures.refusal(of: data, ending: "bin") == nil)
    for length in 0..<data.count {
      #expect(try Fixtures.refusal(of: data.prefix(length), ending: "bin") != nil)
    }
  }

  @Test("two entries of one name are refused")
  func duplicates() throws {
    var zip = ZipBuilder(pickle: PickleText.tensor(), storages: ["0": Data(count: 24)])
    zip.add("archive/data/0", Data(count: 24))
    #expect(try Fixtures.refusal(of: zip.data, ending: "bin") == .duplicateName)
  }
}

/// Pickles of protocol 2 written by hand.
enum PickleText {
  /// `{"w": tensor}` over a storage of six singles.
  static func tensor(
    offset: Int32 = 0, shape: [Int32] = [2, 3], strides: [Int32] = [3, 1], storage: Int32 = 6,
    key: String = "0"
  ) -> Data {
    var data = Data([0x80, 2]) + Data("}".utf8) + string("w")
    data += Data("ctorch._utils\n_rebuild_tensor_v2\n((".utf8) + string("storage")
    data += Data("ctorch\nFloatStorage\n".utf8) + string(key) + string("cpu") + integer(storage)
    data += Data("tQ".utf8) + integer(offset) + tuple(shape) + tuple(strides)
    return data + Data([0x89]) + Data("}tRs.".utf8)
  }

  static func string(_ text: String) -> Data {
    Data("X".utf8) + raw(Int32(text.utf8.count)) + Data(text.utf8)
  }
  static func integer(_ value: Int32) -> Data { Data("J".utf8) + raw(value) }
  static func tuple(_ values: [Int32]) -> Data {
    Data("(".utf8) + values.map(integer).reduce(Data(), +) + Data("t".utf8)
  }

  private static func raw(_ value: Int32) -> Data { withUnsafeBytes(of: value.littleEndian) { Data($0) } }
}
