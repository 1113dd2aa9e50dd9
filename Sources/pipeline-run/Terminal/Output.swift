import Foundations

/// In place of Swift's own, which says nothing of output that cannot be written; `StandardOutput.check` does.
func print(_ text: String, terminator: String = "\n") { StandardOutput.say(text + terminator) }

/// Writes a line of newline-delimited JSON, for programs. One that cannot be written stops nothing.
func print(line value: JSONValue) {
  print(String(decoding: JSONWriter.canonical(value), as: UTF8.self))
}
