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

const pt_functions *pt_load(const char *path, char *reason, size_t reason_size) {
  processor_limit_kernels();
  // Read by cuBLAS when it starts; without it, sums may be taken in another order in every run.
  setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *message = dlerror();
    snprintf(reason, reason_size, "%s", message ? message : "cannot be opened");
    return NULL;
  }
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
        reason, reason_size, "%s: was built for interface %d, not %d; run: make torch", path, functions->abi,
        PT_ABI);
    return NULL;
  }
  return functions;
}

int pt_library_path(const pt_functions *functions, char *path, size_t path_size) {
  Dl_info info;
  if (!dladdr(functions, &info) || !info.dli_fname) return 0;
  return snprintf(path, path_size, "%s", info.dli_fname) < (int)path_size;
}
