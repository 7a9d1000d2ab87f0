// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Faults: the simulator breaking on purpose, for the tests of everything around it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/time.hpp"

namespace presil {

enum class FaultKind {
  kSilentRead,     ///< the accelerator never completes the read
  kDropWrite,      ///< the register write is lost on its way
  kDmaError,       ///< the DMA is answered CA, without reaching guest memory
  kDropMsix,       ///< the interrupt message is lost on its way
  kErrorNonfatal,  ///< the endpoint reports a non-fatal error, and goes on
  kErrorFatal,     ///< the endpoint reports a fatal error, and goes on until it is reset
  kClose,          ///< closes the socket and ends in order
  kTruncate,       ///< the next message (or the reply to the hello) is shorter than it says
  kNonsense,       ///< the next message has an unknown type
  kExit,           ///< dies at once, logs unclosed
  kHang,           ///< no more progress, heartbeat still, until the peer is gone
};

/// The faults of a run, each of which strikes once.
///
/// Text form: KIND@WHEN with KIND silent-read, drop-write, dma-error, drop-msix, error-nonfatal,
/// error-fatal, close, truncate, nonsense, exit or hang and WHEN read:N, write:N, dma:N, msix:N
/// (the N-th of its kind, from 1), time:T (T like 120us; the first call or upcall at or after it,
/// but errors are reported at T itself, by an idle accelerator too) or hello.
class Faults {
 public:
  enum class Site { kRead, kWrite, kDma, kMsix, kHello };

  /// Adds a fault. \returns false when the text is not of the form above, or KIND cannot be at
  /// WHEN.
  bool add(std::string_view text);

  /// Counts one occurrence of `site`; must be called exactly once for each.
  void count(Site site) {
    if (!faults_.empty())
      count_slowly(site);
  }

  /// Whether a fault of this kind strikes now. A fault strikes once.
  bool strikes(FaultKind kind) { return !faults_.empty() && strikes_slowly(kind); }

  /// Earliest device time at which an error is to be reported, whatever happens then; none: there
  /// is no such fault left.
  std::optional<Picoseconds> next_error_ps() const;

 private:
  struct Fault {
    FaultKind kind;
    std::optional<Site> site;  // None: at a time.
    std::uint64_t when;        // Occurrence, or picoseconds.
    bool armed;                // Its occurrence is the present one.
  };

  void count_slowly(Site site);
  bool strikes_slowly(FaultKind kind);

  std::vector<Fault> faults_;
  std::uint64_t counts_[5] = {};
};

}  // namespace presil
