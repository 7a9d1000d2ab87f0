// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "link_progress.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <format>
#include <utility>

namespace presil::cli {
namespace {

template <typename T>
T relaxed(const T& value) {
  return __atomic_load_n(&value, __ATOMIC_RELAXED);
}

const presil_segment* map_segment(const std::filesystem::path& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return nullptr;
  }
  struct stat status{};
  void* memory = MAP_FAILED;
  if (fstat(descriptor, &status) == 0 && status.st_size == sizeof(presil_segment)) {
    memory = mmap(nullptr, sizeof(presil_segment), PROT_READ, MAP_SHARED, descriptor, 0);
  }
  close(descriptor);
  if (memory == MAP_FAILED) {
    return nullptr;
  }
  const auto* segment = static_cast<const presil_segment*>(memory);
  if (segment->magic != PRESIL_LINK_MAGIC || segment->version != PRESIL_LINK_VERSION) {
    munmap(memory, sizeof(presil_segment));
    return nullptr;
  }
  return segment;
}

}  // namespace

std::optional<LinkProgress> LinkProgress::attach(pid_t process) {
  std::error_code error;
  const auto folder = std::format("/proc/{}/fd", process);
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code unreadable;
    const auto target = std::filesystem::read_symlink(entry->path(), unreadable).string();
    if (!unreadable && target.starts_with("/memfd:")) {
      if (const auto* segment = map_segment(entry->path())) {
        return LinkProgress(segment);
      }
    }
  }
  return std::nullopt;
}

LinkProgress::LinkProgress(LinkProgress&& other) noexcept
    : segment_(std::exchange(other.segment_, nullptr)) {}

LinkProgress::~LinkProgress() {
  if (segment_) {
    munmap(const_cast<presil_segment*>(segment_), sizeof(presil_segment));
  }
}

LinkSample LinkProgress::sample() const {
  const auto& simulator = segment_->simulator;
  const auto& qemu = segment_->qemu;
  return {
      .heartbeat = relaxed(simulator.heartbeat),
      .pulse = relaxed(qemu.pulse),
      .guest_ns = relaxed(qemu.guest_ns),
      .device_ps = relaxed(simulator.device_ps),
      .rtl_cycles = relaxed(simulator.rtl_cycles),
      .rtl_cycles_skipped = relaxed(simulator.rtl_cycles_skipped),
      .advances = relaxed(qemu.advances),
      .timer_ticks = relaxed(qemu.timer_ticks),
      .down_reason = relaxed(qemu.down_reason),
      .call_type = relaxed(qemu.call_type),
  };
}

}  // namespace presil::cli
