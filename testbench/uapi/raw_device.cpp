// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "raw_device.hpp"

#include <fcntl.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "ktap.hpp"

namespace {

constexpr int kNodes = 64;
constexpr std::int64_t kSecondNs = 1'000'000'000;

std::int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kSecondNs + now.tv_nsec;
}

int open_first_node() {
  for (int node = 0; node < kNodes; ++node) {
    const std::string path = "/dev/accel/accel" + std::to_string(node);
    if (const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC); fd >= 0)
      return fd;
  }
  return -1;
}

template <typename T>
drm_kestrel_array array_of(const std::vector<T>& elements) {
  drm_kestrel_array array{};
  array.stride = sizeof(T);
  array.count = static_cast<std::uint32_t>(elements.size());
  array.pointer = reinterpret_cast<std::uintptr_t>(elements.data());
  return array;
}

/// \returns a descriptor, or -errno
int export_sync_file(const RawDevice& device, std::uint32_t syncobj) {
  drm_syncobj_handle args{};
  args.handle = syncobj;
  args.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE;
  const int result = device.call(DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &args);
  return result < 0 ? result : args.fd;
}

int sync_file_status(int fd) {
  sync_file_info info{};
  return ioctl(fd, SYNC_IOC_FILE_INFO, &info) < 0 ? -errno : info.status;
}

}  // namespace

RawDevice::RawDevice() : fd_(-1) {
  // Nodes appear a little after the driver was bound.
  const std::int64_t deadline_ns = now_ns() + 2 * kSecondNs;
  for (;;) {
    fd_ = open_first_node();
    if (fd_ >= 0 || now_ns() > deadline_ns)
      break;
    usleep(10'000);
  }
  REQUIRE(fd_ >= 0);
}

RawDevice::~RawDevice() {
  close(fd_);
}

int RawDevice::call(unsigned long request, void* argument) const {
  return ioctl(fd_, request, argument) < 0 ? -errno : 0;
}

drm_kestrel_info RawDevice::info() const {
  drm_kestrel_info info{};
  drm_kestrel_dev_query query{};
  query.type = DRM_KESTREL_DEV_QUERY_INFO;
  query.size = sizeof(info);
  query.pointer = reinterpret_cast<std::uintptr_t>(&info);
  REQUIRE_EQ(call(DRM_IOCTL_KESTREL_DEV_QUERY, &query), 0);
  return info;
}

std::uint32_t RawDevice::make_buffer(std::uint64_t size_bytes) const {
  drm_kestrel_bo_create args{};
  args.size = size_bytes;
  REQUIRE_EQ(call(DRM_IOCTL_KESTREL_BO_CREATE, &args), 0);
  REQUIRE(args.handle != 0);
  return args.handle;
}

int RawDevice::close_buffer(std::uint32_t handle) const {
  drm_gem_close args{};
  args.handle = handle;
  return call(DRM_IOCTL_GEM_CLOSE, &args);
}

std::uint32_t RawDevice::make_syncobj(std::uint32_t flags) const {
  drm_syncobj_create args{};
  args.flags = flags;
  REQUIRE_EQ(call(DRM_IOCTL_SYNCOBJ_CREATE, &args), 0);
  return args.handle;
}

int RawDevice::destroy_syncobj(std::uint32_t handle) const {
  drm_syncobj_destroy args{};
  args.handle = handle;
  return call(DRM_IOCTL_SYNCOBJ_DESTROY, &args);
}

int RawDevice::wait_syncobj(std::uint32_t handle) const {
  drm_syncobj_wait args{};
  args.handles = reinterpret_cast<std::uintptr_t>(&handle);
  args.count_handles = 1;
  args.timeout_nsec = now_ns() + 60 * kSecondNs;
  args.flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT;
  return call(DRM_IOCTL_SYNCOBJ_WAIT, &args);
}

int RawDevice::job_status(std::uint32_t handle) const {
  const int fd = export_sync_file(*this, handle);
  if (fd < 0)
    return fd;
  const int status = sync_file_status(fd);
  close(fd);
  return status;
}

SyncFile::SyncFile(const RawDevice& device, std::uint32_t syncobj)
    : fd_(export_sync_file(device, syncobj)) {
  REQUIRE(fd_ >= 0);
}

SyncFile::SyncFile(SyncFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

SyncFile::~SyncFile() {
  if (fd_ >= 0)
    close(fd_);
}

int SyncFile::wait() const {
  pollfd polled{.fd = fd_, .events = POLLIN, .revents = 0};
  if (poll(&polled, 1, 60'000) < 0)
    return -errno;
  return sync_file_status(fd_);
}

MappedBuffer::MappedBuffer(const RawDevice& device, std::uint64_t size_bytes)
    : handle_(device.make_buffer(size_bytes)) {
  drm_kestrel_bo_mmap_offset args{};
  args.handle = handle_;
  REQUIRE_EQ(device.call(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, &args), 0);
  void* const address = mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, device.fd(),
                             static_cast<off_t>(args.offset));
  REQUIRE(address != MAP_FAILED);
  bytes_ = {static_cast<std::uint8_t*>(address), size_bytes};
}

MappedBuffer::~MappedBuffer() {
  munmap(bytes_.data(), bytes_.size());
}

drm_kestrel_submit Submission::args() const {
  drm_kestrel_submit args{};
  args.copies = array_of(copies);
  args.in_syncs = array_of(in_syncs);
  args.out_syncs = array_of(out_syncs);
  return args;
}

int Submission::submit(const RawDevice& device) const {
  drm_kestrel_submit arguments = args();
  return device.call(DRM_IOCTL_KESTREL_SUBMIT, &arguments);
}

Submission one_copy(std::uint32_t src, std::uint64_t src_offset, std::uint32_t dst,
                    std::uint64_t dst_offset, std::uint64_t length, std::uint32_t out_sync) {
  drm_kestrel_copy copy{};
  copy.src_handle = src;
  copy.dst_handle = dst;
  copy.src_offset = src_offset;
  copy.dst_offset = dst_offset;
  copy.length = length;
  drm_kestrel_sync signal{};
  signal.handle = out_sync;
  return {{copy}, {}, {signal}};
}

std::uint64_t bad_pointer() {
  void* const address =
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(address != MAP_FAILED);
  munmap(address, 4096);
  return reinterpret_cast<std::uintptr_t>(address);
}

void fill(std::span<std::uint8_t> bytes, unsigned seed) {
  std::uint32_t state = seed * 2654435761u + 1;
  for (std::uint8_t& byte : bytes) {
    state = state * 1664525u + 1013904223u;  // Knuth's and Lewis' generator.
    byte = static_cast<std::uint8_t>(state >> 24);
  }
}

std::string pci_folder() {
  for (int node = 0; node < kNodes; ++node) {
    const std::string link = "/sys/class/accel/accel" + std::to_string(node) + "/device";
    if (char* const path = realpath(link.c_str(), nullptr); path != nullptr) {
      const std::string folder = path;
      free(path);
      return folder;
    }
  }
  ktap::fail(__FILE__, __LINE__, "no accelerator under /sys/class/accel");
  throw ktap::EndOfCase();
}

int write_file(const std::string& path, const std::string& text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return -errno;
  const int error = write(fd, text.data(), text.size()) < 0 ? -errno : 0;
  close(fd);
  return error;
}
