// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/app/description.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <format>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "sim/base/error.hpp"
#include <toml++/toml.hpp>

namespace presil {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint32_t>, 3> kCapabilities = {{
    {"pm", PRESIL_CAP_PM},
    {"aer", PRESIL_CAP_AER},
    {"flr", PRESIL_CAP_FLR},
}};

/// Reads keys of one table, and says where in the file something is wrong.
class Reader {
 public:
  Reader(const std::filesystem::path& file, const toml::table& table, std::string prefix)
      : file_(file), table_(table), prefix_(std::move(prefix)) {}

  [[noreturn]] void fail(std::string_view key, const std::string& problem) const {
    throw Error(ExitStatus::kConfiguration,
                std::format("{}: {}{}: {}", file_.string(), prefix_, key, problem));
  }

  std::uint64_t number(std::string_view key, std::uint64_t least, std::uint64_t most) const {
    const auto value = table_[key].value<std::int64_t>();
    if (!value)
      fail(key, "missing, or not a whole number");
    // TOML's integers are signed; an id of 64 bits may use all of them.
    const auto number = static_cast<std::uint64_t>(*value);
    if (number < least || number > most)
      fail(key, std::format("{} is not within {} .. {}", *value, least, most));
    return number;
  }

  template <typename Integer>
  Integer id(std::string_view key) const {
    return static_cast<Integer>(number(key, 0, std::numeric_limits<Integer>::max()));
  }

  std::string text(std::string_view key) const {
    const auto value = table_[key].value<std::string>();
    if (!value)
      fail(key, "missing, or not a text");
    return *value;
  }

  /// Absent: false.
  bool flag(std::string_view key) const {
    if (table_.contains(key) && !table_[key].is_boolean())
      fail(key, "not true or false");
    return table_[key].value_or(false);
  }

  Reader table(std::string_view key) const {
    const toml::table* inner = table_[key].as_table();
    if (!inner)
      fail(key, "missing, or not a table");
    return {file_, *inner, std::format("{}{}.", prefix_, key)};
  }

  /// Null: absent.
  const toml::array* array(std::string_view key) const {
    if (table_.contains(key) && !table_[key].is_array())
      fail(key, "not a list");
    return table_[key].as_array();
  }
  const std::filesystem::path& file() const { return file_; }

 private:
  const std::filesystem::path& file_;
  const toml::table& table_;
  std::string prefix_;
};

void read_bars(const Reader& pci, presil_personality& personality) {
  const toml::array* bars = pci.array("bar");
  if (!bars || bars->empty())
    pci.fail("bar", "missing: an accelerator has at least BAR 0");
  for (const toml::node& node : *bars) {
    if (!node.is_table())
      pci.fail("bar", "not a table");
    const Reader bar(pci.file(), *node.as_table(), "pci.bar.");
    const auto index = bar.number("index", 0, PRESIL_LINK_BARS - 1);
    const auto width = bar.number("width", 32, 64);
    presil_bar& entry = personality.bars[index];
    if (entry.size_bytes != 0)
      bar.fail("index", std::format("{} is given twice", index));
    entry.size_bytes = bar.number("size_bytes", 16, std::uint64_t{1} << 62);
    if (!std::has_single_bit(entry.size_bytes))
      bar.fail("size_bytes", std::format("{} is not a power of two", entry.size_bytes));
    if (width == 64)
      entry.flags |= PRESIL_BAR_64BIT;
    else if (width != 32)
      bar.fail("width", std::format("{} is neither 32 nor 64", width));
    if (bar.flag("prefetchable"))
      entry.flags |= PRESIL_BAR_PREFETCH;
    if (width == 32 && (entry.flags & PRESIL_BAR_PREFETCH))
      bar.fail("prefetchable", "only a BAR of width 64 can be");
    if (width == 32 && entry.size_bytes > (std::uint64_t{1} << 31))
      bar.fail("size_bytes", std::format("{} does not fit a BAR of width 32", entry.size_bytes));
  }
  if (personality.bars[0].size_bytes == 0)
    pci.fail("bar", "BAR 0, which holds the registers, is missing");
}

// A 64-bit BAR takes the next slot, and the MSI-X table needs a slot of its own.
void check_slots(const Reader& pci, const presil_personality& personality) {
  bool taken[PRESIL_LINK_BARS + 1] = {};
  for (std::uint32_t index = 0; index < PRESIL_LINK_BARS; ++index) {
    const presil_bar& bar = personality.bars[index];
    if (bar.size_bytes == 0)
      continue;
    const bool is_wide = bar.flags & PRESIL_BAR_64BIT;
    if (taken[index] || (is_wide && index + 1 == PRESIL_LINK_BARS))
      pci.fail("bar", std::format("BAR {} has no room", index));
    taken[index] = true;
    taken[index + 1] = is_wide;
  }
  if (personality.msix_vectors != 0 && taken[personality.msix_bar])
    pci.fail("msix_bar", std::format("BAR {} is not free", personality.msix_bar));
}

void read_capabilities(const Reader& pci, presil_personality& personality) {
  const toml::array* names = pci.array("capabilities");
  if (!names)
    return;
  for (const toml::node& node : *names) {
    const std::string name = node.value_or(std::string());
    const auto* entry =
        std::ranges::find(kCapabilities, name, &decltype(kCapabilities)::value_type::first);
    if (entry == kCapabilities.end())
      pci.fail("capabilities", std::format("\"{}\" is none of pm, aer, flr", name));
    personality.capabilities |= entry->second;
  }
}

}  // namespace

Description Description::load(const std::filesystem::path& file) {
  toml::table document;
  try {
    document = toml::parse_file(file.string());
  } catch (const toml::parse_error& error) {
    throw Error(
        ExitStatus::kConfiguration,
        std::format("{}:{}: {}", file.string(), error.source().begin.line, error.description()));
  }

  Description description;
  presil_personality& p = description.personality;
  const Reader root(file, document, "");
  const std::string name = root.text("name");
  if (name.empty() || name.size() >= sizeof(p.name))
    root.fail("name",
              std::format("has {} bytes, expected 1 .. {}", name.size(), sizeof(p.name) - 1));
  const auto is_printable = [](char character) { return character >= ' ' && character <= '~'; };
  if (!std::ranges::all_of(name, is_printable))
    root.fail("name", "is not printable ASCII");
  std::memcpy(p.name, name.data(), name.size());
  p.clock_period_ps = root.table("simulator").number("clock_period_ps", 2, 1'000'000'000);

  const Reader pci = root.table("pci");
  p.vendor_id = pci.id<std::uint16_t>("vendor_id");
  p.device_id = pci.id<std::uint16_t>("device_id");
  p.subsystem_vendor_id = pci.id<std::uint16_t>("subsystem_vendor_id");
  p.subsystem_id = pci.id<std::uint16_t>("subsystem_id");
  p.class_code = static_cast<std::uint32_t>(pci.number("class_code", 0, 0xff'ffff));
  p.revision = pci.id<std::uint8_t>("revision");
  p.serial_number = pci.id<std::uint64_t>("serial_number");
  p.link_speed = static_cast<std::uint8_t>(pci.number("link_speed", 1, 6));
  p.link_width = static_cast<std::uint8_t>(pci.number("link_width", 1, 16));
  if (!std::has_single_bit(p.link_width))
    pci.fail("link_width", std::format("{} is not a power of two", p.link_width));
  p.msix_vectors = static_cast<std::uint16_t>(pci.number("msix_vectors", 0, 2048));
  if (p.msix_vectors != 0)
    p.msix_bar = static_cast<std::uint8_t>(pci.number("msix_bar", 0, PRESIL_LINK_BARS - 1));
  read_bars(pci, p);
  check_slots(pci, p);
  read_capabilities(pci, p);
  description.completion_timeout_ps =
      pci.number("completion_timeout_us", 1, 64'000'000) * kPicosecondsPerMicrosecond;
  return description;
}

}  // namespace presil
