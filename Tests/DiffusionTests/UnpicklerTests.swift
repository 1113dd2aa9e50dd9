import CheckpointFuzzing
import Diffusion
import Foundation
import Testing

@Suite("the unpickler")
struct UnpicklerTests {
  static func refusal(_ pickle: Data, storage: Int = 24) throws -> CheckpointError.Reason? {
    let zip = ZipBuilder(pickle: pickle, storages: ["0": Data(count: storage)])
    return try Fixtures.refusal(of: zip.data, ending: "bin")
  }

  static func text(_ text: String) -> Data { Data([0x80, 2]) + Data(text.utf8) }

  typealias View = (offset: Int32, shape: [Int32], strides: [Int32])

  @Test(
    "views inside their storage are taken",
    arguments: [(0, [2, 3], [3, 1]), (0, [3, 2], [1, 3]), (5, [1], [1]), (6, [0], [1]), (5, [], [])] as [View]
  )
  func inside(_ view: View) throws {
    let pickle = PickleText.tensor(offset: view.offset, shape: view.shape, strides: view.strides)
    #expect(try Self.refusal(pickle) == nil)
  }

  @Test(
    "views that leave their storage, or make more of it than there is, are refused",
    arguments: [
      (1, [2, 3], [3, 1]), (0, [2, 3], [4, 1]), (-1, [1], [1]), (7, [0], [1]), (6, [1], [1]),
      (0, [2, 3], [-3, 1]), (0, [2, 3], [3]), (0, [7], [0]), (0, [2, 2], [.max, .max]),
      (0, [-2, -3], [3, 1]),
    ] as [View])
  func outside(_ view: View) throws {
    let pickle = PickleText.tensor(offset: view.offset, shape: view.shape, strides: view.strides)
    let reason = try Self.refusal(pickle)
    #expect(reason == .malformedTensor || reason == .shapeOverflow)
  }

  @Test("a storage must be there and have the stated size")
  func storages() throws {
    #expect(try Self.refusal(PickleText.tensor(), storage: 23) == .malformedStorage)
    #expect(try Self.refusal(PickleText.tensor(), storage: 28) == .malformedStorage)
    #expect(try Self.refusal(PickleText.tensor(key: "1")) == .malformedStorage)
    #expect(try Self.refusal(PickleText.tensor(key: "../data.pkl")) == .malformedStorage)
  }

  @Test(
    "opcodes that run or import otherwise are refused",
    arguments: ["iposix\nsystem\n", "(cposix\nsystem\no.", "\u{1}", "I1\n.", "P0\n.", "V\n."])
  func opcodes(_ pickle: String) throws {
    let reason = try Self.refusal(Self.text(pickle))
    #expect(reason == .forbiddenOpcode || reason == .forbiddenGlobal)
  }

  @Test(
    "globals that look like allowed ones are refused",
    arguments: [
      "builtins\neval", "builtins\ngetattr", "torch\nload", "torch._utils\n_rebuild_tensor_v2 ",
      "torch\n_utils._rebuild_tensor_v2", "collections\nOrderedDict.clear", "numpy\nload", "os\nsystem",
    ])
  func globals(_ name: String) throws {
    #expect(try Self.refusal(Self.text("c\(name)\n.")) == .forbiddenGlobal)
  }

  @Test(
    "a misused stack is refused",
    arguments: [
      ".", "0.", "a.", "}s.", "(.", "t.", "\u{29}R.", "}\u{29}R.", "}}b}.", "h\u{5}.", "}Q.", "]u.", "}K",
    ])
  func stack(_ pickle: String) throws {
    let reason = try Self.refusal(Self.text(pickle))
    #expect(reason == .malformedPickle || reason == .forbiddenOpcode)
  }

  @Test("no nesting is too deep, and none leaks: half a million lists, one inside the other")
  func depth() throws {
    let count = 500_000
    let deep = Data(repeating: UInt8(ascii: "]"), count: count)
    let closed = deep + Data(repeating: UInt8(ascii: "a"), count: count - 1) + Data(".".utf8)
    #expect(try Self.refusal(Data([0x80, 2]) + closed) == .noWeights)
  }

  @Test("circles and endless programs end")
  func bombs() throws {
    #expect(try Self.refusal(Self.text("]q\0h\0a.")) == .noWeights)
    let endless = Data([0x80, 2]) + Data(repeating: UInt8(ascii: "N"), count: 3_000_000)
    #expect(try Self.refusal(endless) == .pickleTooLarge)
  }
}
