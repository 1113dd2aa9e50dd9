#pragma once

/// Lets two files or folders change names at once. Gives 0, or an error number: ENOTSUP where the system has no such
/// call, EINVAL where the file system has none.
int exchange_names(const char *first, const char *second);
