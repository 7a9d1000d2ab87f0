// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "fault.hpp"

#include <array>
#include <utility>

namespace {

constexpr std::array<std::pair<std::string_view, Fault>, 11> kFaults = {{
    {"hang", Fault::kHang},
    {"mmu", Fault::kMmu},
    {"illegal", Fault::kIllegal},
    {"parity", Fault::kParity},
    {"bus", Fault::kBus},
    {"interrupt", Fault::kInterrupt},
    {"nonfatal", Fault::kNonfatal},
    {"fatal", Fault::kFatal},
    {"reset", Fault::kReset},
    {"unplug", Fault::kUnplug},
    {"death", Fault::kDeath},
}};

constexpr std::array<std::pair<std::string_view, Load>, 3> kLoads = {{
    {"idle", Load::kIdle},
    {"one", Load::kOne},
    {"all", Load::kAll},
}};

template <typename Table, typename Value>
std::string_view name_in(const Table& table, Value value) {
  for (const auto& [name, entry] : table) {
    if (entry == value)
      return name;
  }
  return "?";
}

}  // namespace

std::string_view name_of(Fault fault) {
  return name_in(kFaults, fault);
}

std::string_view name_of(Load load) {
  return name_in(kLoads, load);
}

std::optional<Fault> fault_named(std::string_view name) {
  for (const auto& [known, fault] : kFaults) {
    if (known == name)
      return fault;
  }
  return std::nullopt;
}

std::optional<Load> load_named(std::string_view name) {
  for (const auto& [known, load] : kLoads) {
    if (known == name)
      return load;
  }
  return std::nullopt;
}

bool is_made_by_a_job(Fault fault) {
  return fault == Fault::kHang || fault == Fault::kMmu || fault == Fault::kIllegal ||
         fault == Fault::kParity;
}

bool is_made_outside(Fault fault) {
  return !is_made_by_a_job(fault) && fault != Fault::kReset;
}
