// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "dma_buf_sources.hpp"

#include <fcntl.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include <drm/drm.h>
#include <drm/drm_mode.h>

#include "ktap.hpp"

namespace {

constexpr int kNodes = 16;

/// \returns a descriptor of vgem's card, or -1
int open_vgem() {
  for (int node = 0; node < kNodes; ++node) {
    const std::string path = "/dev/dri/card" + std::to_string(node);
    const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0)
      continue;
    char name[16] = {};
    drm_version version{};
    version.name = name;
    version.name_len = sizeof(name) - 1;
    if (ioctl(fd, DRM_IOCTL_VERSION, &version) == 0 && std::strcmp(name, "vgem") == 0)
      return fd;
    close(fd);
  }
  return -1;
}

}  // namespace

int make_vgem_buffer(std::uint64_t size_bytes) {
  const int vgem = open_vgem();
  if (vgem < 0)
    ktap::skip("no vgem under /dev/dri; load the module vgem");
  // A dumb buffer, of one row of pixels of a byte each.
  drm_mode_create_dumb create{};
  create.height = 1;
  create.width = static_cast<std::uint32_t>(size_bytes);
  create.bpp = 8;
  const bool made = ioctl(vgem, DRM_IOCTL_MODE_CREATE_DUMB, &create) == 0;
  drm_prime_handle prime{};
  prime.handle = create.handle;
  prime.flags = O_CLOEXEC | O_RDWR;
  const bool exported = made && ioctl(vgem, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime) == 0;
  close(vgem);
  REQUIRE(made);
  REQUIRE(exported);
  REQUIRE(create.size >= size_bytes);
  return prime.fd;
}

int make_udmabuf(std::uint64_t size_bytes, int& memfd) {
  const int udmabuf = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
  if (udmabuf < 0)
    ktap::skip("no /dev/udmabuf; the kernel was built without UDMABUF");
  memfd = memfd_create("udmabuf", MFD_ALLOW_SEALING | MFD_CLOEXEC);
  const bool ready = memfd >= 0 && ftruncate(memfd, static_cast<off_t>(size_bytes)) == 0 &&
                     fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK) == 0;
  udmabuf_create create{};
  create.memfd = static_cast<std::uint32_t>(memfd);
  create.flags = UDMABUF_FLAGS_CLOEXEC;
  create.size = size_bytes;
  const int fd = ready ? ioctl(udmabuf, UDMABUF_CREATE, &create) : -1;
  close(udmabuf);
  REQUIRE(fd >= 0);
  return fd;
}

int make_heap_buffer(std::uint64_t size_bytes) {
  const int heap = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC);
  if (heap < 0)
    ktap::skip("no /dev/dma_heap/system; the kernel was built without DMABUF_HEAPS_SYSTEM");
  dma_heap_allocation_data data{};
  data.len = size_bytes;
  data.fd_flags = O_CLOEXEC | O_RDWR;
  const bool made = ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data) == 0;
  close(heap);
  REQUIRE(made);
  return static_cast<int>(data.fd);
}
