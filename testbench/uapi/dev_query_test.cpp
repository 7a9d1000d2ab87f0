// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// DRM_IOCTL_KESTREL_DEV_QUERY: one thing wrong at a time, and the negotiation of sizes.

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "client.hpp"
#include "ktap.hpp"

namespace {

/// A query for INFO into a buffer that is larger than the answer.
struct Query {
  Query() {
    answer.fill(0xee);
    args.type = DRM_KESTREL_DEV_QUERY_INFO;
    args.size = sizeof(drm_kestrel_info);
    args.pointer = reinterpret_cast<std::uintptr_t>(answer.data());
  }
  int call() { return device.call(DRM_IOCTL_KESTREL_DEV_QUERY, &args); }
  bool is_untouched_from(std::size_t offset) const {
    return std::all_of(answer.begin() + static_cast<std::ptrdiff_t>(offset), answer.end(),
                       [](std::uint8_t byte) { return byte == 0xee; });
  }

  RawDevice device;
  std::array<std::uint8_t, 8192> answer;
  drm_kestrel_dev_query args{};
};

}  // namespace

TEST("dev_query: the answer is that of a kestrel") {
  const drm_kestrel_info info = RawDevice().info();
  CHECK_EQ(info.features & ~std::uint64_t{DRM_KESTREL_FEATURE_COHERENT}, 0u);
  CHECK_EQ(info.interface_major, KESTREL_VERSION_MAJOR_VALUE);
  CHECK(info.clock_mhz > 0);
  CHECK(info.dma_bits >= 32 && info.dma_bits <= 64);
  CHECK(info.va_bits >= 32 && info.va_bits <= 64);
  CHECK(info.queue_count >= 1 && info.vm_count >= 1);
  CHECK(info.array_rows >= 1 && info.array_columns >= 1);
  CHECK(info.scratchpad_bytes >= 2 * kTransferBytes);
  CHECK(info.accumulator_rows >= 1);
  CHECK(info.call_time_max_ms >= 1);
  CHECK(info.job_calls_max >= 1 && info.job_syncs_max >= 1 && info.bind_ops_max >= 1);
  CHECK(info.bo_bytes_max >= 1u << 20);
  CHECK((info.page_sizes & kPageBytes) != 0);
}

TEST("dev_query: the answer is the same each time and in each file") {
  const RawDevice one, other;
  const drm_kestrel_info first = one.info();
  const drm_kestrel_info second = other.info();
  CHECK_EQ(std::memcmp(&first, &second, sizeof(first)), 0);
}

TEST("dev_query: DRM's version names the driver") {
  RawDevice device;
  char name[32] = {};
  drm_version version{};
  version.name = name;
  version.name_len = sizeof(name) - 1;
  CHECK_EQ(device.call(DRM_IOCTL_VERSION, &version), 0);
  CHECK_EQ(std::strcmp(name, "kestrel"), 0);
  CHECK(version.version_major >= 1);
}

TEST("dev_query: an unknown type is EINVAL") {
  Query query;
  query.args.type = 1;
  CHECK_EQ(query.call(), -EINVAL);
  query.args.type = UINT32_MAX;
  CHECK_EQ(query.call(), -EINVAL);
}

TEST("dev_query: a null pointer asks for the size") {
  Query query;
  query.args.pointer = 0;
  query.args.size = 0;
  CHECK_EQ(query.call(), 0);
  CHECK_EQ(query.args.size, sizeof(drm_kestrel_info));
}

TEST("dev_query: a smaller buffer gets the beginning") {
  Query query;
  query.args.size = offsetof(drm_kestrel_info, dma_bits);
  CHECK_EQ(query.call(), 0);
  CHECK_EQ(query.args.size, offsetof(drm_kestrel_info, dma_bits));
  CHECK(query.is_untouched_from(offsetof(drm_kestrel_info, dma_bits)));
  CHECK(!query.is_untouched_from(offsetof(drm_kestrel_info, clock_mhz)));
}

TEST("dev_query: a larger buffer is filled up with zeros") {
  Query query;
  query.args.size = sizeof(drm_kestrel_info) + 100;
  CHECK_EQ(query.call(), 0);
  CHECK_EQ(query.args.size, sizeof(drm_kestrel_info));
  CHECK(std::all_of(query.answer.begin() + sizeof(drm_kestrel_info),
                    query.answer.begin() + sizeof(drm_kestrel_info) + 100,
                    [](std::uint8_t byte) { return byte == 0; }));
  CHECK(query.is_untouched_from(sizeof(drm_kestrel_info) + 100));
}

TEST("dev_query: a buffer of no bytes is left alone") {
  Query query;
  query.args.size = 0;
  CHECK_EQ(query.call(), 0);
  CHECK_EQ(query.args.size, 0u);
  CHECK(query.is_untouched_from(0));
}

TEST("dev_query: a size above 4096 is EINVAL") {
  Query query;
  query.args.size = 4096;
  CHECK_EQ(query.call(), 0);
  query.args.size = 4097;
  CHECK_EQ(query.call(), -EINVAL);
}

TEST("dev_query: a bad pointer is EFAULT") {
  Query query;
  query.args.pointer = bad_pointer();
  CHECK_EQ(query.call(), -EFAULT);
}
