// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "client.hpp"

#include <algorithm>
#include <utility>

#include "ktap.hpp"

drm_kestrel_submit Job::args() const {
  drm_kestrel_submit args{};
  args.queue_id = queue_id;
  args.calls = array_of(calls);
  args.in_syncs = array_of(in_syncs);
  args.out_syncs = array_of(out_syncs);
  return args;
}

int Job::submit(const RawDevice& device) const {
  drm_kestrel_submit arguments = args();
  return device.call(DRM_IOCTL_KESTREL_SUBMIT, &arguments);
}

drm_kestrel_call call_at(std::uint64_t va, std::uint32_t size_bytes) {
  drm_kestrel_call call{};
  call.va = va;
  call.size = size_bytes;
  return call;
}

Client::Client(std::uint32_t priority)
    : priority_(priority),
      vm_(device_.make_vm()),
      queue_(device_.make_queue(vm_, priority)),
      commands_(device_, kCommandBytes),
      commands_va_(bind_buffer(commands_.handle(), kCommandBytes, DRM_KESTREL_VM_BIND_READ)) {}

void Client::renew_queue() {
  REQUIRE_EQ(device_.destroy_queue(queue_), 0);
  queue_ = device_.make_queue(vm_, priority_);
}

std::uint64_t Client::take_va(std::uint64_t size_bytes, std::uint64_t alignment) {
  const std::uint64_t va = (next_va_ + alignment - 1) / alignment * alignment;
  const std::uint64_t pages = (size_bytes + kPageBytes - 1) / kPageBytes;
  next_va_ = va + (pages + 1) * kPageBytes;
  return va;
}

std::unique_ptr<ClientBuffer> Client::make_buffer(std::uint64_t size_bytes, std::uint32_t flags) {
  auto buffer = std::make_unique<ClientBuffer>(device_, size_bytes);
  buffer->va = bind_buffer(buffer->memory.handle(), size_bytes, flags);
  return buffer;
}

std::uint64_t Client::bind_buffer(std::uint32_t handle, std::uint64_t size_bytes,
                                  std::uint32_t flags) {
  const std::uint64_t va = take_va(size_bytes);
  const std::uint64_t whole = (size_bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
  REQUIRE_EQ(device_.map(vm_, handle, va, whole, flags), 0);
  return va;
}

drm_kestrel_call Client::place(const Commands& commands) {
  const auto bytes = commands.bytes();
  REQUIRE(commands_used_ + bytes.size() <= kCommandBytes);
  std::ranges::copy(bytes, commands_.bytes().begin() + static_cast<std::ptrdiff_t>(commands_used_));
  const std::uint64_t va = commands_va_ + commands_used_;
  commands_used_ += bytes.size();
  return call_at(va, commands.size_bytes());
}

Job Client::job(const Commands& commands) {
  Job job;
  job.queue_id = queue_;
  job.calls = {place(commands)};
  return job;
}

std::uint32_t Client::start(Job job) const {
  const std::uint32_t done = make_syncobj(device_);
  job.out_syncs.push_back(binary(done));
  REQUIRE_EQ(job.submit(device_), 0);
  return done;
}

int Client::finish(std::uint32_t done) const {
  CHECK_EQ(wait_syncobj(device_, done), 0);
  const int status = job_status(device_, done);
  CHECK_EQ(destroy_syncobj(device_, done), 0);
  return status;
}

void Client::check_that_it_works() {
  const auto from = make_buffer(kPageBytes);
  const auto to = make_buffer(kPageBytes);
  fill(from->bytes(), 31);
  CHECK_EQ(run(Commands().copy(from->va, to->va, kPageBytes)), 1);
  CHECK(std::ranges::equal(from->bytes(), to->bytes()));
  for (const auto* buffer : {from.get(), to.get()}) {
    CHECK_EQ(device_.unmap(vm_, buffer->va, kPageBytes), 0);
    CHECK_EQ(device_.close_buffer(buffer->memory.handle()), 0);
  }
}

void check_that_device_works() {
  Client().check_that_it_works();
}
