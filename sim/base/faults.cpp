// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/base/faults.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/base/parse.hpp"

namespace presil {
namespace {

constexpr std::array<std::pair<std::string_view, FaultKind>, 11> kKinds = {{
    {"silent-read", FaultKind::kSilentRead},
    {"drop-write", FaultKind::kDropWrite},
    {"dma-error", FaultKind::kDmaError},
    {"drop-msix", FaultKind::kDropMsix},
    {"error-nonfatal", FaultKind::kErrorNonfatal},
    {"error-fatal", FaultKind::kErrorFatal},
    {"close", FaultKind::kClose},
    {"truncate", FaultKind::kTruncate},
    {"nonsense", FaultKind::kNonsense},
    {"exit", FaultKind::kExit},
    {"hang", FaultKind::kHang},
}};

constexpr std::array<std::pair<std::string_view, Faults::Site>, 4> kSites = {{
    {"read", Faults::Site::kRead},
    {"write", Faults::Site::kWrite},
    {"dma", Faults::Site::kDma},
    {"msix", Faults::Site::kMsix},
}};

template <typename Value, std::size_t kSize>
std::optional<Value> find(const std::array<std::pair<std::string_view, Value>, kSize>& table,
                          std::string_view name) {
  const auto* entry = std::ranges::find(table, name, &std::pair<std::string_view, Value>::first);
  return entry == table.end() ? std::nullopt : std::optional(entry->second);
}

// A fault of one access can only strike at such an access.
bool fits(FaultKind kind, Faults::Site site) {
  switch (kind) {
    case FaultKind::kSilentRead:
      return site == Faults::Site::kRead;
    case FaultKind::kDropWrite:
      return site == Faults::Site::kWrite;
    case FaultKind::kDmaError:
      return site == Faults::Site::kDma;
    case FaultKind::kDropMsix:
      return site == Faults::Site::kMsix;
    case FaultKind::kTruncate:
      return true;
    default:
      return site != Faults::Site::kHello;
  }
}

}  // namespace

bool Faults::add(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos)
    return false;
  const auto kind = find(kKinds, text.substr(0, at));
  const std::string_view when = text.substr(at + 1);
  if (!kind)
    return false;

  // What is refused must not strike either.
  const auto add_at = [&](std::optional<Site> site, std::optional<std::uint64_t> number) {
    const bool is_fault = number && (!site || (*number != 0 && fits(*kind, *site)));
    if (is_fault)
      faults_.push_back({*kind, site, *number, false});
    return is_fault;
  };
  if (when == "hello")
    return add_at(Site::kHello, 1);
  const auto colon = when.find(':');
  if (colon == std::string_view::npos)
    return false;
  const std::string_view number = when.substr(colon + 1);
  if (when.substr(0, colon) == "time")
    return add_at(std::nullopt, parse_time(number));
  const auto site = find(kSites, when.substr(0, colon));
  return site && add_at(site, parse_number(number));
}

void Faults::count_slowly(Site site) {
  const std::uint64_t occurrence = ++counts_[std::to_underlying(site)];
  for (Fault& fault : faults_) {
    if (fault.site == site)
      fault.armed = fault.when == occurrence;
  }
}

bool Faults::strikes_slowly(FaultKind kind) {
  const auto due = [kind](const Fault& fault) {
    return fault.kind == kind && (fault.site ? fault.armed : now_ps() >= fault.when);
  };
  const auto fault = std::ranges::find_if(faults_, due);
  if (fault == faults_.end())
    return false;
  faults_.erase(fault);
  return true;
}

std::optional<Picoseconds> Faults::next_error_ps() const {
  std::optional<Picoseconds> next;
  for (const Fault& fault : faults_) {
    const bool is_error =
        fault.kind == FaultKind::kErrorNonfatal || fault.kind == FaultKind::kErrorFatal;
    if (is_error && !fault.site && (!next || fault.when < *next))
      next = fault.when;
  }
  return next;
}

}  // namespace presil
