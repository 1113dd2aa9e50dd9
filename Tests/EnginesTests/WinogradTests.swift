import Foundation
import OpenVINO
import Tensors
import Testing

/// Winograd's convolutions against the runtime's own.
@Suite("Winograd")
struct WinogradTests {
  /// Sides that squares of 4 fill, and such that they do not; kernels in either type.
  @Test("equals the plain convolution", arguments: [(64, 64), (65, 66), (67, 72)], [ElementType.f32, .f16])
  func equalsThePlainConvolution(size: (height: Int, width: Int), type: ElementType) async throws {
    let (channels, outputs) = (192, 200)
    let builder = GraphBuilder()
    let x = try builder.input("x", .f32, [2, channels, size.height, size.width])
    let weights = numbers([outputs, channels, 3, 3], type)
    let kernel = try builder.constant(Constant(weights))
    let widened = type == .f32 ? kernel : try builder.add(.convert(.f32), [kernel])
    let graph = try builder.finish(["y": try x.convolved(widened, .init(padding: .all(1)))])
    let input = ["x": numbers(x.shape, .f32)]

    let engine = try OpenVINOEngine()
    let plain = try await engine.compile(graph, options: .init(precision: .f32, allowsWinograd: false))
    let fast = try await engine.compile(graph, options: .init(precision: .f32))
    let (expected, found) = (
      try await plain.run(input)["y"]!.floats, try await fast.run(input)["y"]!.floats
    )

    #expect(found != expected, "the plain convolution was computed twice")
    let largest = expected.map(abs).max()!
    #expect(zip(found, expected).map { abs($0 - $1) }.max()! <= 5e-5 * largest)
  }

  /// Numbers without a pattern, of mean 0.
  private func numbers(_ shape: [Int], _ type: ElementType) -> Tensor {
    let values = (0..<shape.reduce(1, *)).map { sin(Double($0) * 1.7 + Double($0 % 91)) }
    guard type == .f16 else { return Tensor(values.map(Float.init), shape: shape) }
    let halves = values.map { Float16($0) }
    return Tensor(TensorType(.f16, shape)) { bytes in halves.withUnsafeBytes { bytes.copyMemory(from: $0) } }
  }
}
