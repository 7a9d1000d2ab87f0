// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-info and kestrel-top in the guest: what the driver tells them of a device at work.

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "presil_run.hpp"

namespace presil::system {
namespace {

using Catch::Matchers::ContainsSubstring;

/// A copy that is still running when its numbers are taken, however fast the device is.
constexpr auto kWatch =
    "kestrel-info --json; echo info=$?; "
    "kestrel-copy --random 1048576 --repeat 1000000 >/dev/null & copy=$!; "
    "kestrel-top --batch --count 2 --interval 0.02; echo top=$?; "
    "kill $copy; wait $copy; echo copy=$?; "
    "kestrel-top --batch --count 1 --interval 0.02; "
    "kestrel-top --interval 1000 >/dev/null & top=$!; "
    "usleep 20000; kill $top; wait $top; echo stopped=$?";

/// Words of the last line of `text` that ends with `end`.
std::vector<std::string> last_line(const std::string& text, const std::string& end) {
  std::istringstream lines(text);
  std::vector<std::string> words;
  for (std::string line; std::getline(lines, line);) {
    if (!line.ends_with(end))
      continue;
    std::istringstream parts(line);
    words.clear();
    for (std::string word; parts >> word;)
      words.push_back(word);
  }
  return words;
}

TEST_CASE("the tools say what the device is, and for whom it works", "[system][tools]") {
  const auto run = presil_run("tools", {"--model", "functional"}, kWatch);
  INFO(run.output);
  REQUIRE(run.status == 0);

  const std::string& text = run.output;
  const std::size_t info = text.find("info=0\n");
  REQUIRE(info != std::string::npos);
  const auto json = nlohmann::json::parse(text.substr(text.find('{'), info - text.find('{')));
  CHECK(json.at("path") == "/dev/accel/accel0");
  CHECK(json.at("interface_major") == 2);
  CHECK(json.at("scratchpad_bytes") == 262144);
  CHECK(json.at("queues") == 16);

  const std::size_t top = text.find("top=0\n");
  REQUIRE(top != std::string::npos);
  const std::string busy = text.substr(info, top - info);
  const auto client = last_line(busy, "kestrel-copy");
  REQUIRE(client.size() == 6);
  CHECK(std::stod(client[2]) > 0);
  CHECK(std::stoull(client[3]) >= 2048);  // KiB: source and destination.
  CHECK(client[4] == "0000:01:00.0");
  // The device's line lies below its heading.
  const std::size_t heading = busy.rfind("MISS/s\n");
  REQUIRE(heading != std::string::npos);
  std::istringstream numbers(busy.substr(heading + 7));
  double busy_percent = 0, array_percent = -1, output_percent = -1, load_percent = 0;
  numbers >> busy_percent >> array_percent >> output_percent >> load_percent;
  CHECK(busy_percent > 0);
  CHECK(array_percent == 0);
  CHECK(load_percent > 0);

  // Ended by the signal, and gone from the list.
  CHECK_THAT(text, ContainsSubstring("copy=143\n"));
  const std::string idle = text.substr(text.find("copy=143\n"));
  CHECK_THAT(idle, ContainsSubstring("CLIENT"));
  CHECK(last_line(idle, "kestrel-copy").empty());
  CHECK_THAT(idle, ContainsSubstring("stopped=0\n"));
}

}  // namespace
}  // namespace presil::system
