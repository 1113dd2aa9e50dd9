#pragma once
// What a process can ask the kernel about its relatives. Linux only; elsewhere both do nothing and return -1.

/// Has this process sent `signal` when the thread that started it ends, with its process if not before.
int process_signal_at_parents_end(int signal);

/// Makes this process the parent of all its descendants whose own parent ends.
int process_adopt_orphans(void);
