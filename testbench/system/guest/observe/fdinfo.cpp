// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// fdinfo: the time of the device that a file has used never goes back.

#include <cerrno>
#include <string>

#include "guest_time.hpp"
#include "ktap.hpp"
#include "observe.hpp"

namespace {

std::uint64_t busy_ns(const Client& client) {
  const std::string text = fdinfo(client.device());
  CHECK(value_of(text, "drm-engine-compute").ends_with(" ns"));
  return number_of(text, "drm-engine-compute");
}

}  // namespace

TEST("fdinfo: the time of a queue stays when the queue goes") {
  Client client;
  CHECK_EQ(busy_ns(client), std::uint64_t{0});
  client.check_that_it_works();
  // Not looked at in between: destroying the queue has to.
  REQUIRE_EQ(client.device().destroy_queue(client.queue()), 0);
  const std::uint64_t once = busy_ns(client);
  CHECK(once > 0);

  Client other;
  other.check_that_it_works();
  CHECK_EQ(busy_ns(client), once);
  const std::uint64_t others = busy_ns(other);
  CHECK(others > 0);
  other.renew_queue();
  CHECK_EQ(busy_ns(other), others);
  other.check_that_it_works();
  CHECK(busy_ns(other) > others);
}

TEST("fdinfo: the time of a queue that was lost counts") {
  Client client;
  CHECK_EQ(client.run(Commands().hang()), -ETIME);
  const std::uint64_t lost = busy_ns(client);
  CHECK(lost > 400'000'000);
  client.renew_queue();
  CHECK_EQ(busy_ns(client), lost);
}

TEST("fdinfo: a queue that works is destroyed at once, and its time does not go back") {
  Client client;
  client.check_that_it_works();
  const std::uint64_t before = busy_ns(client);
  const std::uint32_t done = client.start(Commands().hang());
  sleep_ns(10 * kMillisecondNs);
  const std::int64_t begin = now_ns();
  client.renew_queue();
  CHECK(now_ns() - begin < 100 * kMillisecondNs);
  CHECK_EQ(client.finish(done), -ECANCELED);
  CHECK(busy_ns(client) >= before);
}

TEST("fdinfo: a reset of the device does not take time back") {
  Client client;
  const Awake awake;
  client.check_that_it_works();
  const std::uint64_t before = busy_ns(client);
  suspend_first_queue();
  CHECK_EQ(client.run(Commands().barrier()), 1);
  CHECK(busy_ns(client) >= before);
}
