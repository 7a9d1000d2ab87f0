// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/link/segment.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <format>

namespace presil {

std::expected<Segment, std::string> Segment::map(const UniqueFd& fd) {
  // Sealed against resizing, or the peer could turn any of our accesses into a SIGBUS.
  constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  const int seals = ::fcntl(fd.get(), F_GET_SEALS);
  if (seals < 0 || (seals & kSeals) != kSeals)
    return std::unexpected("the segment is not sealed against resizing");

  struct stat status = {};
  if (::fstat(fd.get(), &status) != 0)
    return std::unexpected(std::format("segment: {}", std::strerror(errno)));
  if (status.st_size != sizeof(presil_segment))
    return std::unexpected(std::format("the segment has {} bytes, expected {}", status.st_size,
                                       sizeof(presil_segment)));

  void* memory =
      ::mmap(nullptr, sizeof(presil_segment), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (memory == MAP_FAILED)
    return std::unexpected(std::format("segment: {}", std::strerror(errno)));

  Segment segment(UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0)),
                  static_cast<presil_segment*>(memory));
  if (segment->magic != PRESIL_LINK_MAGIC || segment->version != PRESIL_LINK_VERSION)
    return std::unexpected(
        std::format("the segment starts with {:#x} version {}, expected {:#x} {}", segment->magic,
                    segment->version, PRESIL_LINK_MAGIC, PRESIL_LINK_VERSION));
  return segment;
}

Segment::~Segment() {
  if (memory_)
    ::munmap(memory_, sizeof(*memory_));
}

}  // namespace presil
