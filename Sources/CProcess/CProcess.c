#include "CProcess.h"

#ifdef __linux__
#include <sys/prctl.h>

int process_signal_at_parents_end(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }
int process_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
#else
int process_signal_at_parents_end(int signal) {
  (void)signal;
  return -1;
}
int process_adopt_orphans(void) { return -1; }
#endif
