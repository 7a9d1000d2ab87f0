// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "usage.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "one_line.hpp"

namespace {

template <typename... Values>
std::string format(const char* form, Values... values) {
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(), form, values...);
  return text.data();
}

double growth(std::uint64_t before, std::uint64_t after) {
  return after > before ? static_cast<double>(after - before) : 0;
}

/// Rates of the counters of a span of time.
class Rates {
 public:
  Rates(const kestrel_counters& before, const kestrel_counters& after, double span_ns,
        double clock_mhz)
      : before_(before), after_(after), span_ns_(span_ns), clock_mhz_(clock_mhz) {}

  using Counter = std::uint64_t kestrel_counters::*;

  double per_second(Counter counter) const { return delta(counter) * 1e9 / span_ns_; }
  double percent_of_time(Counter nanoseconds) const { return 100 * delta(nanoseconds) / span_ns_; }
  double percent_of_cycles(Counter cycles) const {
    return clock_mhz_ == 0 ? 0 : 100 * delta(cycles) * 1000 / clock_mhz_ / span_ns_;
  }

 private:
  double delta(Counter counter) const { return growth(before_.*counter, after_.*counter); }

  const kestrel_counters& before_;
  const kestrel_counters& after_;
  const double span_ns_;
  const double clock_mhz_;
};

std::string device_lines(const Rates& rates) {
  std::string lines =
      "  BUSY%  ARRAY% OUTPUT%   LOAD%  STORE%  READ-MB/s WRITE-MB/s     GMAC/s    CALLS/s     "
      "MISS/s\n";
  lines += format("%7.1f %7.1f %7.1f %7.1f %7.1f %10.1f %10.1f %10.2f %10.0f %10.0f\n",
                  rates.percent_of_time(&kestrel_counters::busy_ns),
                  rates.percent_of_cycles(&kestrel_counters::compute_busy),
                  rates.percent_of_cycles(&kestrel_counters::output_busy),
                  rates.percent_of_cycles(&kestrel_counters::load_busy),
                  rates.percent_of_cycles(&kestrel_counters::store_busy),
                  rates.per_second(&kestrel_counters::read_bytes) / 1e6,
                  rates.per_second(&kestrel_counters::write_bytes) / 1e6,
                  rates.per_second(&kestrel_counters::macs) / 1e9,
                  rates.per_second(&kestrel_counters::calls),
                  rates.per_second(&kestrel_counters::tlb_misses));
  return lines;
}

/// What the client had used before; as much as now if it is new, so that its past is not counted.
std::uint64_t busy_before(const std::vector<DrmClient>& clients, const DrmClient& now) {
  const auto found = std::ranges::find_if(clients, [&](const DrmClient& client) {
    return client.device == now.device && client.id == now.id;
  });
  return found != clients.end() ? found->busy_ns : now.busy_ns;
}

}  // namespace

std::string usage_table(const UsageDevice& device, const UsageSample& before,
                        const UsageSample& after) {
  const auto span_ns = static_cast<double>(after.time_ns - before.time_ns);
  std::string table = device.path + ", " + std::to_string(device.clock_mhz) + " MHz\n";
  if (before.device && after.device) {
    table += device_lines(
        Rates(*before.device, *after.device, span_ns, static_cast<double>(device.clock_mhz)));
  } else {
    table += "the device's counters need CAP_PERFMON\n";
  }

  table += "\n    PID CLIENT   BUSY%     MEM-KiB DEVICE       COMMAND\n";
  for (const DrmClient& client : after.clients) {
    const double busy_ns = growth(busy_before(before.clients, client), client.busy_ns);
    table +=
        format("%7llu %6llu %7.1f %11llu %-12s %s\n", static_cast<unsigned long long>(client.pid),
               static_cast<unsigned long long>(client.id), 100 * busy_ns / span_ns,
               static_cast<unsigned long long>(client.memory_bytes >> 10),
               one_line(client.device).c_str(), one_line(client.command).c_str());
  }
  return table;
}
