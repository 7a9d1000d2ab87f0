// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Files in debugfs: that they tell the truth, and disturb nobody.

#include <unistd.h>

#include <cerrno>
#include <string>

#include "guest_time.hpp"
#include "ktap.hpp"
#include "observe.hpp"

namespace {

std::string folder() {
  const std::string pci = pci_folder();
  return "/sys/kernel/debug/accel/" + pci.substr(pci.rfind('/') + 1) + "/";
}

/// The lines about a client's queue.
std::string queue_of(const Client& client) {
  const std::string queues = read_file(folder() + "queues");
  const std::string id = value_of(fdinfo(client.device()), "drm-client-id");
  const std::size_t at = queues.find("  client: " + id + "\n");
  if (at == std::string::npos) {
    ktap::fail(__FILE__, __LINE__, "client " + id + " is not in: " + queues);
    throw ktap::EndOfCase();
  }
  return queues.substr(at, queues.find("- queue:", at) - at);
}

}  // namespace

TEST("debugfs: queues") {
  Client client(DRM_KESTREL_QUEUE_PRIORITY_HIGH);
  client.check_that_it_works();
  const std::string queue = queue_of(client);
  check_contains(queue, "  pid: " + std::to_string(getpid()) + "\n  comm: \"kestrel-observe\"\n");
  check_contains(queue, "  priority: 2\n");
  check_contains(queue, "  lost: 0\n  error: 0\n  jobs-done: 1\n  jobs-in-ring: 0\n");
  check_contains(queue, "used: 0, tail: 2}\n");
  check_contains(queue, ", completed: ");

  CHECK_EQ(client.run(Commands().add(command(0xff))), -EIO);
  check_contains(queue_of(client), "  lost: 1\n  error: -5\n  jobs-done: 1\n");

  REQUIRE_EQ(client.device().destroy_queue(client.queue()), 0);
  const std::string id = value_of(fdinfo(client.device()), "drm-client-id");
  check_lacks(read_file(folder() + "queues"), "  client: " + id + "\n");
}

TEST("debugfs: address spaces") {
  Client one;
  Client two;
  const auto first = one.make_buffer(3 * kPageBytes);
  const auto second = two.make_buffer(5 * kPageBytes);
  const std::string gpuvas = read_file(folder() + "gpuvas");
  check_contains(gpuvas, hex(first->va, 16) + " | " + hex(3 * kPageBytes, 16));
  check_contains(gpuvas, hex(second->va, 16) + " | " + hex(5 * kPageBytes, 16));
  std::size_t spaces = 0;
  for (std::size_t at = 0;
       (at = gpuvas.find("DRM GPU VA space (kestrel)", at)) != std::string::npos; ++at)
    ++spaces;
  CHECK_EQ(spaces, std::size_t{2});
}

TEST("debugfs: buffers") {
  Client client;
  const std::string before = read_file(folder() + "bos");
  const MappedBuffer shared(client.device(), 77 * kPageBytes);
  const MappedBuffer own(client.device(), 78 * kPageBytes, client.vm());
  const std::string bos = read_file(folder() + "bos");
  check_lacks(before, "{bytes: " + std::to_string(77 * kPageBytes));
  check_contains(bos, "- {bytes: " + std::to_string(77 * kPageBytes) + ", handles: 1, segments: ");
  check_contains(bos, "- {bytes: " + std::to_string(78 * kPageBytes) + ", handles: 1, segments: ");
  check_contains(bos, "imported: 0, exported: 0, pinned: 1, private: 1}\n");
  check_contains(bos, "imported: 0, exported: 0, pinned: 1, private: 0}\n");

  const int fd = export_buffer(client.device(), shared.handle());
  REQUIRE(fd >= 0);
  check_contains(read_file(folder() + "bos"), "exported: 1, pinned: 1, private: 0}\n");
  close(fd);
}

TEST("debugfs: counters") {
  Client client;
  const std::string before = read_file(folder() + "counters");
  client.check_that_it_works();
  const std::string after = read_file(folder() + "counters");
  CHECK_EQ(number_of(after, "records"), number_of(before, "records") + 2);
  CHECK_EQ(number_of(after, "calls"), number_of(before, "calls") + 1);
  CHECK(number_of(after, "busy_ns") > number_of(before, "busy_ns"));
  CHECK(number_of(after, "write_bytes") > number_of(before, "write_bytes"));
}

TEST("debugfs: reading wakes no device up") {
  Client client;
  client.check_that_it_works();
  const std::string counters = read_file(folder() + "counters");
  wait_for_sleep();
  const std::string power = pci_folder() + "/power/";
  const std::string active = read_file(power + "runtime_active_time");
  for (const char* const name : {"queues", "gpuvas", "bos", "counters"})
    CHECK(!read_file(folder() + name).empty());
  CHECK(read_file(folder() + "counters") == counters);
  CHECK(fdinfo(client.device()).find("drm-engine-compute:") != std::string::npos);
  CHECK(read_file(power + "runtime_status") == "suspended\n");
  CHECK(read_file(power + "runtime_active_time") == active);
}

TEST("debugfs: reading does not wait for a device that hangs") {
  Client client;
  const Awake awake;
  suspend_first_queue();
  const std::uint32_t done = client.start(Commands().barrier());
  const std::int64_t begin = now_ns();
  for (const char* const name : {"queues", "gpuvas", "bos", "counters"})
    CHECK(!read_file(folder() + name).empty());
  CHECK(now_ns() - begin < kSecondNs / 2);
  check_contains(queue_of(client), "  jobs-in-ring: 1\n");
  CHECK_EQ(client.finish(done), 1);
}
