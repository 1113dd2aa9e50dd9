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
  /// The function that makes one of numpy's arrays.
  case array
  /// The class of the types of numpy's numbers.
  case numberType
  /// The class of scikit-learn's mixtures, a bag of attributes here.
  case estimator
  /// Something weights do not need: what is made of it is a value without content.
  case inert

  /// The meaning of a name, or nil when it is not allowed.
  static func named(_ module: String, _ name: String) -> PickleGlobal? { allowed[module]?[name] }

  private static let allowed: [String: [String: PickleGlobal]] = [
    "collections": ["OrderedDict": .orderedDictionary],
    "torch._utils": ["_rebuild_tensor_v2": .rebuildTensor, "_rebuild_parameter": .rebuildParameter],
    "torch": [
      "DoubleStorage": .storage(.float64), "FloatStorage": .storage(.float32),
      "HalfStorage": .storage(.float16), "BFloat16Storage": .storage(.bfloat16),
      "LongStorage": .storage(.int64), "IntStorage": .storage(.int32), "ShortStorage": .storage(.int16),
      "CharStorage": .storage(.int8), "ByteStorage": .storage(.uint8), "BoolStorage": .storage(.bool),
      "Size": .inert, "device": .inert, "float32": .inert, "float16": .inert, "bfloat16": .inert,
      "int64": .inert,
    ],
    // What Lightning, numpy and optimisers leave beside the weights.
    "builtins": ["set": .inert, "bytearray": .inert],
    "__builtin__": ["set": .inert, "bytearray": .inert],
    "_codecs": ["encode": .inert],
    "argparse": ["Namespace": .inert],
    "numpy": ["dtype": .numberType, "ndarray": .inert],
    "numpy.core.multiarray": ["scalar": .inert, "_reconstruct": .array],
    "numpy._core.multiarray": ["scalar": .inert, "_reconstruct": .array],
    "sklearn.mixture.gaussian_mixture": ["GaussianMixture": .estimator],
    "sklearn.mixture._gaussian_mixture": ["GaussianMixture": .estimator],
    "pytorch_lightning.callbacks.model_checkpoint": ["ModelCheckpoint": .inert],
    "pytorch_lightning.callbacks.early_stopping": ["EarlyStopping": .inert],
    "pytorch_lightning.utilities.parsing": ["AttributeDict": .inert],
    "lightning.pytorch.callbacks.model_checkpoint": ["ModelCheckpoint": .inert],
    "lightning.pytorch.callbacks.early_stopping": ["EarlyStopping": .inert],
    "lightning_fabric.utilities.data": ["AttributeDict": .inert],
    "lightning.fabric.utilities.data": ["AttributeDict": .inert],
  ]
}
