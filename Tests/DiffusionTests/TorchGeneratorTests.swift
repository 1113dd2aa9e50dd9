import Diffusion
import Testing

@Suite("torch's random numbers")
struct TorchGeneratorTests {
  @Test(
    "randn is torch's, bit for bit, on both sides of 16 values",
    arguments: [0, 42, 321, 1 << 32 + 5, -1], [1, 3, 15, 16, 17, 100, 960])
  func randn(_ seed: Int, _ count: Int) throws {
    var generator = TorchGenerator(seed: seed)
    let expected = try Fixtures.floats("randn.\(seed).\(count)", in: "random.safetensors")
    #expect(generator.normal(count: count).map(\.bitPattern) == expected.map(\.bitPattern))
  }

  @Test("calls share one stream: small ones keep the second of a pair, large ones leave it alone")
  func sequence() throws {
    var generator = TorchGenerator(seed: 7)
    var values = [3, 20, 4, 16].flatMap { generator.normal(count: $0) }
    values += generator.uniform(count: 5)
    values += generator.normal(count: 2)
    #expect(values == (try Fixtures.floats("sequence.7", in: "random.safetensors")))
  }

  @Test("the twister is refilled as torch refills it")
  func refilled() throws {
    var generator = TorchGenerator(seed: 9)
    let tail = Array(generator.normal(count: 20003).suffix(19))
    #expect(tail == (try Fixtures.floats("tail.9", in: "random.safetensors")))
  }
}
