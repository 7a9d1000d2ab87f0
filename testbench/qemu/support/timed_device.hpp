// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// A scripted device with a clock: it works for a while after a doorbell and interrupts on the way.

#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "support/peer.hpp"

namespace presil::test {

// A write to kDoorbell starts it: for `work_ps` its clock runs, and MSI-X `vector` goes out at each
// of `events_ps` after the doorbell. Offers all calls' handlers to a Peer; lives as long as it.
class TimedDevice {
 public:
  static constexpr uint64_t kDoorbell = 0x10;

  uint64_t work_ps = 0;
  std::vector<uint64_t> events_ps;
  uint32_t vector = 0;

  // When each interrupt left, device time.
  std::vector<uint64_t> issued_ps;
  // ADVANCE calls taken that made it stop, and all of them.
  size_t stopped = 0;
  size_t advanced = 0;

  void attach(Peer& peer) {
    peer.on_write = [this](Peer& p, const presil_message& call) {
      run(p, call.header.time_ps, false);
      if (call.u.mmio.offset == kDoorbell) {
        const uint64_t start_ps = p.present_ps();
        end_ps_ = start_ps + work_ps;
        for (const uint64_t event_ps : events_ps) {
          pending_.push_back(start_ps + event_ps);
        }
      }
      return reply(p.present_ps());
    };
    peer.on_read = [this](Peer& p, const presil_message& call) {
      run(p, call.header.time_ps, false);
      Reply r = reply(p.present_ps());
      r.data = issued_ps.size();
      return r;
    };
    peer.on_advance = [this](Peer& p, const presil_message& call) {
      ++advanced;
      const bool stop_at_event = (call.u.advance.flags & PRESIL_ADVANCE_STOP_AT_EVENT) != 0;
      return run(p, call.header.time_ps, stop_at_event);
    };
  }

 private:
  Reply reply(uint64_t now_ps) const {
    const bool working = now_ps < end_ps_ || !pending_.empty();
    return {.time_ps = now_ps, .next_ps = working ? now_ps : PRESIL_LINK_NEVER};
  }

  Reply run(Peer& peer, uint64_t to_ps, bool stop_at_event) {
    while (!pending_.empty() && pending_.front() <= to_ps) {
      const uint64_t at_ps = pending_.front();
      if (stop_at_event) {
        ++stopped;
        Reply r = reply(at_ps);
        r.status = PRESIL_STATUS_STOPPED;
        return r;
      }
      issued_ps.push_back(at_ps);
      pending_.erase(pending_.begin());
      peer.msix(at_ps, vector);
    }
    return reply(std::max(to_ps, peer.present_ps()));
  }

  uint64_t end_ps_ = 0;
  std::vector<uint64_t> pending_;
};

}  // namespace presil::test
