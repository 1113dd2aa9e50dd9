import Diffusion
import PipelineKit

/// Whose convention a stage follows where diffusers and the authors' code differ.
enum ConventionChoice: String, ParameterChoice {
  case diffusers, authors

  var value: Convention { self == .diffusers ? .diffusers : .authors }
}
