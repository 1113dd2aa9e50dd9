import Foundation

/// Damages files at random, in the ways that find faults in readers of binary and JSON headers.
struct Mutator {
  /// The generator's state; a run is repeated by its seed.
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// An index below `bound`, or 0 where there is none.
  mutating func below(_ bound: Int) -> Int { bound <= 0 ? 0 : Int(next() % UInt64(bound)) }

  mutating func pick<C: Collection>(_ items: C) -> C.Element {
    items[items.index(items.startIndex, offsetBy: below(items.count))]
  }

  /// Damages a file in one to six places.
  mutating func damage(_ data: Data, with other: Data) -> Data {
    var data = data
    for _ in 0...below(6) { data = damageOnce(data, with: other) }
    return data
  }

  private mutating func damageOnce(_ data: Data, with other: Data) -> Data {
    var data = Data(data)
    guard !data.isEmpty else { return data }
    let at = below(data.count)
    switch below(9) {
    case 0: data[at] ^= 1 << below(8)
    case 1: data[at] = UInt8(truncatingIfNeeded: next())
    case 2: data.removeSubrange(at..<min(data.count, at + 1 + below(16)))
    case 3: data.insert(contentsOf: slice(of: data, at: below(data.count)), at: at)
    case 4: data.insert(contentsOf: slice(of: other, at: below(other.count)), at: at)
    case 5: if below(4) == 0 { data.removeSubrange(at...) }
    case 6: overwrite(&data, at: at)
    case 7: replaceNumber(&data, near: at)
    default: repeatByte(&data, at: at)
    }
    return data
  }

  private mutating func slice(of data: Data, at start: Int) -> Data {
    data.isEmpty ? data : data[start..<min(data.count, start + 1 + below(64))]
  }

  private mutating func overwrite(_ data: inout Data, at start: Int) {
    let extremes: [UInt64] = [
      0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 1 << 31 - 1, 1 << 31, 1 << 32 - 1, 1 << 62, 1 << 63 - 1, 1 << 63,
      .max,
    ]
    let value = pick(extremes)
    for index in 0..<pick([1, 2, 4, 8]) where start + index < data.count {
      data[start + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))
    }
  }

  /// Puts another decimal number where the next one stands.
  private mutating func replaceNumber(_ data: inout Data, near start: Int) {
    let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
    guard let first = data[start...].firstIndex(where: isDigit) else { return }
    let end = data[first...].firstIndex { !isDigit($0) } ?? data.count
    let numbers = [
      "0", "1", "-1", "4", "1e3", "0.5", "2147483648", "9223372036854775807", "18446744073709551615",
    ]
    data.replaceSubrange(first..<end, with: Data(pick(numbers).utf8))
  }

  /// Deep nesting and long runs: one byte many times over.
  private mutating func repeatByte(_ data: inout Data, at start: Int) {
    let bytes = Array("({[]})\"e.0qhtR\u{85}".unicodeScalars).map { UInt8($0.value) } + [data[start]]
    data.insert(contentsOf: Data(repeating: pick(bytes), count: 1 << below(17)), at: start)
  }
}
