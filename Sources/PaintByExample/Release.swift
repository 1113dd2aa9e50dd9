/// What this toolkit is called where results are kept, and which it is.
public enum Release {
  /// The name that fingerprints and provenance carry.
  public static let name = "pipeline-run"
  /// The version, by semver.org.
  public static let version = "0.1.0"
}
