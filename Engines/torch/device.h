#pragma once
// Devices by name, and what they can do.

#include <c10/core/Device.h>

#include <string>

#include "CTorch.h"

/// The device of this name. Throws, in words for whoever named it, when this machine or this libtorch has none.
at::Device find_device(const std::string &name);

/// What it can do, tried out.
pt_device describe_device(at::Device device);
