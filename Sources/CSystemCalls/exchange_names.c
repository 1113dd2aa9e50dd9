#include "CSystemCalls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

int flush_standard_output(void) {
  errno = 0;
  if (fflush(stdout) == 0 && !ferror(stdout)) return 0;
  // An earlier call may have failed, and left nothing to say why.
  return errno == 0 ? EIO : errno;
}
