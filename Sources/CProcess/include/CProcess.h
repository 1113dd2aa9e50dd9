#pragma once
// What a process can ask the kernel about its relatives and of signals. What is about relatives is for Linux only;
// elsewhere it does nothing and returns -1.

/// Has this process sent `signal` when the thread that started it ends, with its process if not before.
int process_signal_at_parents_end(int signal);

/// Makes this process the parent of all its descendants whose own parent ends.
int process_adopt_orphans(void);

/// From now on signals come as bytes, their numbers, out of the descriptor that this returns; -1 when there is none.
/// The calling thread, which must be the first, blocks none of them any more.
///
/// Blocking them and waiting would not do: that is a matter of each thread, and a library that is loaded may have
/// started threads before any line of the program ran. A signal that finds the pipe full is lost; so it waits there
/// already. Programs that this one executes get neither the descriptor nor the handlers.
int process_signals_as_bytes(const int *signals, int count);
