// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Dumps of the device: that they are there, tell what happened, and hold no more than they should.

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "dma_buf_sources.hpp"
#include "guest_time.hpp"
#include "ktap.hpp"
#include "observe.hpp"

namespace {

constexpr char kClass[] = "/sys/class/devcoredump/";
constexpr std::uint64_t kNowhere = 0x7f00'0000'0000;
constexpr int kDumpTries = 500;
constexpr int kForgetTries = 1000;

/// What stands in the victim's buffers: as text, and as the words of a dump.
constexpr char kSecret[] = "SeCrEt42";
constexpr const char* kSecretForms[] = {"SeCrEt42", "72436553", "32347445"};

/// Folders of the dumps that are there.
std::vector<std::string> dumps() {
  std::vector<std::string> found;
  if (DIR* const folder = opendir(kClass); folder != nullptr) {
    while (const dirent* const entry = readdir(folder)) {
      if (std::strncmp(entry->d_name, "devcd", 5) == 0)
        found.push_back(kClass + std::string(entry->d_name));
    }
    closedir(folder);
  }
  return found;
}

/// Has the kernel forget the dumps. It goes on doing so for some time, and until the device's link
/// to the old dump has gone there is no place for that to a new one.
void forget_dumps() {
  for (const std::string& dump : dumps())
    REQUIRE_EQ(write_file(dump + "/data", "1"), 0);
  const std::string link = pci_folder() + "/devcoredump";
  struct stat status{};
  for (int i = 0; i < kForgetTries && (!dumps().empty() || lstat(link.c_str(), &status) == 0); ++i)
    sleep_ns(10 * kMillisecondNs);
  REQUIRE(dumps().empty());
}

/// Waits for a dump; ends the case if there is none.
std::string wait_for_dump() {
  for (int i = 0; i < kDumpTries && dumps().empty(); ++i)
    sleep_ns(10 * kMillisecondNs);
  const std::vector<std::string> found = dumps();
  REQUIRE_EQ(found.size(), std::size_t{1});
  return read_file(found[0] + "/data");
}

std::string take_dump() {
  std::string dump = wait_for_dump();
  forget_dumps();
  return dump;
}

void fill_with_secret(std::span<std::uint8_t> bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(kSecret[i % (sizeof(kSecret) - 1)]);
}

/// A client whose buffers are full of what nobody else may see.
struct Victim {
  Victim() {
    forget_dumps();
    fill_with_secret(data->bytes());
    fill_with_secret(commands->bytes());
  }

  /// Puts commands into the middle of a page. \returns a job of them
  Job job(const Commands& what) {
    std::memcpy(commands->bytes().data() + kOffset, what.bytes().data(), what.size_bytes());
    Job job;
    job.queue_id = client.queue();
    job.calls = {call_at(commands->va + kOffset, what.size_bytes())};
    return job;
  }

  static constexpr std::uint64_t kOffset = 1024;
  Client client;
  std::unique_ptr<ClientBuffer> data = client.make_buffer(kPageBytes);
  std::unique_ptr<ClientBuffer> commands = client.make_buffer(kPageBytes);
};

void check_common(const std::string& dump, const char* reason) {
  CHECK(dump.starts_with("---\nversion: 1\ndriver: kestrel 1.0\nkernel: "));
  CHECK(value_of(dump, "reason") == reason);
  CHECK_EQ(number_of(dump, "dropped"), std::uint64_t{0});
  check_contains(dump, "\n  STATUS: 0x");
  check_contains(dump, "\n    pid: ");
  for (const char* const form : kSecretForms)
    check_lacks(dump, form);
}

}  // namespace

TEST("coredump: an address that is not mapped") {
  Victim victim;
  const Commands wrong = Commands().load(victim.data->va, 0, kPageBytes).load(kNowhere, 0, 64);
  CHECK_EQ(victim.client.finish(victim.client.start(victim.job(wrong))), -EIO);

  const std::string dump = take_dump();
  check_common(dump, "queue lost");
  check_contains(dump, "    cause: 10 # translation\n");
  check_contains(dump, "    fault: 2 # not-present\n");
  check_contains(dump, "    access: 1 # load\n");
  check_contains(dump, "    opcode: 16 # LOAD\n");
  check_contains(dump, "    offset: 64\n    va: " + hex(kNowhere, 12) + "\n");
  const std::uint64_t call = victim.commands->va + Victim::kOffset;
  check_contains(dump, "    calls:\n      - {va: " + hex(call, 12) + ", size: 128}\n");
  check_contains(dump,
                 "  command:\n    va: " + hex(call + 64, 12) +
                     "\n    opcode: 16 # LOAD\n    words: 00000010 00000000 00000000 00007f00 ");
  check_contains(dump, "  walk:\n    - {entry: 0x");
  check_contains(dump, "    comm: \"kestrel-observe\"\n");
  check_contains(dump, "    pid: " + std::to_string(getpid()) + "\n");
  check_contains(dump, "      address: " + hex(call, 12) + "\n      size: 128\n");
  // The command before it is a right one, and nobody's business.
  check_lacks(dump, "words: 00000010 00000000 " + hex(victim.data->va & 0xffff'ffff, 8).substr(2));
}

TEST("coredump: an illegal command") {
  Victim victim;
  const Commands wrong = Commands().barrier().add(command(0xff));
  CHECK_EQ(victim.client.finish(victim.client.start(victim.job(wrong))), -EIO);

  const std::string dump = take_dump();
  check_common(dump, "queue lost");
  check_contains(dump, "    cause: 1 # illegal-opcode\n");
  check_contains(dump, "    opcode: 255 # unknown\n    words: 000000ff 00000000 ");
  check_lacks(dump, "  walk:\n");
}

TEST("coredump: a command buffer that does not end") {
  Victim victim;
  CHECK_EQ(victim.client.finish(victim.client.start(victim.job(Commands().hang()))), -ETIME);

  const std::string dump = take_dump();
  check_common(dump, "queue lost");
  check_contains(dump, "  error: -62\n");
  check_contains(dump, "    cause: 12 # budget\n");
}

TEST("coredump: a command buffer that is not mapped") {
  Victim victim;
  Job job;
  job.queue_id = victim.client.queue();
  job.calls = {call_at(kNowhere, 64)};
  CHECK_EQ(victim.client.finish(victim.client.start(job)), -EIO);

  const std::string dump = take_dump();
  check_common(dump, "queue lost");
  check_contains(dump, "    access: 0 # fetch\n");
  check_contains(dump, "  command:\n    missing: not ");
}

TEST("coredump: nothing of a buffer that was imported") {
  Victim victim;
  int memfd = -1;
  const int fd = make_udmabuf(kPageBytes, memfd);
  const Commands wrong = Commands().add(command(0xff));
  {
    const MappedFile memory(memfd, kPageBytes);
    fill_with_secret(memory.bytes());
    std::memcpy(memory.bytes().data(), wrong.bytes().data(), wrong.size_bytes());
  }
  std::uint32_t handle = 0;
  REQUIRE_EQ(import_buffer(victim.client.device(), fd, handle), 0);
  Job job;
  job.queue_id = victim.client.queue();
  job.calls = {call_at(victim.client.bind_buffer(handle, kPageBytes), 64)};
  CHECK_EQ(victim.client.finish(victim.client.start(job)), -EIO);
  close(fd);
  close(memfd);

  const std::string dump = take_dump();
  check_common(dump, "queue lost");
  check_contains(dump, "    cause: 1 # illegal-opcode\n");
  check_contains(dump, "  command:\n    missing: in an imported buffer\n");
}

TEST("coredump: a device that hangs") {
  Victim victim;
  const Awake awake;
  suspend_first_queue();
  // Nobody is guilty: the job has not begun, and runs after the reset.
  CHECK_EQ(victim.client.finish(victim.client.start(victim.job(Commands().barrier()))), 1);

  const std::string dump = take_dump();
  check_common(dump, "device hangs");
  check_lacks(dump, "guilty:");
  check_contains(dump, "    jobs-in-ring: 1\n    ring: {entries: 64, used: 2, tail: 2}\n");
  victim.client.check_that_it_works();
}

TEST("coredump: the first is kept until it is read, also without its device") {
  {
    Victim victim;
    CHECK_EQ(victim.client.run(Commands().add(command(0xfe))), -EIO);
    wait_for_dump();
    victim.client.renew_queue();
    CHECK_EQ(victim.client.run(Commands().add(command(0xfd))), -EIO);
  }
  const std::string folder = pci_folder();
  const std::string name = folder.substr(folder.rfind('/') + 1);
  REQUIRE_EQ(write_file(folder + "/driver/unbind", name), 0);
  const std::string dump = wait_for_dump();
  REQUIRE_EQ(write_file("/sys/bus/pci/drivers/kestrel/bind", name), 0);
  forget_dumps();
  check_common(dump, "queue lost");
  check_contains(dump, "    opcode: 254 # unknown\n");
  check_lacks(dump, "    opcode: 253 # unknown\n");
  check_that_device_works();
}
