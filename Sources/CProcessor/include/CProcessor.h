#pragma once
// What must be known of the processor before a library of kernels is loaded.

/// Whether this machine announces matrix tiles (AMX) without describing them, as some virtual machines do.
int processor_withholds_tiles(void);

/// Where tiles are withheld, keeps oneDNN, inside whichever library, from using them: sets the environment
/// variable ONEDNN_MAX_CPU_ISA, unless it is set already. oneDNN reads it once, when it is loaded.
void processor_limit_kernels(void);
