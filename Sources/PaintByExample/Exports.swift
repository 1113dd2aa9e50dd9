// Pictures, documents and stages are what this library's own functions speak of.
@_exported public import Imaging
@_exported public import PipelineKit
@_exported public import Stages
