#include "CSystemCalls.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif

// By number: older C libraries have no function for it, and Swift cannot call `syscall`, whose arguments vary.
int exchange_names(const char *first, const char *second) {
#if defined(__linux__)
  const unsigned exchange = 1 << 1;
  return syscall(SYS_renameat2, AT_FDCWD, first, AT_FDCWD, second, exchange) == 0 ? 0 : errno;
#elif defined(__APPLE__)
  return renamex_np(first, second, RENAME_SWAP) == 0 ? 0 : errno;
#else
  return ENOTSUP;
#endif
}
