// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "load_board.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "client.hpp"
#include "ktap.hpp"
#include "syncobj.hpp"

namespace {

std::uint64_t whole_pages(std::uint64_t bytes) {
  return (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
}

}  // namespace

LoadBoard::LoadBoard(const LoadSize& size)
    : size_(size),
      slots_(device_, whole_pages(std::uint64_t{size.rows()} * (size.jobs + 1) * kSlotBytes)),
      slots_fd_(export_buffer(device_, slots_.handle())),
      shared_bytes_(size.rows() *
                    (sizeof(std::atomic<std::uint32_t>) + (size.jobs + 1) * sizeof(LoadJob))),
      shared_(
          mmap(nullptr, shared_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
  REQUIRE(slots_fd_ >= 0);
  REQUIRE(shared_ != MAP_FAILED);
  submitted_ = new (shared_) std::atomic<std::uint32_t>[size.rows()]();
  sources_ = new (static_cast<char*>(shared_) + size.rows() * sizeof(*submitted_))
      LoadJob[std::size_t{size.rows()} * (size.jobs + 1)]();
  for (std::uint32_t row = 0; row < size.rows(); ++row) {
    fill(slot({row, 0}), 1 + row);
    drm_syncobj_handle args{};
    args.handle = make_syncobj(device_);
    REQUIRE_EQ(device_.call(DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &args), 0);
    timeline_fds_.push_back(args.fd);
  }
}

LoadBoard::~LoadBoard() {
  munmap(shared_, shared_bytes_);
  close(slots_fd_);
  for (const int fd : timeline_fds_)
    close(fd);
}

std::size_t LoadBoard::place(const LoadJob& job) const {
  return std::size_t{job.row} * (size_.jobs + 1) + job.number;
}

std::uint64_t LoadBoard::slot_offset(const LoadJob& job) const {
  return std::uint64_t{place(job)} * kSlotBytes;
}

std::span<std::uint8_t> LoadBoard::slot(const LoadJob& job) const {
  return slots_.bytes().subspan(place(job) * kSlotBytes, kSlotBytes);
}

std::uint32_t LoadBoard::import_timeline(const RawDevice& device, std::uint32_t row) const {
  drm_syncobj_handle args{};
  args.fd = timeline_fds_[row];
  REQUIRE_EQ(device.call(DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &args), 0);
  return args.handle;
}

void LoadBoard::note_source(const LoadJob& job, const LoadJob& source) {
  sources_[place(job)] = source;
}

std::uint64_t LoadBoard::wrong_slots() const {
  std::uint64_t wrong = 0;
  for (std::uint32_t row = 0; row < size_.rows(); ++row) {
    for (std::uint32_t number = 1; number <= size_.jobs; ++number) {
      LoadJob source{row, number};
      while (source.number != 0)
        source = sources_[place(source)];
      wrong += std::ranges::equal(slot({row, number}), slot(source)) ? 0 : 1;
    }
  }
  return wrong;
}
