// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What a simulator reads of accelerator.toml, and how it says what is wrong in it.

#include "sim/app/description.hpp"

#include <cstring>
#include <string>
#include <string_view>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "sim/base/error.hpp"
#include "testbench/support/temporary_folder.hpp"

namespace presil {
namespace {

constexpr std::string_view kGood = R"(name = "probe"

[simulator]
clock_period_ps = 2500

[pci]
vendor_id = 0xf055
device_id = 0x5042
subsystem_vendor_id = 0x1af4
subsystem_id = 0x0001
class_code = 0xff0102
revision = 0x03
serial_number = 0x0102030405060708
msix_vectors = 4
msix_bar = 2
link_speed = 4
link_width = 8
capabilities = ["pm", "flr"]
completion_timeout_us = 100

[[pci.bar]]
index = 0
size_bytes = 0x10000
width = 64
prefetchable = true
)";

/// The good text with the line of `key` replaced; the first of that name.
std::string with(std::string_view key, std::string_view line) {
  std::string text(kGood);
  const std::size_t begin = text.find("\n" + std::string(key) + " = ") + 1;
  REQUIRE(begin != 0);
  return text.replace(begin, text.find('\n', begin) - begin, line);
}

std::string with_bar(std::string_view lines) {
  return std::string(kGood) + "\n[[pci.bar]]\n" + std::string(lines);
}

Description load(const std::string& text) {
  const testbench::TemporaryFolder folder;
  return Description::load(folder.write("accelerator.toml", text));
}

/// What is wrong with `text`, without the file's name that must come before it.
std::string problem(const std::string& text) {
  const testbench::TemporaryFolder folder;
  const auto file = folder.write("accelerator.toml", text);
  try {
    Description::load(file);
    return {};
  } catch (const Error& error) {
    CHECK(error.status() == ExitStatus::kConfiguration);
    const std::string what = error.what();
    CHECK(what.starts_with(file.string() + ":"));
    return what.substr(file.string().size() + 1);
  }
}

// ---------------------------------------------------------------------------------- what is right

TEST_CASE("a description says what QEMU shows the guest", "[sim][app]") {
  const Description description = load(std::string(kGood));
  const presil_personality& p = description.personality;
  CHECK(std::string(p.name) == "probe");
  CHECK(p.clock_period_ps == 2500);
  CHECK(p.vendor_id == 0xf055);
  CHECK(p.device_id == 0x5042);
  CHECK(p.subsystem_vendor_id == 0x1af4);
  CHECK(p.subsystem_id == 1);
  CHECK(p.class_code == 0xff0102);
  CHECK(p.revision == 3);
  CHECK(p.serial_number == 0x0102030405060708);
  CHECK(p.msix_vectors == 4);
  CHECK(p.msix_bar == 2);
  CHECK(p.link_speed == 4);
  CHECK(p.link_width == 8);
  CHECK(p.capabilities == (PRESIL_CAP_PM | PRESIL_CAP_FLR));
  CHECK(p.bars[0].size_bytes == 0x10000);
  CHECK(p.bars[0].flags == (PRESIL_BAR_64BIT | PRESIL_BAR_PREFETCH));
  for (unsigned bar = 1; bar < PRESIL_LINK_BARS; ++bar)
    CHECK(p.bars[bar].size_bytes == 0);
  CHECK(description.completion_timeout_ps == 100'000'000);
}

TEST_CASE("reserved fields of the personality are zero", "[sim][app]") {
  const presil_personality p = load(std::string(kGood)).personality;
  CHECK(p.pasid_bits == 0);
  CHECK(p.total_vfs == 0);
  const std::string zeros(sizeof(p.reserved3), '\0');
  CHECK(std::memcmp(p.reserved3, zeros.data(), zeros.size()) == 0);
}

TEST_CASE("without interrupts no BAR is needed for them", "[sim][app]") {
  const auto text = with("msix_vectors", "msix_vectors = 0");
  CHECK(load(text).personality.msix_vectors == 0);
  // Not even a free one.
  std::string without = text;
  without.erase(without.find("msix_bar = 2\n"), 13);
  CHECK(load(without).personality.msix_bar == 0);
}

TEST_CASE("without capabilities there are none", "[sim][app]") {
  CHECK(load(with("capabilities", "")).personality.capabilities == 0);
  CHECK(load(with("capabilities", "capabilities = []")).personality.capabilities == 0);
}

TEST_CASE("a serial number may use all 64 bits", "[sim][app]") {
  const auto text = with("serial_number", "serial_number = -1");
  CHECK(load(text).personality.serial_number == UINT64_MAX);
}

TEST_CASE("a value at the edge of its range is taken", "[sim][app]") {
  const auto [key, value] =
      GENERATE(table<std::string, std::string>({{"clock_period_ps", "2"},
                                                {"clock_period_ps", "1000000000"},
                                                {"class_code", "0xffffff"},
                                                {"revision", "0xff"},
                                                {"msix_vectors", "2048"},
                                                {"msix_bar", "5"},
                                                {"link_speed", "1"},
                                                {"link_speed", "6"},
                                                {"link_width", "16"},
                                                {"completion_timeout_us", "64000000"},
                                                {"size_bytes", "16"},
                                                {"size_bytes", "0x4000000000000000"}}));
  CAPTURE(key, value);
  CHECK(problem(with(key, key + " = " + value)).empty());
}

// ---------------------------------------------------------------------------------- what is wrong

TEST_CASE("a key that is missing is named with its table", "[sim][app]") {
  const auto [key, place] =
      GENERATE(table<std::string, std::string>({{"clock_period_ps", "simulator."},
                                                {"vendor_id", "pci."},
                                                {"device_id", "pci."},
                                                {"subsystem_vendor_id", "pci."},
                                                {"subsystem_id", "pci."},
                                                {"class_code", "pci."},
                                                {"revision", "pci."},
                                                {"serial_number", "pci."},
                                                {"msix_vectors", "pci."},
                                                {"msix_bar", "pci."},
                                                {"link_speed", "pci."},
                                                {"link_width", "pci."},
                                                {"completion_timeout_us", "pci."},
                                                {"index", "pci.bar."},
                                                {"size_bytes", "pci.bar."},
                                                {"width", "pci.bar."}}));
  const std::string expected = " " + place + key + ": missing, or not a whole number";
  CHECK(problem(with(key, "")) == expected);
  CHECK(problem(with(key, key + " = \"4\"")) == expected);
  CHECK(problem(with(key, key + " = 4.5")) == expected);
  CHECK(problem(with(key, key + " = [4]")) == expected);
}

TEST_CASE("a value out of range is shown with the range", "[sim][app]") {
  const auto [key, value, range] = GENERATE(table<std::string, std::string, std::string>(
      {{"clock_period_ps", "1", "2 .. 1000000000"},
       {"clock_period_ps", "1000000001", "2 .. 1000000000"},
       {"vendor_id", "65536", "0 .. 65535"},
       {"device_id", "-1", "0 .. 65535"},
       {"subsystem_vendor_id", "65536", "0 .. 65535"},
       {"subsystem_id", "65536", "0 .. 65535"},
       {"class_code", "16777216", "0 .. 16777215"},
       {"revision", "256", "0 .. 255"},
       {"msix_vectors", "2049", "0 .. 2048"},
       {"msix_bar", "6", "0 .. 5"},
       {"link_speed", "0", "1 .. 6"},
       {"link_speed", "7", "1 .. 6"},
       {"link_width", "0", "1 .. 16"},
       {"link_width", "17", "1 .. 16"},
       {"completion_timeout_us", "0", "1 .. 64000000"},
       {"completion_timeout_us", "64000001", "1 .. 64000000"},
       {"index", "6", "0 .. 5"},
       {"size_bytes", "8", "16 .. 4611686018427387904"},
       {"size_bytes", "-16", "16 .. 4611686018427387904"},
       {"width", "16", "32 .. 64"}}));
  CHECK(problem(with(key, key + " = " + value))
            .ends_with(key + ": " + value + " is not within " + range));
}

TEST_CASE("a value that PCIe does not have is named", "[sim][app]") {
  CHECK(problem(with("link_width", "link_width = 12")) ==
        " pci.link_width: 12 is not a power of two");
  CHECK(problem(with("size_bytes", "size_bytes = 48")) ==
        " pci.bar.size_bytes: 48 is not a power of two");
  CHECK(problem(with("width", "width = 48")) == " pci.bar.width: 48 is neither 32 nor 64");
  CHECK(problem(with("width", "width = 32")) ==
        " pci.bar.prefetchable: only a BAR of width 64 can be");
  CHECK(problem(with("capabilities", "capabilities = [\"pm\", \"ats\"]")) ==
        " pci.capabilities: \"ats\" is none of pm, aer, flr");
  CHECK(problem(with("capabilities", "capabilities = [1]")).starts_with(" pci.capabilities: "));
}

TEST_CASE("a name has 1 to 31 printable bytes", "[sim][app]") {
  const auto named = [](std::string_view line) {
    return std::string(line) + std::string(kGood.substr(kGood.find('\n')));
  };
  CHECK(problem(named("name = \"" + std::string(31, 'n') + "\"")).empty());
  CHECK(problem(named("name = \"" + std::string(32, 'n') + "\"")) ==
        " name: has 32 bytes, expected 1 .. 31");
  CHECK(problem(named("name = \"\"")) == " name: has 0 bytes, expected 1 .. 31");
  CHECK(problem(named(R"(name = "new\nline")")) == " name: is not printable ASCII");
  CHECK(problem(named(R"(name = "caf\u00e9")")) == " name: is not printable ASCII");
  CHECK(problem(named("name = 1")) == " name: missing, or not a text");
  CHECK(problem(named("")) == " name: missing, or not a text");
}

TEST_CASE("a key that may be absent must be right where it is", "[sim][app]") {
  CHECK(problem(with("prefetchable", "")).empty());
  CHECK(problem(with("prefetchable", "prefetchable = \"yes\"")) ==
        " pci.bar.prefetchable: not true or false");
  CHECK(problem(with("capabilities", "capabilities = \"aer\"")) == " pci.capabilities: not a list");
}

TEST_CASE("a table that is missing is named", "[sim][app]") {
  CHECK(problem("name = \"probe\"\n") == " simulator: missing, or not a table");
  CHECK(problem("name = \"probe\"\n[simulator]\nclock_period_ps = 2\n") ==
        " pci: missing, or not a table");
}

TEST_CASE("an accelerator has BAR 0", "[sim][app]") {
  std::string text(kGood);
  text.resize(text.find("[[pci.bar]]"));
  CHECK(problem(text) == " pci.bar: missing: an accelerator has at least BAR 0");
  CHECK(problem(with("index", "index = 4")) ==
        " pci.bar: BAR 0, which holds the registers, is missing");
}

TEST_CASE("BARs share six slots, in which wide ones take two", "[sim][app]") {
  CHECK(problem(with_bar("index = 3\nsize_bytes = 16\nwidth = 32\n")).empty());
  CHECK(problem(with_bar("index = 4\nsize_bytes = 16\nwidth = 64\n")).empty());
  CHECK(problem(with_bar("index = 0\nsize_bytes = 16\nwidth = 32\n")) ==
        " pci.bar.index: 0 is given twice");
  CHECK(problem(with_bar("index = 1\nsize_bytes = 16\nwidth = 32\n")) ==
        " pci.bar: BAR 1 has no room");
  CHECK(problem(with_bar("index = 5\nsize_bytes = 16\nwidth = 64\n")) ==
        " pci.bar: BAR 5 has no room");
}

TEST_CASE("a BAR of width 32 has at most 2 GiB", "[sim][app]") {
  CHECK(problem(with_bar("index = 3\nsize_bytes = 0x80000000\nwidth = 32\n")).empty());
  CHECK(problem(with_bar("index = 3\nsize_bytes = 0x100000000\nwidth = 32\n")) ==
        " pci.bar.size_bytes: 4294967296 does not fit a BAR of width 32");
}

TEST_CASE("interrupts need a BAR that is free", "[sim][app]") {
  CHECK(problem(with("msix_bar", "msix_bar = 0")) == " pci.msix_bar: BAR 0 is not free");
  CHECK(problem(with("msix_bar", "msix_bar = 1")) == " pci.msix_bar: BAR 1 is not free");
  CHECK(problem(with_bar("index = 2\nsize_bytes = 16\nwidth = 32\n")) ==
        " pci.msix_bar: BAR 2 is not free");
}

TEST_CASE("text that is no TOML is shown with its line", "[sim][app]") {
  CHECK(problem("name = \"probe\"\n[pci\n").starts_with("2: "));
}

TEST_CASE("a file that is not there is named", "[sim][app]") {
  const testbench::TemporaryFolder folder;
  const auto file = folder.path("accelerator.toml");
  try {
    Description::load(file);
    FAIL("loaded");
  } catch (const Error& error) {
    CHECK(error.status() == ExitStatus::kConfiguration);
    CHECK(std::string(error.what()).contains(file.string()));
  }
}

}  // namespace
}  // namespace presil
