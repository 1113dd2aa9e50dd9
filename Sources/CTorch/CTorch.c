#if defined(__linux__)
#define _GNU_SOURCE  // dladdr
#endif
#include "CTorch.h"

#include <CProcessor.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

// A oneDNN before 2.7 that libtorch shares with the system (Debian's) knows no AVX512_CORE_FP16, and takes that for
// no limit at all. It is given one that it knows, and made to read it now; whoever comes later finds the other.
static void limit_old_kernels(void *library) {
  typedef struct {
    int major, minor;
  } dnnl_version;
  const dnnl_version *(*version)(void);
  int (*effective_isa)(void);
  void *symbols[] = {dlsym(library, "dnnl_version"), dlsym(library, "dnnl_get_effective_cpu_isa")};
  const char *limit = getenv("ONEDNN_MAX_CPU_ISA");
  if (!symbols[0] || !symbols[1] || !limit || strcmp(limit, "AVX512_CORE_FP16")) return;
  memcpy(&version, &symbols[0], sizeof version);
  memcpy(&effective_isa, &symbols[1], sizeof effective_isa);
  if (version()->major > 2 || (version()->major == 2 && version()->minor >= 7)) return;
  setenv("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_BF16", 1);
  effective_isa();
  setenv("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_FP16", 1);
}

const pt_functions *pt_load(const char *path, char *reason, size_t reason_size) {
  processor_limit_kernels();
  // Read by cuBLAS when it starts; without it, sums may be taken in another order in every run.
  setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
  // What goes wrong is reported by errors; libtorch need not print it, too, with stacks of its functions.
  setenv("TORCH_CPP_LOG_LEVEL", "FATAL", 0);
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *message = dlerror();
    snprintf(reason, reason_size, "%s", message ? message : "cannot be opened");
    return NULL;
  }
  limit_old_kernels(library);
  void *symbol = dlsym(library, TEXT(PT_ENTRY));
  if (!symbol) {
    snprintf(reason, reason_size, "%s: has no function %s", path, TEXT(PT_ENTRY));
    return NULL;
  }
  pt_entry entry;
  memcpy(&entry, &symbol, sizeof entry);
  const pt_functions *functions = entry();
  if (functions->abi != PT_ABI) {
    snprintf(
        reason, reason_size, "%s: was built for interface %d, not %d", path, functions->abi, PT_ABI);
    return NULL;
  }
  return functions;
}

int pt_library_path(const pt_functions *functions, char *path, size_t path_size) {
  Dl_info info;
  if (!dladdr(functions, &info) || !info.dli_fname) return 0;
  return snprintf(path, path_size, "%s", info.dli_fname) < (int)path_size;
}
