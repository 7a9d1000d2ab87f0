// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Tracepoints: one for each step of a job's life, in their order.

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "ktap.hpp"
#include "observe.hpp"

namespace {

constexpr char kTracing[] = "/sys/kernel/tracing/";

/// Records the driver's events as long as it lives.
class Trace {
 public:
  Trace() {
    CHECK(mount("tracefs", kTracing, "tracefs", 0, nullptr) == 0 || errno == EBUSY);
    // Opening it like this empties it.
    const int fd = open((kTracing + std::string("trace")).c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    REQUIRE(fd >= 0);
    close(fd);
    REQUIRE_EQ(write_file(kTracing + std::string("events/kestrel/enable"), "1"), 0);
  }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;
  ~Trace() { CHECK_EQ(write_file(kTracing + std::string("events/kestrel/enable"), "0"), 0); }

  /// "EVENT: fields" of each event so far.
  std::vector<std::string> events() const {
    const std::string text = read_file(kTracing + std::string("trace"));
    std::vector<std::string> found;
    for (std::size_t at = 0; (at = text.find(": kestrel_", at)) != std::string::npos; ++at)
      found.push_back(text.substr(at + 2, text.find('\n', at) - at - 2));
    return found;
  }
};

/// Compares the names of the events, and of each a part of its fields.
void check_events(const Trace& trace,
                  const std::vector<std::pair<std::string, std::string>>& wanted) {
  const std::vector<std::string> events = trace.events();
  std::string all;
  for (const std::string& event : events)
    all += event + "\n";
  REQUIRE_EQ(events.size(), wanted.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!events[i].starts_with(wanted[i].first + ": dev=") ||
        events[i].find(wanted[i].second) == std::string::npos)
      ktap::fail(
          __FILE__, __LINE__,
          "not " + wanted[i].first + " with \"" + wanted[i].second + "\" in this place: " + all);
  }
}

}  // namespace

TEST("trace: a job that ends well") {
  Client client;
  const Awake awake;  // Waking up is a reset.
  const Trace trace;
  CHECK_EQ(client.run(Commands().barrier()), 1);
  check_events(trace, {{"kestrel_job_submit", " calls=1 "},
                       {"kestrel_job_run", " calls=1 error=0"},
                       {"kestrel_job_done", " calls=1 error=0"}});
}

TEST("trace: a queue that is lost") {
  Client client;
  const Awake awake;
  const Trace trace;
  const std::uint32_t first = client.start(Commands().load(0x7f00'0000'0000, 0, 64));
  CHECK_EQ(client.finish(first), -EIO);
  check_events(trace, {{"kestrel_job_submit", " calls=1 "},
                       {"kestrel_job_run", " error=0"},
                       {"kestrel_queue_lost",
                        " error=-5 cause=10 fault=2 opcode=16 call=0 offset=0 va=0x7f0000000000"},
                       {"kestrel_job_done", " error=-5"}});
}

TEST("trace: a reset of the device") {
  Client client;
  const Awake awake;
  const Trace trace;
  suspend_first_queue();
  CHECK_EQ(client.run(Commands().barrier()), 1);
  check_events(trace, {{"kestrel_job_submit", ""},
                       {"kestrel_job_run", ""},
                       {"kestrel_reset", ""},
                       {"kestrel_job_done", " error=0"}});
}
