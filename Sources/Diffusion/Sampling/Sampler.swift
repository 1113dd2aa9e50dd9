/// A sampler in the middle of a run: it is asked for the network's input, given the output, and gives the
/// latents with a little less noise. Its steps are taken in order, `timesteps.count` of them.
///
/// Latents are flat, in any order, of any batch: every element is treated alike.
package protocol Sampler: Sendable {
  /// The training step to tell the network at each step of the run, most noise first. PNDM evaluates one
  /// twice, so there may be more than were asked for.
  var timesteps: [Float] { get }

  /// What standard normal noise is multiplied by to begin with.
  var initialNoiseScale: Float { get }

  /// How many steps were taken.
  var position: Int { get }

  /// Leaves out the run's first steps, which began with more noise: latents are then to be as noisy as before
  /// `timesteps[position]`.
  ///
  /// - Precondition: no step was taken, and one at least is left.
  mutating func begin(after steps: Int)

  /// The latents as the network wants them at the current step.
  func modelInput(_ latents: [Float]) -> [Float]

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - output: the network's output, after guidance.
  ///   - latents: the current latents, not scaled by `modelInput`.
  ///   - generator: where samplers that add noise draw it; the others leave it alone.
  /// - Returns: the next latents.
  /// - Precondition: fewer than `timesteps.count` steps were taken; both arrays have one length.
  mutating func step(
    _ output: [Float], latents: [Float], generator: inout TorchGenerator
  ) -> [Float]

  /// Clean latents with as much noise as the sampler's latents have before step `index`; after the last step
  /// (`index == timesteps.count`) that is what the sampler ends with, none or almost none.
  func noised(_ clean: [Float], with noise: [Float], before index: Int) -> [Float]
}
