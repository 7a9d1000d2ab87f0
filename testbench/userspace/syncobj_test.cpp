// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Who owns a syncobj's handle, and how durations become points in time.

#include "syncobj.hpp"

#include <cerrno>
#include <limits>
#include <utility>

#include <catch2/catch_test_macros.hpp>
#include <drm/drm.h>

#include "device.hpp"
#include "fake_kernel.hpp"

using kestrel::internal::deadline_ns;
using kestrel::internal::Device;
using kestrel::internal::Syncobj;

TEST_CASE("syncobj: One owner destroys the handle", "[userspace][syncobj]") {
  FakeKernel kernel;
  const auto device = *Device::open(kernel, kernel.node);
  {
    auto syncobj = Syncobj::create(device);
    REQUIRE(syncobj);
    const Syncobj owner = std::move(*syncobj);
    CHECK(kernel.syncobjs() == 1);
  }
  CHECK(kernel.syncobjs() == 0);
  CHECK(kernel.calls(DRM_IOCTL_SYNCOBJ_DESTROY) == 1);
}

TEST_CASE("syncobj: What has no fence yet is no sync file", "[userspace][syncobj]") {
  FakeKernel kernel;
  const auto device = *Device::open(kernel, kernel.node);
  const auto syncobj = *Syncobj::create(device);
  const auto fd = syncobj.to_fd(DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE);
  REQUIRE_FALSE(fd);
  CHECK(fd.error().code == EINVAL);
}

TEST_CASE("syncobj: A handle is another one of the same object", "[userspace][syncobj]") {
  FakeKernel kernel;
  const auto device = *Device::open(kernel, kernel.node);
  const auto syncobj = *Syncobj::create(device);
  const auto fd = syncobj.to_fd(0);
  REQUIRE(fd);
  const auto again = Syncobj::import(device, *fd);
  kernel.close(*fd);
  REQUIRE(again);
  CHECK(again->handle() != syncobj.handle());
}

TEST_CASE("syncobj: A duration is added to now, and never is never", "[userspace][syncobj]") {
  constexpr auto kNever = std::numeric_limits<std::int64_t>::max();
  FakeKernel kernel;
  kernel.time_ns = 700;
  CHECK(deadline_ns(kernel, 0) == 700);
  CHECK(deadline_ns(kernel, 5) == 705);
  CHECK(deadline_ns(kernel, kNever - 700) == kNever);
  CHECK(deadline_ns(kernel, kNever - 699) == kNever);
  CHECK(deadline_ns(kernel, -1) == kNever);
}
