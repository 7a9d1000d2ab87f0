// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// DRM_IOCTL_KESTREL_SUBMIT: everything valid but one thing, for every member.

#include <cerrno>
#include <cstring>
#include <vector>

#include "ktap.hpp"
#include "raw_device.hpp"

namespace {

constexpr std::uint64_t kBufferBytes = 2 * 4096;

/// A valid submission with a copy, an in-syncobj that has signalled, and an out-syncobj.
struct Valid {
  Valid() {
    src = device.make_buffer(kBufferBytes);
    dst = device.make_buffer(kBufferBytes);
    in = device.make_syncobj(DRM_SYNCOBJ_CREATE_SIGNALED);
    out = device.make_syncobj();
    submission = one_copy(src, 16, dst, 32, 64, out);
    submission.in_syncs = {{in, 0}};
  }

  /// The job must not have been queued: the out-syncobj has no fence.
  int submit() {
    drm_kestrel_submit args = submission.args();
    return submit(args);
  }
  int submit(drm_kestrel_submit& args) {
    const int result = device.call(DRM_IOCTL_KESTREL_SUBMIT, &args);
    if (result < 0)
      CHECK_EQ(device.job_status(out), -EINVAL);
    return result;
  }

  drm_kestrel_copy& copy() { return submission.copies[0]; }

  RawDevice device;
  std::uint32_t src, dst, in, out;
  Submission submission;
};

/// Elements spread out with a stride of the caller's choice.
template <typename T>
struct Spread {
  Spread(const std::vector<T>& elements, std::uint32_t stride) : bytes(elements.size() * stride) {
    for (std::size_t i = 0; i < elements.size(); ++i) {
      std::memcpy(&bytes[i * stride], &elements[i], sizeof(T));
    }
    array.stride = stride;
    array.count = static_cast<std::uint32_t>(elements.size());
    array.pointer = reinterpret_cast<std::uintptr_t>(bytes.data());
  }

  std::vector<std::uint8_t> bytes;
  drm_kestrel_array array{};
};

/// What holds for any of the three arrays.
void check_array(drm_kestrel_array drm_kestrel_submit::* member, std::uint32_t element_bytes) {
  Valid valid;

  for (const std::uint32_t stride : {0u, 8u, element_bytes - 8, element_bytes + 4, 4104u}) {
    if (stride == element_bytes)
      continue;
    drm_kestrel_submit args = valid.submission.args();
    (args.*member).stride = stride;
    CHECK_EQ(valid.submit(args), -EINVAL);
  }

  drm_kestrel_submit args = valid.submission.args();
  (args.*member).pointer = bad_pointer();
  CHECK_EQ(valid.submit(args), -EFAULT);
}

}  // namespace

TEST("submit: the valid submission is accepted and runs") {
  Valid valid;
  CHECK_EQ(valid.submit(), 0);
  CHECK_EQ(valid.device.wait_syncobj(valid.out), 0);
  CHECK_EQ(valid.device.job_status(valid.out), 1);
}

TEST("submit: any flag is EINVAL") {
  Valid valid;
  for (unsigned bit = 0; bit < 32; ++bit) {
    drm_kestrel_submit args = valid.submission.args();
    args.flags = 1u << bit;
    CHECK_EQ(valid.submit(args), -EINVAL);
  }
}

TEST("submit: padding that is not zero is EINVAL") {
  Valid valid;
  for (const std::uint32_t pad : {1u, 0x80000000u}) {
    drm_kestrel_submit args = valid.submission.args();
    args.pad = pad;
    CHECK_EQ(valid.submit(args), -EINVAL);
  }
}

TEST("submit: no copies is EINVAL") {
  Valid valid;
  valid.submission.copies.clear();
  CHECK_EQ(valid.submit(), -EINVAL);
}

TEST("submit: too many copies is EINVAL") {
  Valid valid;
  const std::uint32_t limit = valid.device.info().job_copies_max;
  valid.submission.copies.assign(limit + 1, valid.copy());
  CHECK_EQ(valid.submit(), -EINVAL);
  valid.submission.copies.resize(limit);
  CHECK_EQ(valid.submit(), 0);
  CHECK_EQ(valid.device.wait_syncobj(valid.out), 0);
}

TEST("submit: too many bytes in all is EINVAL") {
  Valid valid;
  const std::uint64_t limit = valid.device.info().job_bytes_max;
  const std::uint32_t src = valid.device.make_buffer(limit);
  const std::uint32_t dst = valid.device.make_buffer(limit);
  Submission& submission = valid.submission;

  submission.copies = one_copy(src, 0, dst, 0, limit, 0).copies;
  submission.copies.push_back(one_copy(src, 0, dst, 0, 1, 0).copies[0]);
  CHECK_EQ(valid.submit(), -EINVAL);

  // Lengths whose sum wraps round to little.
  submission.copies[0].length = UINT64_MAX;
  CHECK_EQ(valid.submit(), -EINVAL);
  submission.copies[0].length = 1;
  submission.copies[1].length = UINT64_MAX;
  CHECK_EQ(valid.submit(), -EINVAL);
}

TEST("submit: the copies array has to be well-formed") {
  check_array(&drm_kestrel_submit::copies, sizeof(drm_kestrel_copy));
}

TEST("submit: the in_syncs array has to be well-formed") {
  check_array(&drm_kestrel_submit::in_syncs, sizeof(drm_kestrel_sync));
}

TEST("submit: the out_syncs array has to be well-formed") {
  check_array(&drm_kestrel_submit::out_syncs, sizeof(drm_kestrel_sync));
}

TEST("submit: what follows in a larger element has to be zero, else E2BIG") {
  Valid valid;
  Spread copies(valid.submission.copies, sizeof(drm_kestrel_copy) + 8);
  Spread in_syncs(valid.submission.in_syncs, sizeof(drm_kestrel_sync) + 16);
  Spread out_syncs(valid.submission.out_syncs, 4096);
  drm_kestrel_submit args = valid.submission.args();
  args.copies = copies.array;
  args.in_syncs = in_syncs.array;
  args.out_syncs = out_syncs.array;

  for (auto* last : {&copies.bytes.back(), &in_syncs.bytes.back(), &out_syncs.bytes.back()}) {
    *last = 1;
    CHECK_EQ(valid.submit(args), -E2BIG);
    *last = 0;
  }
  CHECK_EQ(valid.submit(args), 0);
  CHECK_EQ(valid.device.wait_syncobj(valid.out), 0);
}

TEST("submit: an empty array may have any stride and pointer") {
  Valid valid;
  drm_kestrel_submit args = valid.submission.args();
  args.in_syncs.count = 0;
  args.in_syncs.stride = 3;
  args.in_syncs.pointer = bad_pointer();
  CHECK_EQ(valid.submit(args), 0);
  CHECK_EQ(valid.device.wait_syncobj(valid.out), 0);
}

TEST("submit: an unknown buffer is ENOENT") {
  Valid valid;
  for (const std::uint32_t handle : {0u, valid.dst + 1, UINT32_MAX}) {
    valid.copy().src_handle = handle;
    CHECK_EQ(valid.submit(), -ENOENT);
    valid.copy().src_handle = valid.src;
    valid.copy().dst_handle = handle;
    CHECK_EQ(valid.submit(), -ENOENT);
    valid.copy().dst_handle = valid.dst;
  }
}

TEST("submit: a closed buffer is ENOENT") {
  Valid valid;
  CHECK_EQ(valid.device.close_buffer(valid.src), 0);
  CHECK_EQ(valid.submit(), -ENOENT);
}

TEST("submit: a copy of no bytes is EINVAL") {
  Valid valid;
  valid.copy().length = 0;
  CHECK_EQ(valid.submit(), -EINVAL);
}

TEST("submit: a source that leaves its buffer is EINVAL") {
  Valid valid;
  for (const std::uint64_t offset :
       {kBufferBytes - 63, kBufferBytes, kBufferBytes + 1, UINT64_MAX - 63, UINT64_MAX}) {
    valid.copy().src_offset = offset;
    CHECK_EQ(valid.submit(), -EINVAL);
  }
  valid.copy().src_offset = kBufferBytes - 64;
  CHECK_EQ(valid.submit(), 0);
  CHECK_EQ(valid.device.wait_syncobj(valid.out), 0);
}

TEST("submit: a destination that leaves its buffer is EINVAL") {
  Valid valid;
  for (const std::uint64_t offset :
       {kBufferBytes - 63, kBufferBytes, kBufferBytes + 1, UINT64_MAX - 63, UINT64_MAX}) {
    valid.copy().dst_offset = offset;
    CHECK_EQ(valid.submit(), -EINVAL);
  }
  valid.copy().dst_offset = kBufferBytes - 64;
  CHECK_EQ(valid.submit(), 0);
  CHECK_EQ(valid.device.wait_syncobj(valid.out), 0);
}

TEST("submit: ranges of one buffer that overlap are EINVAL") {
  Valid valid;
  valid.copy().dst_handle = valid.src;
  valid.copy().src_offset = 1000;
  for (const std::uint64_t offset : {1000 - 63, 1000, 1000 + 63}) {
    valid.copy().dst_offset = offset;
    CHECK_EQ(valid.submit(), -EINVAL);
  }
  for (const std::uint64_t offset : {1000 - 64, 1000 + 64}) {
    valid.copy().dst_offset = offset;
    CHECK_EQ(valid.submit(), 0);
    CHECK_EQ(valid.device.wait_syncobj(valid.out), 0);
    valid.device.destroy_syncobj(valid.out);
    valid.out = valid.device.make_syncobj();
    valid.submission.out_syncs[0].handle = valid.out;
  }
}

TEST("submit: the second of two copies is checked as well") {
  Valid valid;
  valid.submission.copies.push_back(valid.copy());
  valid.submission.copies[1].length = 0;
  CHECK_EQ(valid.submit(), -EINVAL);
  valid.submission.copies[1].length = 64;
  valid.submission.copies[1].dst_handle = UINT32_MAX;
  CHECK_EQ(valid.submit(), -ENOENT);
}

TEST("submit: an unknown syncobj is ENOENT") {
  Valid valid;
  for (const std::uint32_t handle : {0u, UINT32_MAX}) {
    valid.submission.in_syncs[0].handle = handle;
    CHECK_EQ(valid.submit(), -ENOENT);
    valid.submission.in_syncs[0].handle = valid.in;
    valid.submission.out_syncs[0].handle = handle;
    CHECK_EQ(valid.submit(), -ENOENT);
    valid.submission.out_syncs[0].handle = valid.out;
  }
}

TEST("submit: a flag of a syncobj is EINVAL") {
  Valid valid;
  for (unsigned bit = 0; bit < 32; ++bit) {
    valid.submission.in_syncs[0].flags = 1u << bit;
    CHECK_EQ(valid.submit(), -EINVAL);
    valid.submission.in_syncs[0].flags = 0;
    valid.submission.out_syncs[0].flags = 1u << bit;
    CHECK_EQ(valid.submit(), -EINVAL);
    valid.submission.out_syncs[0].flags = 0;
  }
}

TEST("submit: an in-syncobj without a fence is EINVAL") {
  Valid valid;
  valid.submission.in_syncs[0].handle = valid.device.make_syncobj();
  CHECK_EQ(valid.submit(), -EINVAL);
}

TEST("submit: too many syncobjs is EINVAL") {
  Valid valid;
  const std::uint32_t limit = valid.device.info().job_syncs_max;
  for (auto* syncs : {&valid.submission.in_syncs, &valid.submission.out_syncs}) {
    syncs->resize(limit + 1, (*syncs)[0]);
    CHECK_EQ(valid.submit(), -EINVAL);
    syncs->resize(1);
  }
  valid.submission.in_syncs.resize(limit, valid.submission.in_syncs[0]);
  valid.submission.out_syncs.resize(limit, valid.submission.out_syncs[0]);
  CHECK_EQ(valid.submit(), 0);
  CHECK_EQ(valid.device.wait_syncobj(valid.out), 0);
}

TEST("submit: a bad argument pointer is EFAULT") {
  RawDevice device;
  CHECK_EQ(device.call(DRM_IOCTL_KESTREL_SUBMIT, reinterpret_cast<void*>(bad_pointer())), -EFAULT);
}

TEST("submit: an unknown call is refused") {
  RawDevice device;
  drm_kestrel_submit args{};
  CHECK_EQ(
      device.call(DRM_IOW(DRM_COMMAND_BASE + DRM_KESTREL_SUBMIT + 1, drm_kestrel_submit), &args),
      -EINVAL);
}
