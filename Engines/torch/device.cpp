#include "device.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>
#include <torch/version.h>

#include <cstring>
#include <stdexcept>

#include "operators.h"

at::Device find_device(const std::string &name) {
  if (name == "cpu") return at::Device(at::kCPU);
  const bool is_bare = name == "cuda";
  const bool is_numbered = name.rfind("cuda:", 0) == 0 && name.size() > 5 && name.size() < 8 &&
      name.find_first_not_of("0123456789", 5) == std::string::npos;
  if (!is_bare && !is_numbered) {
    throw std::invalid_argument("there is no device '" + name + "'; it is cpu, cuda or cuda:N");
  }
  if (!c10::impl::hasDeviceGuardImpl(at::kCUDA)) {
    throw std::runtime_error(name + ": libtorch " TORCH_VERSION " as installed here is built without CUDA");
  }
  const int count = c10::impl::VirtualGuardImpl(at::kCUDA).deviceCount();
  const int index = is_bare ? 0 : std::stoi(name.substr(5));
  if (index >= count) {
    throw std::runtime_error(name + ": libtorch finds " + std::to_string(count) + " CUDA devices here");
  }
  return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(index));
}

namespace {

/// Whether products in this type can be computed, with their gradients if wanted.
bool multiplies(at::Device device, at::ScalarType type, bool trains) {
  const at::AutoGradMode mode(trains);
  try {
    const auto options = at::TensorOptions(at::kFloat).device(device);
    const auto weight = at::zeros({2, 2, 3, 3}, options).set_requires_grad(trains);
    const auto picture = at::zeros({1, 2, 4, 4}, options).set_requires_grad(trains);
    const auto product = at::matmul(picture.to(type), picture.to(type));
    const auto sum = at::conv2d(product, weight.to(type)).to(at::kFloat).sum();
    if (trains) sum.backward();
    sum.to(at::kCPU);
    return true;
  } catch (const std::exception &) {
    return false;
  }
}

bool is_native(at::Device device, at::ScalarType type) {
  if (type == at::kFloat || device.is_cuda()) return true;
#if defined(__x86_64__)
  __builtin_cpu_init();
  return type == at::kBFloat16 ? __builtin_cpu_supports("avx512bf16") : __builtin_cpu_supports("avx512fp16");
#else
  return false;
#endif
}

/// Asks NVIDIA's driver, which is loaded where such a GPU was found; its functions are the same in all versions of it.
void name_gpu(at::Device device, char *name, int size) {
  void *driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
  if (!driver) return;
  int (*get_device)(int *, int);
  int (*get_name)(char *, int, int);
  void *symbols[] = {dlsym(driver, "cuDeviceGet"), dlsym(driver, "cuDeviceGetName")};
  int number;
  if (symbols[0] && symbols[1]) {
    std::memcpy(&get_device, &symbols[0], sizeof get_device);
    std::memcpy(&get_name, &symbols[1], sizeof get_name);
    if (get_device(&number, device.index()) != 0 || get_name(name, size, number) != 0) name[0] = 0;
  }
  dlclose(driver);
}

}  // namespace

pt_device describe_device(at::Device device) {
  pt_device description = {};
  for (int element : {PT_F32, PT_F16, PT_BF16}) {
    const auto type = scalar_type(element);
    description.supports[element] = multiplies(device, type, false);
    description.trains[element] = multiplies(device, type, true);
    description.is_native[element] = description.supports[element] && is_native(device, type);
  }
  if (device.is_cuda()) name_gpu(device, description.kind, sizeof description.kind);
  return description;
}
