#pragma once
// What an exception says, without the stack that c10 adds.

#include <c10/util/Exception.h>

#include <string>

inline std::string message(const std::exception &error) {
  if (auto *c10_error = dynamic_cast<const c10::Error *>(&error)) return c10_error->what_without_backtrace();
  return error.what();
}
