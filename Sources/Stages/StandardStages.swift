public import PipelineKit

/// The stages and port types that come with the program.
public enum StandardStages {
  /// The keyword of the PNG text that holds a picture's provenance.
  public static let provenanceKeyword = "pipeline-run"

  /// A registry with all of them.
  /// - Parameter environment: what the stage `exec` passes a part of to its commands.
  public static func registry(environment: [String: String]) throws -> Registry {
    var registry = Registry()
    for type in types { registry.register(type) }
    try registry.register(stages)
    try registry.register(
      ExecStage.definition(
        inputs: [
          PortDescriptor(name: "image", type: "image", arity: .optional, help: "A picture, given as a PNG."),
          PortDescriptor(name: "mask", type: "mask", arity: .optional, help: "A mask, given as a PNG."),
        ],
        outputs: [PortDescriptor(name: "image", type: "image", help: "The PNG that the command writes.")],
        types: registry.types, environment: environment))
    return registry
  }

  /// What a ``HelperProgram`` does for these stages.
  public static let helperTasks: [HelperTask] = [VipsRequest.task]

  private static let types = [
    PortTypeDefinition(
      Picture.self, summary: "A picture with its colour space, depth and alpha.", source: "image.load",
      sink: "image.save"),
    PortTypeDefinition(
      Mask.self, summary: "One band; 1 = may be changed, soft edges allowed.", source: "mask.load",
      sink: "mask.save"),
    PortTypeDefinition(Box.self, summary: "A rectangle of whole pixels.", sink: "box.save"),
    PortTypeDefinition(
      Placement.self, summary: "How a crop maps back to its picture.", sink: "placement.save"),
    PortTypeDefinition(Report.self, summary: "Measurements as JSON.", sink: "report.save"),
    PortTypeDefinition(
      Conditioning.self, summary: "What conditions a denoiser: an exemplar or a prompt.",
      source: "condition.load",
      sink: "condition.save"),
    PortTypeDefinition(
      Latent.self, summary: "Latents of a picture, one sample or several.", source: "latent.load",
      sink: "latent.save"),
    PortTypeDefinition(
      TrainingExamples.self, summary: "Where examples for training come from.", source: "world.examples"),
    PortTypeDefinition(EncodedFile.self, summary: "The bytes of a file."),
  ]

  private static let stages: [any Stage.Type] = [
    LoadImage.self, LoadMask.self,
    BoxMask.self, MaskBounds.self, BezierMask.self, PolygonMask.self, StrokesMask.self, EditMask.self,
    ResizeMask.self, MaskPart.self,
    MaskToImage.self, ImageToMask.self,
    AugmentReference.self,
    CropToMask.self, CropToBox.self, CropAround.self, FillMask.self, PasteBack.self, CutOut.self,
    PasteExemplar.self, Harmonize.self, MatchColour.self, Blend.self, ContactSheet.self,
    MeasureSimilarity.self, MeasureEncoderSimilarity.self, MeasureDINO.self,
    MeasureDreamSim.self, MeasureSeam.self,
    MeasureCLIPScore.self, MeasureCLIPTextScore.self, MeasurePerceptualDistance.self,
    EncodeExemplar.self, EncodeText.self, EncodeIPAdapter.self, EncodeLatent.self, InpaintLatent.self,
    DecodeLatent.self, InpaintImage.self,
    MeasureChange.self, MeasureFidelity.self, MeasureColourDifference.self,
    WorldExamples.self, ShardExamples.self, TrainAutoencoder.self, TrainEncoder.self, TrainDenoiser.self,
    TrainDistillation.self,
    ResizeImage.self, VipsOperation.self, VipsMeasurement.self,
    SaveImage.self, SaveMask.self, SaveValue<Report>.self, SaveValue<Box>.self, SaveValue<Placement>.self,
    SaveValue<Conditioning>.self, SaveValue<Latent>.self, LoadValue<Conditioning>.self,
    LoadValue<Latent>.self,
  ]
}
