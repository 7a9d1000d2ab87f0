// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/gather.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace kestrel::nn {
namespace {

using Place = Gather::Place;

TEST_CASE("pixels as they are need no gathering", "[userspace][nn]") {
  const Gather none = no_gather({.kernel_h = 3, .kernel_w = 5, .stride_w = 2});
  CHECK(none.channels == 0);
  CHECK(none.positions() == 1);
  CHECK(none.window.kernel_w == 5);
  CHECK(none.window.stride_w == 2);
}

TEST_CASE("at the least a window's row is gathered", "[userspace][nn]") {
  const Window window = {.kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 2};
  const Gather row = possible_gathers(window, 3, 8, 8).front();
  CHECK(row.bytes() == 9);
  CHECK(row.words() == 1);
  CHECK(row.positions() == 1);
  CHECK(row.window.kernel_h == 3);
  CHECK(row.window.kernel_w == 1);
  CHECK(row.window.stride_h == 2);
  CHECK(row.window.stride_w == 1);
  CHECK(row.place(window, 0, 2, 7) == Place{2, 2, 1});
  CHECK(row.place(window, 0, 2, 9) == std::nullopt);
}

TEST_CASE("a patch of 2 x 8 pixels serves 2 x 6 windows of 3 x 3", "[userspace][nn]") {
  const Window window = {.kernel_h = 3, .kernel_w = 3};
  const auto all = possible_gathers(window, 1, 28, 28);
  const auto found = std::ranges::find_if(
      all, [](const Gather& gather) { return gather.rows == 2 && gather.columns == 6; });
  REQUIRE(found != all.end());
  CHECK(found->words() == 1);
  CHECK(found->window.kernel_h == 2);
  CHECK(found->window.stride_h == 1);
  // The last position looks at rows 1, 2 and 3, and columns 5, 6 and 7.
  CHECK(found->place(window, 11, 0, 5) == std::nullopt);
  CHECK(found->place(window, 11, 0, 13) == Place{0, 0, 0});
  CHECK(found->place(window, 11, 1, 0) == std::nullopt);
  CHECK(found->place(window, 11, 1, 7) == Place{1, 2, 0});
  CHECK(found->place(window, 11, 1, 15) == Place{2, 2, 0});
}

TEST_CASE("every position finds each byte of its window once, however it is gathered",
          "[userspace][nn]") {
  const std::vector<std::pair<Window, std::int64_t>> cases = {
      {{.kernel_h = 3, .kernel_w = 3}, 1},
      {{.kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 2}, 3},
      {{.kernel_h = 5, .kernel_w = 2, .stride_h = 1, .stride_w = 3}, 2},
      {{.kernel_h = 3, .kernel_w = 3, .stride_h = 1, .stride_w = 1, .dilation_h = 2}, 1},
      {{.kernel_h = 1, .kernel_w = 7, .stride_h = 3}, 1}};
  std::size_t checked = 0;
  for (const auto& [window, channels] : cases) {
    for (const Gather& gather : possible_gathers(window, channels, 8, 8)) {
      CAPTURE(channels, gather.rows, gather.columns);
      for (std::int64_t position = 0; position < gather.positions(); ++position) {
        std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t>> places;
        std::size_t found = 0;
        for (std::int64_t row = 0; row < gather.window.kernel_h; ++row) {
          for (std::int64_t byte = 0; byte < gather.words() * 16; ++byte) {
            if (const auto place = gather.place(window, position, row, byte)) {
              places.emplace(place->row, place->column, place->channel);
              ++found;
            }
          }
        }
        const auto whole = static_cast<std::size_t>(window.kernel_h * window.kernel_w * channels);
        CHECK(places.size() == whole);
        CHECK(found == whole);
        ++checked;
      }
    }
  }
  CHECK(checked > 300);
}

TEST_CASE("of many ways few are left, the simplest among them", "[userspace][nn]") {
  const Window window = {.kernel_h = 3, .kernel_w = 3};
  const auto best = best_gathers(window, 1, 28, 28);
  CHECK(best.size() == 8);
  CHECK(best.front().positions() == 1);
  CHECK(best[1].positions() > 1);
  CHECK(best_gathers(window, 1, 1, 1).size() == 1);
}

TEST_CASE("no way to gather needs more passes than the simplest", "[userspace][nn]") {
  const Window window = {.kernel_h = 5, .kernel_w = 5};
  const auto all = possible_gathers(window, 2, 9, 9);
  CHECK(all.size() > 1);
  for (const Gather& gather : all)
    CHECK(gather.window.kernel_h * gather.words() <=
          all.front().window.kernel_h * all.front().words());
}

}  // namespace
}  // namespace kestrel::nn
