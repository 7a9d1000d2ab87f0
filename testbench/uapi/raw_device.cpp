// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "raw_device.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "guest_time.hpp"
#include "ktap.hpp"
#include "random.hpp"

namespace {

constexpr int kNodes = 64;

int open_first_node() {
  for (int node = 0; node < kNodes; ++node) {
    const std::string path = "/dev/accel/accel" + std::to_string(node);
    if (const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC); fd >= 0)
      return fd;
  }
  return -1;
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
  close_file();
}

void RawDevice::close_file() {
  if (fd_ >= 0)
    close(fd_);
  fd_ = -1;
}

int RawDevice::call(unsigned long request, void* argument) const {
  maybe_yield();
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

std::uint32_t RawDevice::make_buffer(std::uint64_t size_bytes, std::uint32_t vm_id) const {
  drm_kestrel_bo_create args{};
  args.size = size_bytes;
  args.vm_id = vm_id;
  REQUIRE_EQ(call(DRM_IOCTL_KESTREL_BO_CREATE, &args), 0);
  REQUIRE(args.handle != 0);
  return args.handle;
}

int RawDevice::close_buffer(std::uint32_t handle) const {
  drm_gem_close args{};
  args.handle = handle;
  return call(DRM_IOCTL_GEM_CLOSE, &args);
}

std::uint32_t RawDevice::make_vm() const {
  drm_kestrel_vm_create args{};
  REQUIRE_EQ(call(DRM_IOCTL_KESTREL_VM_CREATE, &args), 0);
  REQUIRE(args.id != 0);
  return args.id;
}

int RawDevice::destroy_vm(std::uint32_t id) const {
  drm_kestrel_vm_destroy args{};
  args.id = id;
  return call(DRM_IOCTL_KESTREL_VM_DESTROY, &args);
}

int RawDevice::map(std::uint32_t vm_id, std::uint32_t handle, std::uint64_t va,
                   std::uint64_t size_bytes, std::uint32_t flags, std::uint64_t bo_offset) const {
  return bind(vm_id, {map_op(handle, va, size_bytes, flags, bo_offset)});
}

int RawDevice::unmap(std::uint32_t vm_id, std::uint64_t va, std::uint64_t size_bytes) const {
  return bind(vm_id, {unmap_op(va, size_bytes)});
}

int RawDevice::bind(std::uint32_t vm_id, const std::vector<drm_kestrel_vm_bind_op>& ops) const {
  drm_kestrel_vm_bind args{};
  args.vm_id = vm_id;
  args.ops = array_of(ops);
  return call(DRM_IOCTL_KESTREL_VM_BIND, &args);
}

std::uint32_t RawDevice::make_queue(std::uint32_t vm_id, std::uint32_t priority) const {
  drm_kestrel_queue_create args{};
  args.vm_id = vm_id;
  args.priority = priority;
  REQUIRE_EQ(call(DRM_IOCTL_KESTREL_QUEUE_CREATE, &args), 0);
  REQUIRE(args.id != 0);
  return args.id;
}

int RawDevice::destroy_queue(std::uint32_t id) const {
  drm_kestrel_queue_destroy args{};
  args.id = id;
  return call(DRM_IOCTL_KESTREL_QUEUE_DESTROY, &args);
}

drm_kestrel_queue_state RawDevice::queue_state(std::uint32_t id) const {
  drm_kestrel_queue_state args{};
  args.id = id;
  REQUIRE_EQ(call(DRM_IOCTL_KESTREL_QUEUE_STATE, &args), 0);
  return args;
}

drm_kestrel_counter_values RawDevice::counters(std::uint32_t queue_id) const {
  drm_kestrel_counter_values values{};
  drm_kestrel_counters args{};
  args.scope = queue_id != 0 ? DRM_KESTREL_COUNTERS_QUEUE : DRM_KESTREL_COUNTERS_DEVICE;
  args.queue_id = queue_id;
  args.size = sizeof(values);
  args.pointer = reinterpret_cast<std::uintptr_t>(&values);
  REQUIRE_EQ(call(DRM_IOCTL_KESTREL_COUNTERS, &args), 0);
  return values;
}

drm_kestrel_vm_bind_op map_op(std::uint32_t handle, std::uint64_t va, std::uint64_t size_bytes,
                              std::uint32_t flags, std::uint64_t bo_offset) {
  drm_kestrel_vm_bind_op op{};
  op.type = DRM_KESTREL_VM_BIND_OP_MAP;
  op.flags = flags;
  op.handle = handle;
  op.bo_offset = bo_offset;
  op.va = va;
  op.size = size_bytes;
  return op;
}

drm_kestrel_vm_bind_op unmap_op(std::uint64_t va, std::uint64_t size_bytes) {
  drm_kestrel_vm_bind_op op{};
  op.type = DRM_KESTREL_VM_BIND_OP_UNMAP;
  op.va = va;
  op.size = size_bytes;
  return op;
}

std::uint64_t bad_pointer() {
  void* const address =
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(address != MAP_FAILED);
  munmap(address, 4096);
  return reinterpret_cast<std::uintptr_t>(address);
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
