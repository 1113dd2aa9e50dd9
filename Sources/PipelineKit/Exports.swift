// Documents' values, their faults, digests and random numbers are a part of what this module says to its users.
@_exported public import Foundations
