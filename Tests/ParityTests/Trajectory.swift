import Diffusion
import Imaging
import PipelineKit
import Synchronization
import Tensors
import Testing

@testable import Stages

extension ReferenceCase {
  /// Paints the case, and fails where latents or pictures are not the reference's.
  ///
  /// - Parameter start: the name of the latents before the first step.
  func expectSame(
    _ model: DiffusionModel, _ options: InpaintingOptions, _ conditioning: DenoiserConditioning,
    startingAt start: String, _ runtime: DiffusionRuntime
  ) async throws {
    let inpainting = try Inpainting(model, options, runtime: runtime)
    let (scene, mask) = (try picture("scene").image, try mask().image)
    let trajectory = Trajectory()
    let latents = try await inpainting.run(
      scene: scene.planes(Monitor()),
      mask: mask.withPixels(as: UInt8.self) {
        KeepMask(holes: $0, width: mask.width, height: mask.height, threshold: 0.5)
      },
      conditioning: conditioning, observe: { trajectory.add($0) })

    try expectClose(
      trajectory.states[0].latents, tensor(start).floats, within: isStarted ? 2e-4 : 1e-6, start)
    let expected = try tensor("latents").floats
    let size = latents.type.elementCount
    #expect(trajectory.states.count == expected.count / size + 1)
    for (step, state) in trajectory.states.dropFirst().enumerated() {
      expectClose(state.latents, Array(expected[step * size..<(step + 1) * size]), "step \(step + 1)")
    }
    try await expectSamePictures(model, latents, runtime)
  }

  private func expectSamePictures(
    _ model: DiffusionModel, _ latents: Tensor, _ runtime: DiffusionRuntime
  ) async throws {
    let coding = try LatentCoding(model, ComputeOptions(.f32), runtime: runtime)
    let size = latents.type.elementCount / samples
    for sample in 0..<samples {
      let planes = try await coding.decode(
        Array(latents.floats[sample * size..<(sample + 1) * size]), height: latents.shape[2],
        width: latents.shape[3])
      let picture = try planes.image(isDeep: false).pixels(as: UInt8.self)
      let expected = try self.picture("picture-\(sample)").image.pixels(as: UInt8.self)
      #expect(picture.count == expected.count)
      let differences = zip(picture, expected).map { abs(Int($0) - Int($1)) }
      #expect(differences.max() ?? 0 <= 2)
      #expect(differences.count { $0 > 1 } * 1000 <= differences.count)
    }
  }
}

/// The latents after each step.
private final class Trajectory: Sendable {
  private let kept = Mutex<[InpaintingState]>([])
  var states: [InpaintingState] { kept.withLock { $0 } }
  func add(_ state: InpaintingState) { kept.withLock { $0.append(state) } }
}
