import Foundations
public import Foundation
import SystemPackage

/// The ledger: small records by name, such as what each stage of a document was last run with.
extension Store {
  /// The record of that name, or nil when there is none.
  public func ledger(_ name: String) throws -> Data? { try system.contents(of: recordPath(name)) }

  /// Writes the record of that name, in place of the one before: a reader sees the one or the other, whole.
  public func setLedger(_ name: String, to record: Data) throws {
    try AtomicFile(recordPath(name).url(), system: system).write(record)
  }

  var ledgerPath: FilePath { path.appending("ledger") }

  /// Any text can be a name (a document's path, say), so the file is called by its digest.
  private func recordPath(_ name: String) -> FilePath {
    ledgerPath.appending("\(ContentDigest(of: Data(name.utf8))).json")
  }
}
