import CheckpointFuzzing
import Foundation

// swift run -c release fuzz-checkpoints [--seconds 60] [--seed 1]
// Ends with status 0 when nothing crashed and memory stayed below 1 GiB.

func option(_ name: String, default standard: Double) -> Double {
  let arguments = CommandLine.arguments
  guard let index = arguments.firstIndex(of: name) else { return standard }
  guard index + 1 < arguments.count, let value = Double(arguments[index + 1]) else {
    FileHandle.standardError.write(Data("\(name) needs a number\n".utf8))
    exit(64)
  }
  return value
}

/// The most memory this process has used, in MiB.
func peakMemory() -> Int {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
  return (Int(line.filter(\.isNumber)) ?? 0) / 1024
}

let seed = UInt64(option("--seed", default: 1))
let end = Date().addingTimeInterval(option("--seconds", default: 60))
let shared = URL(filePath: "/dev/shm")
let base =
  FileManager.default.fileExists(atPath: shared.path) ? shared : FileManager.default.temporaryDirectory
let scratch = base.appending(path: "fuzz-checkpoints-\(ProcessInfo.processInfo.processIdentifier)")
try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
  .appending(path: "../DiffusionTests/Fixtures")
print("seed \(seed); should this crash, the file is in \(scratch.path)")

var fuzzer = try CheckpointFuzzer(fixtures: fixtures, scratch: scratch, seed: seed)
while Date() < end { for _ in 0..<100 { try fuzzer.step() } }
try FileManager.default.removeItem(at: scratch)

print("\(fuzzer.count) files, peak memory \(peakMemory()) MiB")
for (outcome, count) in fuzzer.outcomes.sorted(by: { $0.value > $1.value }) { print("  \(count) \(outcome)") }
exit(peakMemory() < 1024 ? 0 : 1)
