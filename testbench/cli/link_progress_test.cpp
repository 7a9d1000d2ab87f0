// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "link_progress.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>

namespace presil::cli {
namespace {

/// A segment as QEMU makes it, in this process.
class OwnSegment {
 public:
  explicit OwnSegment(std::uint32_t version) : descriptor_(memfd_create("presil-link", 0)) {
    REQUIRE(ftruncate(descriptor_, sizeof(presil_segment)) == 0);
    void* memory =
        mmap(nullptr, sizeof(presil_segment), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
    REQUIRE(memory != MAP_FAILED);
    segment_ = static_cast<presil_segment*>(memory);
    segment_->magic = PRESIL_LINK_MAGIC;
    segment_->version = version;
  }
  ~OwnSegment() {
    munmap(segment_, sizeof(presil_segment));
    close(descriptor_);
  }
  OwnSegment(const OwnSegment&) = delete;
  OwnSegment& operator=(const OwnSegment&) = delete;

  presil_segment* operator->() { return segment_; }

 private:
  int descriptor_;
  presil_segment* segment_ = nullptr;
};

TEST_CASE("a process without a segment has no progress to show", "[cli][progress]") {
  CHECK_FALSE(LinkProgress::attach(getpid()));
}

TEST_CASE("counters are seen as they move", "[cli][progress]") {
  OwnSegment segment(PRESIL_LINK_VERSION);
  const auto progress = LinkProgress::attach(getpid());
  REQUIRE(progress);
  const auto before = progress->sample();
  segment->qemu.pulse = 3;
  CHECK(progress->sample().pulse == 3);
  CHECK_FALSE(progress->sample().progressed_since(before));

  SECTION("guest time") {
    segment->qemu.guest_ns = 5;
  }
  SECTION("device time") {
    segment->simulator.device_ps = 5;
  }
  SECTION("heartbeat") {
    segment->simulator.heartbeat = 5;
  }
  CHECK(progress->sample().progressed_since(before));
}

TEST_CASE("a segment of another version is left alone", "[cli][progress]") {
  const OwnSegment segment(PRESIL_LINK_VERSION + 1);
  CHECK_FALSE(LinkProgress::attach(getpid()));
}

}  // namespace
}  // namespace presil::cli
