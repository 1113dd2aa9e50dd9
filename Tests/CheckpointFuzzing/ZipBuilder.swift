public import Foundation

/// Writes zip files of stored entries, as `torch.save` does, for tests to bend.
public struct ZipBuilder {
  private var body = Data()
  private var directory = Data()
  private var count = 0

  /// An archive without entries.
  public init() {}

  /// An archive laid out as `torch.save` lays it out: the pickle and the storages by key.
  public init(pickle: Data, storages: [String: Data]) {
    self.init()
    add("archive/data.pkl", pickle)
    for (key, bytes) in storages.sorted(by: { $0.key < $1.key }) { add("archive/data/\(key)", bytes) }
  }

  /// Adds an entry. The method is that of the directory: 0 is stored.
  public mutating func add(_ name: String, _ content: Data, method: UInt16 = 0) {
    let offset = UInt32(body.count)
    let size = UInt32(content.count)
    let name = Data(name.utf8)
    body.append(0x0403_4b50 as UInt32, 20 as UInt16, 0 as UInt16, method)
    body.append(0 as UInt32, 0 as UInt32, size, size, UInt16(name.count), 0 as UInt16)
    body += name + content
    directory.append(0x0201_4b50 as UInt32, 20 as UInt16, 20 as UInt16, 0 as UInt16, method)
    directory.append(0 as UInt32, 0 as UInt32, size, size, UInt16(name.count))
    directory.append(0 as UInt16, 0 as UInt16, 0 as UInt16, 0 as UInt16, 0 as UInt32, offset)
    directory += name
    count += 1
  }

  /// The file's bytes.
  public var data: Data {
    var end = Data()
    end.append(0x0605_4b50 as UInt32, 0 as UInt16, 0 as UInt16, UInt16(count), UInt16(count))
    end.append(UInt32(directory.count), UInt32(body.count), 0 as UInt16)
    return body + directory + end
  }
}

extension Data {
  /// Appends integers, little-endian.
  fileprivate mutating func append(_ values: any FixedWidthInteger...) {
    for value in values { append(littleEndian: value) }
  }

  private mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
