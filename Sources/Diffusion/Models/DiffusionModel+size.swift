extension DiffusionModel {
  /// Side in pixels of the pictures that the denoiser was trained on: `sample_size` of its configuration times the
  /// autoencoder's scale; nil where the configuration does not say it.
  public var pictureSize: Int? {
    get throws(CheckpointError) {
      guard let latents = try unet().configuration.sampleSize else { return nil }
      return try latents * autoencoder().configuration.scale
    }
  }
}
