#include "group.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <torch/version.h>

#include <chrono>
#include <sstream>
#include <stdexcept>

#include "message.h"

#ifdef HAS_GLOO
#define USE_C10D_GLOO 1
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <cstdlib>

struct pt_group::Connection {
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
};

namespace {

/// Where the others reach this process: by the interface that GLOO_SOCKET_IFNAME names, else by the one that this
/// machine's name leads to, but within one machine by its loopback.
auto device(const std::string &address) {
  using Gloo = c10d::ProcessGroupGloo;
  if (const char *interface = std::getenv("GLOO_SOCKET_IFNAME")) return Gloo::createDeviceForInterface(interface);
  const bool is_local = address == "localhost" || address == "::1" || address.rfind("127.", 0) == 0;
  return is_local ? Gloo::createDeviceForHostname(address) : Gloo::createDefaultDevice();
}

c10::intrusive_ptr<c10d::ProcessGroupGloo> connect(const pt_place &place) {
  const std::chrono::milliseconds timeout(place.timeout);
  c10d::TCPStoreOptions options;
  options.port = uint16_t(place.port);
  options.isServer = place.hosts_store != 0;
  options.numWorkers = size_t(place.count);
  options.timeout = timeout;
  // A launcher's own store outlives the processes it starts anew: each attempt has keys of its own.
  const auto store = c10::make_intrusive<c10d::PrefixStore>(
      place.attempt, c10::make_intrusive<c10d::TCPStore>(place.address, options));
  const auto settings = c10d::ProcessGroupGloo::Options::create(timeout);
  settings->devices.push_back(device(place.address));
  settings->threads = 1;
  return c10::make_intrusive<c10d::ProcessGroupGloo>(store, place.rank, place.count, settings);
}

}  // namespace

pt_group::pt_group(const pt_place &place) : rank(place.rank), count(place.count) {
  try {
    connection.reset(new Connection{connect(place)});
  } catch (const std::exception &error) {
    std::ostringstream words;
    words << "process " << rank << " of " << count << " did not find all others by way of " << place.address << ":"
          << place.port << " within " << double(place.timeout) / 1000 << " s: " << message(error);
    throw std::runtime_error(words.str());
  }
}

/// A failure breaks the connections, so that no later call can succeed.
template <typename Body>
void pt_group::exchange(const Body &body) {
  const std::lock_guard<std::mutex> lock(mutex);
  if (!failure.empty()) throw std::runtime_error(failure);
  try {
    body();
  } catch (const std::exception &error) {
    failure = "process " + std::to_string(rank) + " of " + std::to_string(count) +
        " got no answer from another, which ended, hangs, or does something else: " + message(error);
    throw std::runtime_error(failure);
  }
}

void pt_group::average(const std::vector<at::Tensor> &tensors) {
  if (tensors.empty()) return;
  const at::NoGradGuard guard;
  // One message, in the processor's memory.
  std::vector<at::Tensor> rows;
  for (const auto &tensor : tensors) rows.push_back(tensor.reshape({-1}).to(at::kCPU));
  std::vector<at::Tensor> packed{at::cat(rows)};
  exchange([&] { connection->gloo->allreduce(packed)->wait(); });
  packed[0].div_(count);
  int64_t start = 0;
  for (const auto &tensor : tensors) {
    tensor.copy_(packed[0].narrow(0, start, tensor.numel()).view(tensor.sizes()));
    start += tensor.numel();
  }
}

void pt_group::barrier() {
  exchange([&] { connection->gloo->barrier()->wait(); });
}

#else

struct pt_group::Connection {};

pt_group::pt_group(const pt_place &place) : rank(place.rank), count(place.count) {
  throw std::runtime_error(
      "libtorch " TORCH_VERSION " as installed here is built without Gloo, which connects processes");
}

void pt_group::average(const std::vector<at::Tensor> &) {}
void pt_group::barrier() {}

#endif

pt_group::~pt_group() = default;
