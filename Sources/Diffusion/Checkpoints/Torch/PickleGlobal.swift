/// A class or function that a checkpoint may name. Nothing is ever imported or called: each name stands for
/// one of a few things the reader does itself, and for a name outside this list the file is refused.
enum PickleGlobal {
  /// A class of typed storage.
  case storage(ScalarType)
  /// The function that makes a tensor of a storage, an offset, sizes and strides.
  case rebuildTensor
  /// The function that marks a tensor as trainable.
  case rebuildParameter
  /// A dictionary that keeps its order.
  case orderedDictionary
  /// Something weights do not need: what is made of it is a value without content.
  case inert

  /// The meaning of a name, or nil when it is not allowed.
  static func named(_ module: String, _ name: String) -> PickleGlobal? { allowed["\(module).\(name)"] }

  private static let allowed: [String: PickleGlobal] = [
    "collections.OrderedDict": .orderedDictionary,
    "torch._utils._rebuild_tensor_v2": .rebuildTensor,
    "torch._utils._rebuild_parameter": .rebuildParameter,
    "torch.DoubleStorage": .storage(.float64),
    "torch.FloatStorage": .storage(.float32),
    "torch.HalfStorage": .storage(.float16),
    "torch.BFloat16Storage": .storage(.bfloat16),
    "torch.LongStorage": .storage(.int64),
    "torch.IntStorage": .storage(.int32),
    "torch.ShortStorage": .storage(.int16),
    "torch.CharStorage": .storage(.int8),
    "torch.ByteStorage": .storage(.uint8),
    "torch.BoolStorage": .storage(.bool),
    // What Lightning, numpy and optimisers leave beside the weights.
    "torch.Size": .inert,
    "torch.device": .inert,
    "torch.float32": .inert,
    "torch.float16": .inert,
    "torch.bfloat16": .inert,
    "torch.int64": .inert,
    "builtins.set": .inert,
    "__builtin__.set": .inert,
    "builtins.bytearray": .inert,
    "__builtin__.bytearray": .inert,
    "_codecs.encode": .inert,
    "numpy.dtype": .inert,
    "numpy.ndarray": .inert,
    "numpy.core.multiarray.scalar": .inert,
    "numpy._core.multiarray.scalar": .inert,
    "numpy.core.multiarray._reconstruct": .inert,
    "numpy._core.multiarray._reconstruct": .inert,
    "argparse.Namespace": .inert,
    "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint": .inert,
    "pytorch_lightning.callbacks.early_stopping.EarlyStopping": .inert,
    "pytorch_lightning.utilities.parsing.AttributeDict": .inert,
    "lightning.pytorch.callbacks.model_checkpoint.ModelCheckpoint": .inert,
    "lightning.pytorch.callbacks.early_stopping.EarlyStopping": .inert,
    "lightning_fabric.utilities.data.AttributeDict": .inert,
    "lightning.fabric.utilities.data.AttributeDict": .inert,
  ]
}
