public import Foundation
import Synchronization

/// What a running stage may use besides its parameters and inputs.
public struct StageContext: Sendable {
  /// The stage's id in the document.
  public let stage: String
  /// Progress and cancellation.
  public let monitor: Monitor
  /// What the caller allowed.
  public let permissions: Permissions
  /// How this result came to be, as canonical JSON, for stages that write it into a file; nil for those that are no
  /// sinks. Says nothing of time, machine or destination, so that the same pipeline writes the same bytes.
  ///
  /// Put together each time it is asked for, since it tells of every stage before.
  public var provenance: String? { makeProvenance() }
  /// What the program offers to all stages of a run (models, devices), by type.
  public let services: Services
  private let makeProvenance: @Sendable () -> String?
  private let scratchFolder: URL
  private let sayer: @Sendable (LogLevel, String) -> Void
  private let shower: @Sendable (StagePreview) -> Void

  /// A context, as the scheduler and tests make it. The scratch folder is made when first asked for.
  public init(
    stage: String, monitor: Monitor, scratch: URL, permissions: Permissions = Permissions(),
    provenance: @escaping @autoclosure @Sendable () -> String? = nil, services: Services = Services(),
    show: @escaping @Sendable (StagePreview) -> Void = { _ in },
    log: @escaping @Sendable (LogLevel, String) -> Void = { _, _ in }
  ) {
    self.stage = stage
    self.monitor = monitor
    scratchFolder = scratch
    self.permissions = permissions
    makeProvenance = provenance
    self.services = services
    sayer = log
    shower = show
  }

  /// An empty folder of the stage's own, which lasts until the end of the run.
  public var scratch: URL {
    get throws {
      try FileManager.default.createDirectory(at: scratchFolder, withIntermediateDirectories: true)
      return scratchFolder
    }
  }

  /// Throws `CancellationError` once the run is to stop.
  public func checkCancellation() throws { try monitor.checkCancellation() }
  /// Says something to the user that is not an error.
  public func log(_ level: LogLevel, _ message: String) { sayer(level, message) }
  /// Shows how a result that is not finished looks.
  public func show(_ preview: StagePreview) { shower(preview) }
}

/// How a result looks while it is being made.
public struct StagePreview: Sendable, Hashable {
  /// A small picture, encoded.
  public var picture: Data
  /// `image/png`.
  public var mediaType: String
  /// Units done when it looked so.
  public var count: Int
  /// Units in all.
  public var total: Int

  /// How a result looks while it is being made.
  public init(picture: Data, mediaType: String, count: Int, total: Int) {
    self.picture = picture
    self.mediaType = mediaType
    self.count = count
    self.total = total
  }
}

/// How much a message matters.
public enum LogLevel: String, Sendable, Hashable { case info, warning }

/// What a document's caller allows it to do.
public struct Permissions: Sendable, Hashable {
  /// Run any command (`exec`).
  public var exec = false
  /// Decode formats whose readers libvips calls untrusted.
  public var untrustedLoaders = false
  /// Folders that paths in a document may reach besides its own.
  public var folders: [URL] = []
  /// Nothing beyond the default.
  public init() {}
}

/// Progress and cancellation of one stage, callable from any thread.
public final class Monitor: Sendable {
  private let cancelled = Atomic(false)
  private let lastPercent = Atomic(-1)
  private let onProgress: @Sendable (Progress) -> Void

  /// How far a stage is.
  public struct Progress: Sendable, Hashable {
    /// From 0 to 1.
    public var fraction: Double
    /// Finished and total units, where the stage counts any: diffusion steps.
    public var count: Int?
    /// The total of what `count` counts.
    public var total: Int?
    /// What is counted: `step`.
    public var unit: String?
  }

  /// A monitor that hands progress on.
  public init(onProgress: @escaping @Sendable (Progress) -> Void = { _ in }) { self.onProgress = onProgress }

  /// Whether the run is to stop.
  public var isCancelled: Bool { cancelled.load(ordering: .relaxed) }
  /// Asks the stage to stop.
  public func cancel() { cancelled.store(true, ordering: .relaxed) }
  /// Throws `CancellationError` once the run is to stop.
  public func checkCancellation() throws { if isCancelled { throw CancellationError() } }
  /// Says how far the stage is, from 0 to 1. Passed on when it makes a difference of a hundredth.
  public func report(_ fraction: Double) {
    // Written so that a fraction that is not a number counts as nothing.
    let known = fraction > 0 ? min(fraction, 1) : 0
    let percent = Int((known * 100).rounded())
    if lastPercent.exchange(percent, ordering: .relaxed) != percent {
      onProgress(Progress(fraction: known))
    }
  }
  /// Says how many of its units the stage has done.
  public func report(_ count: Int, of total: Int, unit: String) {
    let fraction = total > 0 ? Double(count) / Double(total) : 1
    onProgress(Progress(fraction: fraction, count: count, total: total, unit: unit))
  }
}

/// Values that a program offers to the stages it runs, found by type.
public struct Services: Sendable {
  private var values: [ObjectIdentifier: any Sendable] = [:]
  /// No services.
  public init() {}
  /// Adds a service, or replaces the one of that type.
  public mutating func set<Service: Sendable>(_ service: Service) {
    values[ObjectIdentifier(Service.self)] = service
  }
  /// The service of that type; nil when none is offered.
  public func offered<Service: Sendable>(_ type: Service.Type) -> Service? {
    values[ObjectIdentifier(type)] as? Service
  }
  /// The service of that type; its absence is the program's fault, not the user's.
  public func get<Service: Sendable>(_ type: Service.Type = Service.self) throws -> Service {
    guard let service = offered(type) else {
      throw InternalFault("no service of type \(type) was offered to this run")
    }
    return service
  }
}
