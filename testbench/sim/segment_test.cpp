// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Which segments a simulator maps, and which it does not touch.

#include "sim/link/segment.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <string>
#include <utility>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "testbench/sim/link_end.hpp"

namespace presil {
namespace {

using testbench::make_segment_fd;

constexpr int kAllSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

std::string problem(const UniqueFd& fd) {
  auto segment = Segment::map(fd);
  return segment ? "" : segment.error();
}

TEST_CASE("a good segment is shared memory", "[sim][link]") {
  const UniqueFd fd = make_segment_fd();
  auto one = Segment::map(fd);
  auto other = Segment::map(fd);
  REQUIRE(one);
  REQUIRE(other);
  (*one)->qemu.pulse = 0x1234;
  CHECK((*other)->qemu.pulse == 0x1234);
}

TEST_CASE("a segment stays mapped after its descriptor is closed", "[sim][link]") {
  UniqueFd fd = make_segment_fd();
  auto segment = Segment::map(fd);
  fd.reset();
  REQUIRE(segment);
  (*segment)->reserved1[sizeof(presil_segment::reserved1) - 1] = 7;
  CHECK((*segment)->magic == PRESIL_LINK_MAGIC);
}

TEST_CASE("a segment that is moved keeps its memory", "[sim][link]") {
  const UniqueFd fd = make_segment_fd();
  auto segment = Segment::map(fd);
  REQUIRE(segment);
  Segment moved = std::move(*segment);
  moved->qemu.pulse = 3;
  Segment assigned = std::move(*Segment::map(make_segment_fd()));
  assigned = std::move(moved);
  CHECK(assigned->qemu.pulse == 3);
}

TEST_CASE("a segment that could change its size is refused", "[sim][link]") {
  const int missing = GENERATE(F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_SEAL);
  CHECK(problem(make_segment_fd(sizeof(presil_segment), kAllSeals & ~missing)) ==
        "the segment is not sealed against resizing");
}

TEST_CASE("a segment that cannot be written is refused", "[sim][link]") {
  const UniqueFd fd = make_segment_fd(sizeof(presil_segment), kAllSeals | F_SEAL_WRITE);
  CHECK(problem(fd).starts_with("segment: "));
}

TEST_CASE("a segment of another size is refused", "[sim][link]") {
  const off_t bytes = GENERATE(as<off_t>(), 8, sizeof(presil_segment) - 1,
                               sizeof(presil_segment) + 1, 2 * sizeof(presil_segment));
  CHECK(problem(make_segment_fd(bytes)) ==
        "the segment has " + std::to_string(bytes) + " bytes, expected 12288");
}

TEST_CASE("a segment of another magic or version is refused", "[sim][link]") {
  constexpr off_t kBytes = sizeof(presil_segment);
  CHECK(problem(make_segment_fd(kBytes, kAllSeals, 0x12345678)) ==
        "the segment starts with 0x12345678 version 1, expected 0x4b4c5350 1");
  CHECK(!problem(make_segment_fd(kBytes, kAllSeals, 0)).empty());
  CHECK(problem(make_segment_fd(kBytes, kAllSeals, PRESIL_LINK_MAGIC, 2)) ==
        "the segment starts with 0x4b4c5350 version 2, expected 0x4b4c5350 1");
}

TEST_CASE("what is no memfd is refused", "[sim][link]") {
  CHECK(!problem(UniqueFd(::open("/dev/zero", O_RDWR | O_CLOEXEC))).empty());
  CHECK(!problem(UniqueFd()).empty());
}

}  // namespace
}  // namespace presil
