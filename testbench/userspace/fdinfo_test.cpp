// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What /proc says of clients: the kernel's format, and files that many processes have.

#include "fdinfo.hpp"

#include <filesystem>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "testbench/support/temporary_folder.hpp"

using presil::testbench::TemporaryFolder;

namespace {

/// As the kernel writes it.
std::string fdinfo(const std::string& driver, int client, const std::string& device,
                   const std::string& busy) {
  return "pos:\t0\nflags:\t02100002\nmnt_id:\t21\nino:\t93\n"
         "drm-driver:\t" +
         driver + "\ndrm-client-id:\t" + std::to_string(client) + "\ndrm-pdev:\t" + device +
         "\ndrm-engine-compute:\t" + busy +
         " ns\ndrm-total-memory:\t24 KiB\ndrm-shared-memory:\t4 KiB\n"
         "drm-resident-memory:\t24 KiB\n";
}

/// A procfs of the test's making.
struct Proc {
  void add(int pid, int fd, const std::string& text) {
    const std::string process = std::to_string(pid);
    std::filesystem::create_directories(folder.path() / process / "fdinfo");
    folder.write(process + "/comm", "job-" + process + "\n");
    folder.write(process + "/fdinfo/" + std::to_string(fd), text);
  }

  TemporaryFolder folder;
};

}  // namespace

TEST_CASE("fdinfo: What the kernel writes is read", "[userspace][fdinfo]") {
  const auto client = parse_fdinfo(fdinfo("kestrel", 7, "0000:01:00.0", "123456789012"), "kestrel");
  REQUIRE(client);
  CHECK(client->id == 7);
  CHECK(client->device == "0000:01:00.0");
  CHECK(client->busy_ns == 123456789012);
  CHECK(client->memory_bytes == 24 << 10);
}

TEST_CASE("fdinfo: Engines and regions add up, and what is none of them does not",
          "[userspace][fdinfo]") {
  const auto client = parse_fdinfo(
      "drm-driver: kestrel\ndrm-engine-a: 5 ns\ndrm-engine-capacity-a: 2\ndrm-engine-b:\t7 ns\n"
      "drm-total-cycles-a: 99\ndrm-total-x: 3 MiB\ndrm-total-y: 5\nno colon\n:\ndrm-engine-c: x",
      "kestrel");
  REQUIRE(client);
  CHECK(client->busy_ns == 12);
  CHECK(client->memory_bytes == (3 << 20) + 5);
}

TEST_CASE("fdinfo: Other files are no clients", "[userspace][fdinfo]") {
  CHECK_FALSE(parse_fdinfo("", "kestrel"));
  CHECK_FALSE(parse_fdinfo("pos:\t0\nflags:\t02\n", "kestrel"));
  CHECK_FALSE(parse_fdinfo(fdinfo("merlin", 1, "x", "1"), "kestrel"));
  CHECK_FALSE(parse_fdinfo(fdinfo("kestrelx", 1, "x", "1"), "kestrel"));
}

TEST_CASE("fdinfo: Every client is found once, in the order of devices and numbers",
          "[userspace][fdinfo]") {
  Proc proc;
  proc.add(300, 4, fdinfo("kestrel", 2, "0000:01:00.0", "20"));
  proc.add(300, 3, "pos:\t0\n");
  proc.add(41, 9, fdinfo("kestrel", 10, "0000:01:00.0", "100"));
  proc.add(41, 11, fdinfo("kestrel", 10, "0000:01:00.0", "100"));  // dup()
  proc.add(400, 9, fdinfo("kestrel", 10, "0000:01:00.0", "100"));  // fork()
  proc.add(41, 12, fdinfo("kestrel", 2, "0000:02:00.0", "30"));
  proc.add(42, 3, fdinfo("merlin", 5, "0000:03:00.0", "1"));
  proc.folder.write("uptime", "1 2\n");

  const auto clients = find_clients(proc.folder.path(), "kestrel");
  REQUIRE(clients.size() == 3);
  CHECK(clients[0].id == 2);
  CHECK(clients[0].pid == 300);
  CHECK(clients[0].command == "job-300");
  CHECK(clients[1].id == 10);
  CHECK(clients[1].pid == 41);
  CHECK(clients[2].device == "0000:02:00.0");
}

TEST_CASE("fdinfo: Without a procfs nobody is found", "[userspace][fdinfo]") {
  const TemporaryFolder folder;
  CHECK(find_clients(folder.path() / "none", "kestrel").empty());
}
