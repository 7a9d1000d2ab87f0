// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// How the library finds and opens a device.

#include "device.hpp"

#include <cerrno>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "fake_kernel.hpp"

using Catch::Matchers::ContainsSubstring;
using kestrel::internal::Device;

TEST_CASE("device: A kestrel is opened and asked for its limits", "[userspace][device]") {
  FakeKernel kernel;
  kernel.driver_minor = 4;
  {
    const auto device = Device::open(kernel, kernel.node);
    REQUIRE(device);
    CHECK((*device)->info().scratchpad_bytes == kernel.info.scratchpad_bytes);
    CHECK((*device)->info().clock_mhz == 1000);
    CHECK((*device)->driver_version().major == 1);
    CHECK((*device)->driver_version().minor == 4);
    CHECK((*device)->path() == kernel.node);
    CHECK((*device)->is_coherent());
    CHECK(kernel.open_files() == 1);
  }
  CHECK(kernel.is_clean());
}

TEST_CASE("device: The error of open() is passed on with the path", "[userspace][device]") {
  FakeKernel kernel;
  kernel.open_error = EACCES;
  const auto device = Device::open(kernel, kernel.node);
  REQUIRE_FALSE(device);
  CHECK(device.error().code == EACCES);
  CHECK_THAT(device.error().text, ContainsSubstring(kernel.node));
}

TEST_CASE("device: Another driver's node is refused by name", "[userspace][device]") {
  FakeKernel kernel;
  kernel.driver_name = "merlin";
  const auto device = Device::open(kernel, kernel.node);
  REQUIRE_FALSE(device);
  CHECK(device.error().code == ENODEV);
  CHECK_THAT(device.error().text, ContainsSubstring("merlin"));
  CHECK(kernel.is_clean());
}

TEST_CASE("device: A driver whose name only begins alike is refused", "[userspace][device]") {
  FakeKernel kernel;
  kernel.driver_name = GENERATE("kestrelx", "kestre", "");
  CAPTURE(kernel.driver_name);
  CHECK_FALSE(Device::open(kernel, kernel.node));
}

TEST_CASE("device: Another major version is refused", "[userspace][device]") {
  FakeKernel kernel;
  kernel.driver_major = GENERATE(0, 2);
  const auto device = Device::open(kernel, kernel.node);
  REQUIRE_FALSE(device);
  CHECK(device.error().code == ENODEV);
}

TEST_CASE("device: A node that is no DRM device is refused", "[userspace][device]") {
  FakeKernel kernel;
  kernel.fail(DRM_IOCTL_VERSION, ENOTTY);
  const auto device = Device::open(kernel, kernel.node);
  REQUIRE_FALSE(device);
  CHECK(device.error().code == ENODEV);
  CHECK(device.error().text ==
        "asking /dev/accel/accel0 for its driver's name: Inappropriate ioctl "
        "for device");
  CHECK(kernel.is_clean());
}

TEST_CASE("device: A query that fails closes the node", "[userspace][device]") {
  FakeKernel kernel;
  kernel.fail(DRM_IOCTL_KESTREL_DEV_QUERY, EINVAL);
  const auto device = Device::open(kernel, kernel.node);
  REQUIRE_FALSE(device);
  CHECK(device.error().code == EINVAL);
  CHECK(kernel.is_clean());
}

TEST_CASE("device: The first kestrel is found behind nodes of others", "[userspace][device]") {
  FakeKernel kernel;
  kernel.node = "/dev/accel/accel7";
  CHECK(Device::open_first(kernel));
}

TEST_CASE("device: Without a kestrel the search says so", "[userspace][device]") {
  FakeKernel kernel;
  kernel.node = "/dev/null";
  const auto device = Device::open_first(kernel);
  REQUIRE_FALSE(device);
  CHECK(device.error().code == ENODEV);
  CHECK(device.error().text == "no kestrel accelerator under /dev/accel; is its driver loaded?");
}

TEST_CASE("device: A node that may not be opened is named by the search", "[userspace][device]") {
  FakeKernel kernel;
  kernel.open_error = EACCES;
  const auto device = Device::open_first(kernel);
  REQUIRE_FALSE(device);
  CHECK(device.error().code == EACCES);
  CHECK_THAT(device.error().text, ContainsSubstring(kernel.node));
}

TEST_CASE("device: A call that a signal interrupts is made again", "[userspace][device]") {
  FakeKernel kernel;
  const int error = GENERATE(EINTR, EAGAIN);
  kernel.fail(DRM_IOCTL_KESTREL_DEV_QUERY, error, 3);
  CHECK(Device::open(kernel, kernel.node));
  CHECK(kernel.calls(DRM_IOCTL_KESTREL_DEV_QUERY) == 4);
}

TEST_CASE("device: After the device has gone calls say so, and it closes all the same",
          "[userspace][device]") {
  FakeKernel kernel;
  {
    const auto device = Device::open(kernel, kernel.node);
    kernel.unplug();
    drm_kestrel_vm_create args{};
    const auto called = (*device)->call(DRM_IOCTL_KESTREL_VM_CREATE, &args, "creating a vm");
    REQUIRE_FALSE(called);
    CHECK(called.error().code == ENODEV);
    CHECK_THAT(called.error().text, ContainsSubstring("creating a vm: "));
  }
  CHECK(kernel.is_clean());
}
