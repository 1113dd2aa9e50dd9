import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension PluginLibrary {
  /// Loads a library and asks what it offers. It stays loaded as long as the process lives, for Swift types cannot be
  /// unloaded.
  ///
  /// Throws ``UnusablePlugin``.
  static func load(_ file: URL, named name: String) throws -> PluginLibrary {
    guard let library = dlopen(file.path(percentEncoded: false), RTLD_NOW | RTLD_LOCAL) else {
      throw UnusablePlugin(plugin: name, loaderMessage: dlerror().map { String(cString: $0) } ?? "")
    }
    // Before any Swift of the library runs.
    guard dlsym(library, accepting) == nil else {
      throw UnusablePlugin(
        plugin: name, reason: "it carries a PipelineKit of its own",
        advice: "build it without linking PipelineKit, as Plugins/README.md shows")
    }
    // Null is the search through all that is loaded, the program first.
    if let runtime = dlsym(library, "swift_retain"), runtime != dlsym(nil, "swift_retain") {
      throw UnusablePlugin(
        plugin: name, reason: "it uses another Swift runtime than this program",
        advice: "link both to the dynamic Swift libraries")
    }
    guard let symbol = dlsym(library, "pipeline_plugin") else {
      throw UnusablePlugin(
        plugin: name, reason: "it has no function 'pipeline_plugin'",
        advice: "declare it as Plugins/README.md shows")
    }
    typealias EntryPoint = @convention(c) () -> UnsafeMutableRawPointer
    let offer = unsafeBitCast(symbol, to: EntryPoint.self)()
    let plugin = Unmanaged<PluginLibrary>.fromOpaque(offer).takeRetainedValue()
    guard plugin.interface == interface else { throw UnusablePlugin.otherVersion(name) }
    return plugin
  }

  /// The linker's name of `accept`: a library that defines it has linked PipelineKit.
  static let accepting =
    "$s11PipelineKit13PluginLibraryC6accept9interface__SvSS_SayAA5Stage_pXpGyXESayAA18PortTypeDefinitionVGyXEtFZ"
}

/// A plugin that cannot be used.
public struct UnusablePlugin: Error, Sendable, CustomStringConvertible {
  /// The plugin as the user named it.
  public let plugin: String
  /// Why, in words.
  public let reason: String
  /// What to do about it.
  public let advice: String?

  init(plugin: String, reason: String, advice: String? = nil) {
    self.plugin = plugin
    self.reason = reason
    self.advice = advice
  }

  /// A library that the dynamic loader refuses, for the reason it gives.
  init(plugin: String, loaderMessage: String) {
    if loaderMessage.contains("undefined symbol") && loaderMessage.contains("11PipelineKit") {
      self = .otherVersion(plugin)
    } else {
      self.init(plugin: plugin, reason: "it cannot be loaded as a library: \(loaderMessage)")
    }
  }

  static func otherVersion(_ plugin: String) -> UnusablePlugin {
    UnusablePlugin(
      plugin: plugin, reason: "it was built for another version of this program",
      advice: "build it anew against this version")
  }

  /// The plugin, the reason and the advice in one line.
  /// In words.
  public var description: String {
    "the plugin '\(plugin)' cannot be used: \(reason)" + (advice.map { " — \($0)" } ?? "")
  }
}
