#include "CProcessor.h"

#include <stdlib.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

// oneDNN would configure tiles of no size, and its first bfloat16 kernel die of an illegal instruction.
int processor_withholds_tiles(void) {
#if defined(__x86_64__)
  unsigned a, b, c, d, palettes;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(d & (1u << 24))) return 0;
  return !__get_cpuid_count(0x1d, 0, &palettes, &b, &c, &d) || palettes == 0;
#else
  return 0;
#endif
}

void processor_limit_kernels(void) {
  if (processor_withholds_tiles()) setenv("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_FP16", 0);
}
