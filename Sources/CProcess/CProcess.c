#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

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

static int pipe_ends[2] = {-1, -1};

static void write_number(int signal) {
  int before = errno;
  unsigned char number = (unsigned char)signal;
  ssize_t written = write(pipe_ends[1], &number, 1);
  (void)written;
  errno = before;
}

int process_signals_as_bytes(const int *signals, int count) {
  if (pipe(pipe_ends) != 0) return -1;
  for (int end = 0; end < 2; end++) fcntl(pipe_ends[end], F_SETFD, FD_CLOEXEC);
  fcntl(pipe_ends[1], F_SETFL, O_NONBLOCK);
  struct sigaction action = {.sa_handler = write_number, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  for (int index = 0; index < count; index++) {
    if (sigaction(signals[index], &action, NULL) != 0) return -1;
  }
  // What a thread of Dispatch starts inherits that it blocks signals.
  sigset_t none;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) return -1;
  return pipe_ends[0];
}
