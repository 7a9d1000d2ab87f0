// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What the guest finds in config space is what the hello said.

#include <cstring>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "support/bench.hpp"

namespace presil::test {
namespace {

// All of the endpoint's config space, as the guest reads it.
class ConfigSpace {
 public:
  static constexpr size_t kWords = 1024;

  static void read_all(Script& script) {
    for (uint32_t i = 0; i < kWords; ++i) {
      script.read(CONFIG_ADDR(0, 4 * i), 4);
    }
  }
  explicit ConfigSpace(const Outcome& outcome, size_t first = 0) {
    for (size_t i = 0; i < kWords; ++i) {
      words_.push_back(static_cast<uint32_t>(outcome.results.at(first + i).value));
    }
  }
  template <typename T>
  T get(size_t offset) const {
    T value;
    std::memcpy(&value, reinterpret_cast<const char*>(words_.data()) + offset, sizeof(value));
    return value;
  }
  uint8_t u8(size_t offset) const { return get<uint8_t>(offset); }
  uint16_t u16(size_t offset) const { return get<uint16_t>(offset); }
  uint32_t u32(size_t offset) const { return get<uint32_t>(offset); }

  // Offset of a capability, 0 if there is none.
  size_t capability(uint8_t id) const {
    for (size_t at = u8(0x34); at != 0; at = u8(at + 1)) {
      if (u8(at) == id) {
        return at;
      }
    }
    return 0;
  }
  size_t extended_capability(uint16_t id) const {
    for (size_t at = 0x100; at != 0 && u32(at) != 0; at = u32(at) >> 20) {
      if (u16(at) == id) {
        return at;
      }
    }
    return 0;
  }

 private:
  std::vector<uint32_t> words_;
};

constexpr uint8_t kPm = 0x01, kExpress = 0x10, kMsix = 0x11;
constexpr uint16_t kAer = 0x0001, kSerialNumber = 0x0003;

TEST_CASE("personality: ids are those of the hello", "[qemu][personality]") {
  Bench bench;
  ConfigSpace::read_all(bench.script);
  const ConfigSpace config(bench.run());

  CHECK(config.u16(0x00) == 0x1209);
  CHECK(config.u16(0x02) == 0x0a0b);
  CHECK(config.u8(0x08) == 0x5a);
  CHECK((config.u32(0x08) >> 8) == 0x120001);
  CHECK(config.u8(0x0e) == 0x00);  // header type: endpoint, one function
  CHECK(config.u16(0x2c) == 0x1af4);
  CHECK(config.u16(0x2e) == 0x1100);
}

TEST_CASE("personality: capabilities are those of the hello", "[qemu][personality]") {
  Bench bench;
  ConfigSpace::read_all(bench.script);
  const ConfigSpace config(bench.run());

  SECTION("PCI Express endpoint with link speed and width, FLR, payload sizes") {
    const size_t at = config.capability(kExpress);
    REQUIRE(at == kExpressCapability);
    CHECK(((config.u16(at + 2) >> 4) & 0xf) == 0);      // device/port type: endpoint
    CHECK((config.u32(at + 0x04) & 0x7) == 1);          // Max_Payload_Size supported: 256
    CHECK((config.u32(at + 0x04) & (1u << 28)) != 0);   // FLR
    CHECK(((config.u16(at + 0x08) >> 5) & 0x7) == 0);   // Max_Payload_Size: 128
    CHECK(((config.u16(at + 0x08) >> 12) & 0x7) == 2);  // Max_Read_Request_Size: 512
    CHECK((config.u32(at + 0x0c) & 0xf) == 3);          // 8 GT/s
    CHECK(((config.u32(at + 0x0c) >> 4) & 0x3f) == 4);  // 4 lanes
    CHECK((config.u16(at + 0x12) & 0xf) == 3);
    CHECK(((config.u16(at + 0x12) >> 4) & 0x3f) == 4);
  }
  SECTION("MSI-X with two vectors in BAR 4") {
    const size_t at = config.capability(kMsix);
    REQUIRE(at == kMsixCapability);
    CHECK((config.u16(at + 2) & 0x7ff) == 1);
    CHECK((config.u32(at + 4) & 0x7) == 4);
    CHECK((config.u32(at + 8) & 0x7) == 4);
  }
  SECTION("power management, without PME and without a reset on leaving D3hot") {
    const size_t at = config.capability(kPm);
    REQUIRE(at == kPmCapability);
    CHECK(config.u16(at + 2) == 0x0003);
    CHECK(config.u16(at + 4) == 0x0008);
  }
  SECTION("advanced error reporting and serial number") {
    CHECK(config.extended_capability(kAer) == kAerCapability);
    const size_t at = config.extended_capability(kSerialNumber);
    REQUIRE(at != 0);
    CHECK(config.u32(at + 4) == 0x89ab'cdef);
    CHECK(config.u32(at + 8) == 0x0123'4567);
  }
}

TEST_CASE("personality: what the hello does not name is not there", "[qemu][personality]") {
  Bench bench;
  bench.peer.personality.capabilities = 0;
  bench.peer.personality.serial_number = 0;
  bench.peer.personality.msix_vectors = 0;
  ConfigSpace::read_all(bench.script);
  const ConfigSpace config(bench.run());

  CHECK(config.capability(kPm) == 0);
  CHECK(config.capability(kMsix) == 0);
  CHECK(config.extended_capability(kAer) == 0);
  CHECK(config.extended_capability(kSerialNumber) == 0);
  const size_t express = config.capability(kExpress);
  REQUIRE(express != 0);
  CHECK((config.u32(express + 4) & (1u << 28)) == 0);
}

TEST_CASE("personality: BARs have the sizes and kinds of the hello", "[qemu][personality]") {
  Bench bench;
  bench.peer.personality.bars[0].flags |= PRESIL_BAR_PREFETCH;
  std::vector<size_t> sized;
  for (const uint32_t bar : {0u, 1u, 2u, 3u, 4u, 5u}) {
    bench.script.write(CONFIG_ADDR(0, 0x10 + 4 * bar), 4, 0xffff'ffff);
    sized.push_back(bench.script.read(CONFIG_ADDR(0, 0x10 + 4 * bar), 4));
  }
  const Outcome outcome = bench.run();
  const auto mask = [&](size_t bar) {
    return static_cast<uint32_t>(outcome.results[sized[bar]].value);
  };
  CHECK(mask(0) == 0xffff'000c);  // 64 KiB, 64 bits, prefetchable
  CHECK(mask(1) == 0xffff'ffff);
  CHECK(mask(2) == 0xffff'f000);  // 4 KiB, 32 bits
  CHECK(mask(3) == 0);
  CHECK(mask(4) == 0xffff'f000);  // MSI-X
  CHECK(mask(5) == 0);
}

TEST_CASE("personality: one that makes no sense is refused in one line", "[qemu][personality]") {
  struct Case {
    const char* text;
    void (*spoil)(presil_personality&);
  };
  const auto c = GENERATE(values<Case>({
      {"size is not a power of two", [](presil_personality& p) { p.bars[0].size_bytes = 0x3000; }},
      {"two BARs in one slot", [](presil_personality& p) { p.bars[1].size_bytes = 0x1000; }},
      {"MSI-X BAR is not free", [](presil_personality& p) { p.msix_bar = 1; }},
      {"more than 2048", [](presil_personality& p) { p.msix_vectors = 2049; }},
      {"link width", [](presil_personality& p) { p.link_width = 3; }},
      {"link speed", [](presil_personality& p) { p.link_speed = 0; }},
      {"24 bits", [](presil_personality& p) { p.class_code = 0x1000000; }},
      {"not printable", [](presil_personality& p) { p.name[0] = '\n'; }},
      {"not terminated", [](presil_personality& p) { std::memset(p.name, 'x', sizeof(p.name)); }},
      {"does not offer", [](presil_personality& p) { p.capabilities |= PRESIL_CAP_ATS; }},
      {"prefetchable", [](presil_personality& p) { p.bars[2].flags = PRESIL_BAR_PREFETCH; }},
  }));
  CAPTURE(c.text);
  Bench bench;
  c.spoil(bench.peer.personality);
  bench.peer.start();
  const Outcome outcome = bench.machine.run();
  CHECK(outcome.status == 1);
  CHECK(outcome.stderr_text.find(c.text) != std::string::npos);
}

TEST_CASE("config: what the guest sets is told to the simulator once", "[qemu][config]") {
  Bench bench;
  constexpr uint32_t kExpressControl = kExpressCapability + 8;
  bench.script.write(CONFIG_ADDR(0, 0x04), 2, 0x0002);                    // bus mastering off
  bench.script.write(CONFIG_ADDR(0, 0x04), 2, 0x0002);                    // again: no news
  bench.script.write(CONFIG_ADDR(0, kExpressControl), 2, 0x3000 | 0x20);  // MRRS 1024, MPS 256
  bench.script.enable_msix(0, 2);
  bench.script.write(CONFIG_ADDR(0, 0x04), 2, 0x0000);
  bench.run();

  std::vector<presil_message> configs;
  for (const presil_message& call : bench.peer.calls()) {
    if (call.header.type == PRESIL_CALL_CONFIG) {
      configs.push_back(call);
    }
  }
  REQUIRE(configs.size() == 5);
  CHECK(configs[0].u.config.flags == (PRESIL_CONFIG_MEMORY_SPACE | PRESIL_CONFIG_BUS_MASTER));
  CHECK(configs[0].u.config.mps_bytes == 128);
  CHECK(configs[0].u.config.mrrs_bytes == 512);
  CHECK(configs[0].u.config.power_state == 0);
  CHECK(configs[1].u.config.flags == PRESIL_CONFIG_MEMORY_SPACE);
  CHECK(configs[2].u.config.mps_bytes == 256);
  CHECK(configs[2].u.config.mrrs_bytes == 1024);
  CHECK(configs[3].u.config.flags == (PRESIL_CONFIG_MEMORY_SPACE | PRESIL_CONFIG_MSIX_ENABLE));
  CHECK(configs[4].u.config.flags == PRESIL_CONFIG_MSIX_ENABLE);
}

TEST_CASE("config: D3hot is told, answers ones, and keeps the device's settings",
          "[qemu][config]") {
  Bench bench;
  constexpr uint32_t kPmControl = kPmCapability + 4;
  bench.script.write(CONFIG_ADDR(0, kPmControl), 2, 1);  // there is no D1
  const size_t d1 = bench.script.read(CONFIG_ADDR(0, kPmControl), 2);
  bench.script.write(CONFIG_ADDR(0, kPmControl), 2, 3);
  const size_t d3 = bench.script.read(CONFIG_ADDR(0, kPmControl), 2);
  const size_t dead = bench.script.read(bar0(0x10), 4);
  bench.script.write(CONFIG_ADDR(0, kPmControl), 2, 0);
  const size_t alive = bench.script.read(bar0(0x10), 4);
  const Outcome outcome = bench.run();

  CHECK((outcome.results[d1].value & 3) == 0);
  CHECK((outcome.results[d3].value & 3) == 3);
  CHECK(outcome.results[dead].value == 0xffff'ffff);
  CHECK(outcome.results[alive].value == low_bytes(Peer::pattern(0x10), 4));
  CHECK(bench.peer.count(PRESIL_CALL_MMIO_READ) == 1);
  std::vector<uint32_t> states;
  for (const presil_message& call : bench.peer.calls()) {
    if (call.header.type == PRESIL_CALL_CONFIG) {
      states.push_back(call.u.config.power_state);
    }
  }
  CHECK(states == std::vector<uint32_t>{0, 3, 0});
}

TEST_CASE("reset: FLR reaches the simulator, then its settings are the initial ones",
          "[qemu][reset]") {
  Bench bench;
  constexpr uint32_t kExpressControl = kExpressCapability + 8;
  bench.script.write(CONFIG_ADDR(0, kExpressControl), 2, 0x3020);
  bench.script.write(CONFIG_ADDR(0, kExpressControl), 2, 0x3020 | 0x8000);
  const size_t command = bench.script.read(CONFIG_ADDR(0, 0x04), 2);
  const size_t control = bench.script.read(CONFIG_ADDR(0, kExpressControl), 2);
  const Outcome outcome = bench.run();

  CHECK(outcome.results[command].value == 0);
  // Max_Payload_Size outlives an FLR, Max_Read_Request_Size does not.
  CHECK((outcome.results[control].value & 0x70e0) == 0x2020);
  const auto calls = bench.peer.calls();
  size_t at = calls.size();
  for (size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].header.type == PRESIL_CALL_RESET &&
        calls[i].u.reset.kind == PRESIL_RESET_FUNCTION) {
      at = i;
    }
  }
  REQUIRE(at + 1 < calls.size());
  CHECK(calls[at + 1].header.type == PRESIL_CALL_CONFIG);
  CHECK(calls[at + 1].u.config.flags == 0);
  CHECK(calls[at + 1].u.config.mps_bytes == 256);
  CHECK(calls[at + 1].u.config.mrrs_bytes == 512);
}

TEST_CASE("reset: a secondary bus reset is a conventional reset", "[qemu][reset]") {
  Bench bench;
  constexpr uint32_t kBridgeControl = 0x3e;
  bench.script.write(PORT_CONFIG_ADDR(0, kBridgeControl), 2, 0x40);
  bench.script.write(PORT_CONFIG_ADDR(0, kBridgeControl), 2, 0x00);
  bench.run();

  const auto calls = bench.peer.calls();
  REQUIRE(calls.size() >= 2);
  // One when the machine starts, one by the guest.
  CHECK(bench.peer.count(PRESIL_CALL_RESET) == 2);
  for (const presil_message& call : calls) {
    if (call.header.type == PRESIL_CALL_RESET) {
      CHECK(call.u.reset.kind == PRESIL_RESET_CONVENTIONAL);
    }
  }
  CHECK(calls.back().header.type == PRESIL_CALL_QUIT);
}

}  // namespace
}  // namespace presil::test
