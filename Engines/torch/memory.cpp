#include "memory.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#if __has_include(<c10/core/impl/alloc_cpu.h>)
#include <c10/core/impl/alloc_cpu.h>
#endif
#include <sys/mman.h>
#include <torch/version.h>

#include <cstdlib>
#include <map>
#include <mutex>
#include <new>
#include <unordered_map>
#include <vector>

namespace {

/// Smaller tensors are left to malloc, which keeps them by itself.
constexpr size_t kept_from = size_t(1) << 20;
/// The size of the pages that the kernel is asked for.
constexpr size_t huge_page = size_t(1) << 21;

class Pool {
 public:
  void *take(size_t size) {
    const std::lock_guard<std::mutex> guard(lock);
    const size_t rounded = (size + kept_from - 1) / kept_from * kept_from;
    auto &free = free_blocks[rounded];
    void *block = nullptr;
    if (!free.empty()) {
      block = free.back();
      free.pop_back();
    } else {
      if (posix_memalign(&block, huge_page, rounded) != 0) {
        empty();
        if (posix_memalign(&block, huge_page, rounded) != 0) throw std::bad_alloc();
      }
      madvise(block, rounded, MADV_HUGEPAGE);
    }
    taken[block] = rounded;
    return block;
  }

  /// Whether the block was this pool's.
  bool give_back(void *block) {
    const std::lock_guard<std::mutex> guard(lock);
    const auto found = taken.find(block);
    if (found == taken.end()) return false;
    if (holders > 0) {
      free_blocks[found->second].push_back(block);
    } else {
      std::free(block);
    }
    taken.erase(found);
    return true;
  }

  void hold() {
    const std::lock_guard<std::mutex> guard(lock);
    holders += 1;
  }

  void release() {
    const std::lock_guard<std::mutex> guard(lock);
    holders -= 1;
    if (holders == 0) empty();
  }

  bool is_held() {
    const std::lock_guard<std::mutex> guard(lock);
    return holders > 0;
  }

 private:
  std::mutex lock;
  std::map<size_t, std::vector<void *>> free_blocks;
  std::unordered_map<void *, size_t> taken;
  size_t holders = 0;

  void empty() {
    for (auto &blocks : free_blocks) {
      for (auto *block : blocks.second) std::free(block);
    }
    free_blocks.clear();
  }
};

/// Never destroyed: tensors may outlive everything else.
Pool &pool() {
  static auto *const shared = new Pool;
  return *shared;
}

void give_back(void *block) {
  if (block != nullptr && !pool().give_back(block)) c10::free_cpu(block);
}

struct Allocator final : c10::Allocator {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 3)
  c10::DataPtr allocate(size_t size) override {
#else
  c10::DataPtr allocate(size_t size) const override {
#endif
    void *const block = size >= kept_from && pool().is_held() ? pool().take(size) : c10::alloc_cpu(size);
    return {block, block, &give_back, c10::Device(c10::DeviceType::CPU)};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &give_back; }

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 2)
  void copy_data(void *destination, const void *source, size_t size) const override {
    default_copy_data(destination, source, size);
  }
#endif
};

}  // namespace

TensorMemory::TensorMemory() {
  static auto *const allocator = [] {
    auto *const made = new Allocator;
    c10::SetCPUAllocator(made);
    return made;
  }();
  (void)allocator;
  pool().hold();
}

TensorMemory::~TensorMemory() { pool().release(); }
