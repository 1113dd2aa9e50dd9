/// What a dynamic library built against PipelineKit offers to the program that loads it.
///
/// A plugin is a library with one C function, `pipeline_plugin`:
///
/// ```swift
/// import PipelineKit
///
/// @_cdecl("pipeline_plugin")
/// public func plugin() -> UnsafeMutableRawPointer { PluginLibrary.offer([Posterize.self]) }
/// ```
/// It does not link PipelineKit but uses the one in the program, so that both speak of the same types. It must
/// therefore be built from the same version of PipelineKit with the same compiler; another is refused when loaded.
public final class PluginLibrary: Sendable {
  /// Raise it whenever a plugin built before would misbehave, and not merely miss a function: when a protocol of the
  /// stage interface gains, loses or reorders requirements.
  @export(implementation) static public var interfaceVersion: Int { 10 }

  /// The stages.
  let stages: [any Stage.Type]
  /// The types of port that the stages bring.
  let types: [PortTypeDefinition]
  /// The interface the library was built against.
  let interface: String

  private init(stages: [any Stage.Type], types: [PortTypeDefinition], interface: String) {
    self.stages = stages
    self.types = types
    self.interface = interface
  }

  /// Offers stages, and the port types they bring if any, to the program that loads this library.
  ///
  /// The body is compiled into the plugin, so that what it says of the interface is what the plugin was built with.
  @export(implementation)
  public static func offer(
    _ stages: @autoclosure () -> [any Stage.Type], types: @autoclosure () -> [PortTypeDefinition] = []
  ) -> UnsafeMutableRawPointer {
    accept(interface: interface, stages, types)
  }

  /// What a plugin and the program must agree on: the interface's version, and the sizes of the types that cross it.
  @export(implementation)
  public static var interface: String {
    let sizes = [
      MemoryLayout<StageContext>.size, MemoryLayout<Monitor.Progress>.size, MemoryLayout<Permissions>.size,
      MemoryLayout<Services>.size, MemoryLayout<StageInputs>.size, MemoryLayout<StageOutputs>.size,
      MemoryLayout<StageShapes>.size, MemoryLayout<Estimate>.size, MemoryLayout<ValueShape>.size,
      MemoryLayout<Delivery>.size, MemoryLayout<PortDescriptor>.size, MemoryLayout<PortTypeDefinition>.size,
      MemoryLayout<ParameterDescriptor>.size, MemoryLayout<ParameterKind>.size, MemoryLayout<Bounds>.size,
      MemoryLayout<Parameter<Int>>.size, MemoryLayout<JSONValue>.size, MemoryLayout<StageFailure>.size,
      MemoryLayout<InputPath>.size, MemoryLayout<OutputPath>.size, MemoryLayout<SeededGenerator>.size,
    ]
    return "\(interfaceVersion)" + sizes.reduce("") { "\($0)-\($1)" }
  }

  /// Called by `offer` from within the plugin. Asks the plugin for nothing unless the interfaces agree. Its own
  /// signature never changes.
  public static func accept(
    interface: String, _ stages: () -> [any Stage.Type], _ types: () -> [PortTypeDefinition]
  ) -> UnsafeMutableRawPointer {
    let agrees = interface == Self.interface
    let library = PluginLibrary(
      stages: agrees ? stages() : [], types: agrees ? types() : [], interface: interface)
    return Unmanaged.passRetained(library).toOpaque()
  }
}
