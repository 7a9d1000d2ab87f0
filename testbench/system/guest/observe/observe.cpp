// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "observe.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "guest_time.hpp"
#include "kestrel_regs.h"
#include "ktap.hpp"

namespace {

constexpr int kSleepTries = 200;

}  // namespace

std::string read_file(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    ktap::fail(__FILE__, __LINE__, "cannot open " + path);
    throw ktap::EndOfCase();
  }
  std::string text;
  char block[4096];
  ssize_t bytes = 0;
  while ((bytes = read(fd, block, sizeof(block))) > 0)
    text.append(block, static_cast<std::size_t>(bytes));
  close(fd);
  if (bytes < 0) {
    ktap::fail(__FILE__, __LINE__, "cannot read " + path);
    throw ktap::EndOfCase();
  }
  return text;
}

void check_contains(const std::string& text, const std::string& part) {
  if (text.find(part) == std::string::npos)
    ktap::fail(__FILE__, __LINE__, "\"" + part + "\" is not in: " + text);
}

void check_lacks(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos)
    ktap::fail(__FILE__, __LINE__, "\"" + part + "\" is in: " + text);
}

std::string value_of(const std::string& text, const std::string& key) {
  const std::string lines = "\n" + text;
  std::size_t at = lines.find("\n" + key + ":");
  if (at == std::string::npos)
    return "";
  at = lines.find_first_not_of(" \t", at + key.size() + 2);
  return lines.substr(at, lines.find('\n', at) - at);
}

std::uint64_t number_of(const std::string& text, const std::string& key) {
  return std::strtoull(value_of(text, key).c_str(), nullptr, 10);
}

std::string fdinfo(const RawDevice& device) {
  return read_file("/proc/self/fdinfo/" + std::to_string(device.fd()));
}

std::string hex(std::uint64_t value, int digits) {
  char text[32];
  std::snprintf(text, sizeof(text), "0x%0*" PRIx64, digits, value);
  return text;
}

Awake::Awake() {
  REQUIRE_EQ(write_file(pci_folder() + "/power/control", "on"), 0);
}

Awake::~Awake() {
  CHECK_EQ(write_file(pci_folder() + "/power/control", "auto"), 0);
}

void wait_for_sleep() {
  const std::string status = pci_folder() + "/power/runtime_status";
  for (int i = 0; i < kSleepTries; ++i) {
    if (read_file(status) == "suspended\n")
      return;
    sleep_ns(10 * kMillisecondNs);
  }
  ktap::fail(__FILE__, __LINE__, "the device does not go to sleep");
  throw ktap::EndOfCase();
}

void suspend_first_queue() {
  const std::string path = pci_folder() + "/resource0";
  const int fd = open(path.c_str(), O_RDWR | O_SYNC | O_CLOEXEC);
  REQUIRE(fd >= 0);
  constexpr std::uint64_t kQueueControl = KESTREL_REG_QUEUE_CONTROL(0);
  const MappedFile page(fd, kPageBytes, kQueueControl & ~(kPageBytes - 1));
  close(fd);
  *reinterpret_cast<volatile std::uint32_t*>(page.bytes().data() + kQueueControl % kPageBytes) =
      KESTREL_QUEUE_CONTROL_SUSPEND;
}
