// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// A QEMU with presil-pci devices and the bare-metal guest, run to its end under a time limit.

#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "guest/script.h"

namespace presil::test {

// Where the example personality's capabilities lie; personality_test.cpp checks it.
inline constexpr uint32_t kExpressCapability = 0x40;
inline constexpr uint32_t kPmCapability = 0x7c;
inline constexpr uint32_t kMsixCapability = 0x84;
inline constexpr uint32_t kAerCapability = 0x100;

// A folder for one test case, removed at its end.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// What the guest is to do; each function appends one operation and returns its index.
class Script {
 public:
  size_t read(uint64_t addr, uint64_t size_bytes) { return add(OP_READ, addr, size_bytes, 0); }
  size_t write(uint64_t addr, uint64_t size_bytes, uint64_t value) {
    return add(OP_WRITE, addr, size_bytes, value);
  }
  size_t read_loop(uint64_t addr, uint64_t size_bytes, uint64_t count) {
    return add(OP_READ_LOOP, addr, size_bytes, count);
  }
  size_t spin(uint64_t time_ns) { return add(OP_SPIN, time_ns, 0, 0); }
  size_t sleep(uint64_t time_ns) { return add(OP_SLEEP, time_ns, 0, 0); }
  size_t wait_irq() { return add(OP_WAIT_IRQ, 0, 0, 0); }
  size_t count_irqs() { return add(OP_COUNT_IRQS, 0, 0, 0); }
  size_t poll(uint64_t addr, uint64_t size_bytes, uint64_t value) {
    return add(OP_POLL, addr, size_bytes, value);
  }
  // Points `vectors` MSI-X vectors of the endpoint behind `port` at DEVICE_VECTOR + port * 8 and
  // up.
  void enable_msix(uint32_t port, uint32_t vectors);
  const std::vector<op>& ops() const { return ops_; }

 private:
  size_t add(uint64_t code, uint64_t a, uint64_t b, uint64_t c) {
    ops_.push_back({code, a, b, c});
    return ops_.size() - 1;
  }
  std::vector<op> ops_;
};

struct Outcome {
  int status = -1;  // exit status, or -signal
  bool timed_out = false;
  std::vector<result> results;  // one for each operation; empty if the guest did not finish
  std::string stderr_text;
  // The device's log, and fields of its lines: log_values("msix", "delay_ns").
  std::string log;
  std::vector<int64_t> log_values(const std::string& kind, const std::string& key) const;
  int64_t counter(const std::string& key) const;
  bool done() const { return status == QEMU_STATUS(EXIT_DONE); }
};

struct DeviceOptions {
  std::string socket;
  std::string extra;  // further properties, ",quantum=1000"
};

// One QEMU process. The script is loaded at its start.
class Machine {
 public:
  explicit Machine(const TempFolder& folder) : folder_(folder) {}
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  Script script;
  std::vector<DeviceOptions> devices;
  std::string plugin_options;           // ",guest-test=..."
  std::vector<std::string> extra_args;  // QEMU's
  bool icount = true;

  void start();
  Outcome wait(std::chrono::milliseconds limit = std::chrono::seconds(20));
  Outcome run() {
    start();
    return wait();
  }
  pid_t pid() const { return pid_; }

 private:
  std::vector<std::string> arguments();

  const TempFolder& folder_;
  pid_t pid_ = -1;
};

}  // namespace presil::test
