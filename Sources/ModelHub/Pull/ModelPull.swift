import Foundation
import Foundations
import Synchronization
import SystemPackage

/// Fetches a model into a folder, which appears whole or not at all.
///
/// The files are downloaded to `.NAME.partial` beside the model's place, each checked, and the folder is renamed at
/// the end. What an interrupted or killed pull has left there is taken up by the next. Two pulls of one model at a
/// time do not meet: the second waits for the first.
package struct ModelPull: Sendable {
  /// Where the model comes from.
  package var source: ModelSource
  /// The folder's name.
  package var name: String
  /// The folder that the model's folder lies in.
  package var parent: String
  /// Which components; nil for all that the model's index names, save the safety checker.
  package var components: [String]?
  /// Which weights: of this variant (`fp16`); nil for those without.
  package var variant: String?
  /// The files of a network that stands alone, by their paths in a repository; none for a model of components.
  package var files: [String]
  /// How servers are asked.
  package var client: HubClient

  /// A pull.
  package init(
    _ source: ModelSource, name: String, parent: String, components: [String]? = nil, variant: String? = nil,
    files: [String] = [], client: HubClient = HubClient()
  ) {
    self.source = source
    self.name = name
    self.parent = parent
    self.components = components
    self.variant = variant
    self.files = files
    self.client = client
  }

  private var target: String { "\(parent)/\(name)" }

  /// Fetches what is missing.
  ///
  /// - Throws: `HubError`; `FileError`; `CancellationError`, after which what has come is kept for the next pull.
  package func run(_ report: @escaping @Sendable (PullEvent) -> Void) async throws -> PullResult {
    guard let place = try? RepositoryPath(name), place.components.count == 1, !name.hasPrefix(".") else {
      throw HubError.unsafePath(name, "is no name for a folder")
    }
    let files = try await wanted()
    try FileSystem().createFolder(FilePath(parent))
    let lock = try await lock { report(.waiting) }
    let present = try await onQueue { [self] in try whole(files, in: target, report) }
    let result = PullResult(
      folder: target, files: files.count, fetchedFiles: files.count - present.count,
      bytes: files.reduce(0) { $0.addingClamped($1.size ?? 0) })
    if present.count == files.count {
      // A process that was killed after it had given the model its place may have left this.
      try StagingFolder(of: name, in: parent).remove()
      return result
    }
    try refuseOthersFolder()
    try await fetch(files, present, report)
    _ = consume lock
    return result
  }

  /// Keeps other pulls of the model away, or waits until they are done; the system ends it with the process.
  private func lock(waiting: () -> Void) async throws -> LockFile {
    var hasSaid = false
    while true {
      if let lock = try LockFile.takeIfFree(FilePath("\(parent)/.\(name).lock")) { return lock }
      if !hasSaid { waiting() }
      hasSaid = true
      try await Task.sleep(for: .milliseconds(300))
    }
  }

  /// The files of the model.
  private func wanted() async throws -> [RemoteFile] {
    guard files.isEmpty else { return try await standalone() }
    let listing: Listing
    let selection: FileSelection
    switch source {
    case .repository(let repository):
      listing = try await repository.files(client)
      guard let index = listing[PipelineIndex.name] else {
        throw HubError.incomplete(
          "\(repository.name) holds no model in diffusers' layout: it has no \(PipelineIndex.name)")
      }
      selection = try await choice(index.url)
    case .folder(let folder):
      selection = try await choice(folder.url.appending(path: PipelineIndex.name))
      listing = try await folder.files(client, components: selection.components, variant: variant)
    case .addresses(let files): return try await published(files)
    }
    return try selection.files(of: listing)
  }

  /// The files of a network that stands alone, which come to lie side by side.
  private func standalone() async throws -> [RemoteFile] {
    var paths = files
    let listing: Listing
    switch source {
    case .repository(let repository): listing = try await repository.files(client)
    case .folder(let folder):
      // There they lie side by side already.
      paths = try files.map { try RepositoryPath($0).name }
      listing = try await folder.files(client, named: paths)
    case .addresses(let files): return try await published(files)
    }
    return try paths.map { path in
      guard var file = listing[path] else { throw HubError.incomplete("there is no '\(path)'") }
      file.path = try RepositoryPath(file.path.name)
      return file
    }
  }

  /// Files with addresses of their own.
  private func published(_ files: [PublishedFile]) async throws -> [RemoteFile] {
    var remote: [RemoteFile] = []
    for file in files { remote.append(try await file.remote(client)) }
    return try Listing(remote).files
  }

  private func choice(_ index: URL) async throws -> FileSelection {
    let published = try PipelineIndex(try await client.small(index, limit: 1 << 20).body, from: index)
      .components
    let missing = (components ?? []).filter { !published.contains($0) }
    guard missing.isEmpty else {
      throw HubError.incomplete(
        "the model lacks \(missing.joined(separator: ", ")); it has \(published.joined(separator: ", "))")
    }
    return FileSelection(
      components: components ?? published.filter { $0 != "safety_checker" }, variant: variant)
  }

  /// Those of the files that lie in the folder as they are published.
  private func whole(
    _ files: [RemoteFile], in folder: String, _ report: (PullEvent) -> Void
  ) throws -> Set<RepositoryPath> {
    let isSameSource = PullRecord(in: folder) == PullRecord(of: source)
    var whole: Set<RepositoryPath> = []
    for file in files {
      let path = "\(folder)/\(file.path)"
      guard let size = try fileSize(path), size == file.size ?? size else { continue }
      guard let checksum = file.checksum else {
        if isSameSource { whole.insert(file.path) }
        continue
      }
      report(.checking(file: file.path.description))
      var hasher = ChecksumHasher(like: checksum, size: size)
      try FileSystem().forEachPiece(of: FilePath(path)) { hasher.update($0) }
      if hasher.finish() == checksum { whole.insert(file.path) }
    }
    return whole
  }

  private func refuseOthersFolder() throws {
    guard FileManager.default.fileExists(atPath: target) else { return }
    switch PullRecord(in: target) {
    case nil: throw HubError.occupied(folder: target, "was not pulled; give the model another name")
    case PullRecord(of: source): return
    case let other?:
      throw HubError.occupied(folder: target, "was pulled from \(other.source); give the model another name")
    }
  }

  private func fetch(
    _ files: [RemoteFile], _ present: Set<RepositoryPath>, _ report: @escaping @Sendable (PullEvent) -> Void
  ) async throws {
    let staging = StagingFolder(of: name, in: parent)
    let staged = try await onQueue { [self] in
      try staging.create()
      try staging.tidy(keeping: files)
      let staged = try whole(files, in: staging.path, report)
      try PullRecord(of: source).write(in: staging.path)
      return staged
    }
    let missing = files.filter { !present.contains($0.path) && !staged.contains($0.path) }
    report(.planned(files: missing.count, bytes: total(missing)))
    try checkSpace(missing, staging)
    let tally = Tally(total: total(files), finished: total(files.filter { !missing.contains($0) }) ?? 0)
    for file in missing {
      try Task.checkCancellation()
      try staging.makePlace(for: file)
      let path = staging.path(of: file)
      try await Download(file, to: path, client: client).run { event in
        report(event.of(file, tally))
      }
      let size = try fileSize(path) ?? 0
      tally.finish(size)
      report(.finished(file: file.path.description, bytes: size))
    }
    try await onQueue { [target] in
      // Files of another variant, and what the user has put there, stay.
      let fetched = Set(files.map(\.path.description)).subtracting(present.map(\.description))
      let others = try filesBelow(target).filter { $0 != PullRecord.name && !fetched.contains($0) }
      try staging.adopt(others, from: target)
      try staging.promote()
    }
  }

  private func total(_ files: [RemoteFile]) -> Int? {
    files.reduce(0 as Int?) { sum, file in sum.flatMap { sum in file.size.map(sum.addingClamped) } }
  }

  private func checkSpace(_ missing: [RemoteFile], _ staging: StagingFolder) throws {
    let needed = try missing.reduce(0) { sum, file in
      let partial = try PartialFile(target: staging.path(of: file)).resumable(for: file).bytes
      return sum.addingClamped(max((file.size ?? 0) - partial, 0))
    }
    let available = try FileSystem().availableSpace(FilePath(parent))
    guard needed <= available else {
      throw HubError.noSpace(folder: parent, needed: needed, available: available)
    }
  }
}

extension Download.Event {
  /// The same, as an event of the pull.
  fileprivate func of(_ file: RemoteFile, _ tally: Tally) -> PullEvent {
    switch self {
    case .received(let bytes): .progress(bytes: tally.with(bytes), of: tally.total)
    case .retrying(let reason, let pause):
      .retrying(file: file.path.description, reason: reason, pause: pause)
    case .restarted: .restarted(file: file.path.description)
    }
  }
}

/// How many bytes are on disk.
private final class Tally: Sendable {
  let total: Int?
  private let finished: Mutex<Int>

  init(total: Int?, finished: Int) {
    self.total = total
    self.finished = Mutex(finished)
  }

  func with(_ bytes: Int) -> Int { finished.withLock { $0.addingClamped(bytes) } }
  func finish(_ bytes: Int) { finished.withLock { $0 += bytes } }
}

extension Int {
  /// The sum of two numbers from 0 on, or the largest there is: servers may say any.
  fileprivate func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
