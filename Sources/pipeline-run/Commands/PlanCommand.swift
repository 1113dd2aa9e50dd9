import ArgumentParser
import Foundation
import Imaging
import PaintByExample
import PipelineKit

/// Says what a run would do.
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Say what a run would do: stages in order, kept or not and why, shapes, memory.",
    discussion: "After a run, the time and memory each stage took are shown beside the estimate.")

  @OptionGroup var options: DocumentOptions
  @OptionGroup var storing: StoreOptions

  @Flag(help: "Print the plan as JSON.")
  var json = false

  mutating func run() async throws {
    do {
      try await show()
    } catch {
      if json, let refusal = Refusal(error) { print(JSONWriter.pretty(refusal.json), terminator: "") }
      throw error
    }
  }

  private func show() async throws {
    let document = try options.load()
    let plan = try await options.machine().plan(document, options.request(document))
    let preset = options.preset.flatMap { name in document.presets[name].map { (name, $0.help) } }
    if options.allowUntrusted { try Vips.start(VipsSettings(allowUntrusted: true)) }
    let forecast = try RunForecast(plan, store: try storing.store())
    if json {
      var json = Self.json(forecast).object ?? [:]
      if let preset { json["preset"] = ["name": .string(preset.0), "help": .string(preset.1)] }
      print(JSONWriter.pretty(.object(json)), terminator: "")
    } else {
      if let preset {
        print(["preset \(preset.0)", preset.1].filter { !$0.isEmpty }.joined(separator: ": "))
      }
      for remark in plan.remarks { print("warning: \(remark)") }
      for entry in forecast.entries { Self.show(entry) }
      print("estimated peak memory of values and stages: \(ProgressView.size(forecast.peakBytes))")
    }
  }

  private static func show(_ entry: RunForecast.Entry) {
    print("\(entry.step) (\(entry.stage)): \(entry.fate.phrase)")
    if let obstacle = entry.obstacle { print("    cannot run: \(obstacle)") }
    for remark in entry.remarks { print("    warning: \(remark)") }
    for (port, shape) in entry.outputs.sorted(by: { $0.key < $1.key }) {
      print("    \(port): \(shape.summary)" + (shape.bytes > 0 ? ", \(ProgressView.size(shape.bytes))" : ""))
    }
    if entry.workingBytes > 0 { print("    needs \(ProgressView.size(entry.workingBytes)) to work in") }
    if let seconds = entry.lastSeconds {
      let memory = entry.lastPeakBytes.map { ", \(ProgressView.size($0)) at the peak" } ?? ""
      print("    last time: \(ProgressView.time(seconds))\(memory)")
    }
  }

  private static func json(_ forecast: RunForecast) -> JSONValue {
    let steps = forecast.entries.map { entry -> JSONValue in
      var members: [String: JSONValue] = [
        "step": .string(entry.step), "stage": .string(entry.stage), "fate": .string(entry.fate.phrase),
        "cached": .bool(entry.fate == .cached), "workingBytes": JSONValue(entry.workingBytes),
        "outputs": .object(
          entry.outputs.mapValues { ["summary": .string($0.summary), "bytes": JSONValue($0.bytes)] }),
      ]
      if let obstacle = entry.obstacle { members["obstacle"] = .string(obstacle) }
      if !entry.remarks.isEmpty { members["warnings"] = .array(entry.remarks.map { .string($0) }) }
      if let seconds = entry.lastSeconds { members["lastSeconds"] = .number(seconds) }
      if let peak = entry.lastPeakBytes { members["lastPeakBytes"] = JSONValue(peak) }
      return .object(members)
    }
    return ["steps": .array(steps), "peakBytes": JSONValue(forecast.peakBytes)]
  }
}
