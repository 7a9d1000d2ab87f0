// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// DRM_IOCTL_KESTREL_SUBMIT: everything valid but one thing, for every member.

#include <algorithm>
#include <cerrno>
#include <vector>

#include "array_rules.hpp"
#include "client.hpp"
#include "ktap.hpp"

namespace {

/// A valid job of two calls, two in-syncobjs that have signalled, and two out-syncobjs, a binary
/// one and a timeline each.
struct Valid {
  Valid() {
    const RawDevice& device = client.device();
    in = make_syncobj(device, DRM_SYNCOBJ_CREATE_SIGNALED);
    in_timeline = make_syncobj(device);
    REQUIRE_EQ(signal_point(device, in_timeline, 3), 0);
    out = make_syncobj(device);
    out_timeline = make_syncobj(device);
    job = client.job(Commands().barrier());
    job.calls.push_back(client.place(Commands().barrier()));
    job.in_syncs = {binary(in), timeline(in_timeline, 3)};
    renew();
  }

  /// An out-syncobj and a point that have no fence yet.
  void renew() {
    ++point;
    job.out_syncs = {binary(out), timeline(out_timeline, point)};
    REQUIRE_EQ(reset_syncobj(client.device(), out), 0);
  }

  /// A job that is refused must not have been queued: its out-syncobj has no fence. One that is
  /// accepted runs to its end.
  int submit() {
    drm_kestrel_submit args = job.args();
    return submit(args);
  }
  int submit(drm_kestrel_submit& args) {
    const RawDevice& device = client.device();
    const int result = device.call(DRM_IOCTL_KESTREL_SUBMIT, &args);
    if (result < 0) {
      CHECK_EQ(job_status(device, out), -EINVAL);
      CHECK(job_status(device, out_timeline, point) < 0);
    } else {
      // An out-array of another test's making need not hold these.
      if (args.out_syncs.count == 2) {
        CHECK_EQ(wait_syncobj(device, out), 0);
        CHECK_EQ(job_status(device, out), 1);
        CHECK_EQ(wait_point(device, out_timeline, point), 0);
        CHECK_EQ(job_status(device, out_timeline, point), 1);
      }
      renew();
    }
    return result;
  }

  Client client;
  std::uint32_t in, in_timeline, out, out_timeline;
  std::uint64_t point = 0;
  Job job;
};

}  // namespace

TEST("submit: the valid job is accepted and runs, and again") {
  Valid valid;
  CHECK_EQ(valid.submit(), 0);
  CHECK_EQ(valid.submit(), 0);
}

TEST("submit: an unknown queue is ENOENT") {
  Valid valid;
  for (const std::uint32_t id : {0u, valid.client.queue() + 1, UINT32_MAX}) {
    valid.job.queue_id = id;
    CHECK_EQ(valid.submit(), -ENOENT);
  }
}

TEST("submit: a destroyed queue is ENOENT") {
  Valid valid;
  REQUIRE_EQ(valid.client.device().destroy_queue(valid.client.queue()), 0);
  CHECK_EQ(valid.submit(), -ENOENT);
}

TEST("submit: a lost queue is ECANCELED") {
  Valid valid;
  CHECK_EQ(valid.client.run(Commands().add(command(0xff))), -EIO);
  CHECK_EQ(valid.submit(), -ECANCELED);
  valid.client.renew_queue();
  valid.job.queue_id = valid.client.queue();
  CHECK_EQ(valid.submit(), 0);
}

TEST("submit: any flag is EINVAL") {
  Valid valid;
  for (unsigned bit = 0; bit < 32; ++bit) {
    drm_kestrel_submit args = valid.job.args();
    args.flags = 1u << bit;
    CHECK_EQ(valid.submit(args), -EINVAL);
  }
}

TEST("submit: too many calls is EINVAL") {
  Valid valid;
  const std::uint32_t limit = valid.client.device().info().job_calls_max;
  valid.job.calls.assign(limit + 1, valid.job.calls[0]);
  CHECK_EQ(valid.submit(), -EINVAL);
  valid.job.calls.resize(limit);
  CHECK_EQ(valid.submit(), 0);
  drm_kestrel_submit args = valid.job.args();
  args.calls.count = UINT32_MAX;
  CHECK_EQ(valid.submit(args), -EINVAL);
}

TEST("submit: too many syncobjs is EINVAL") {
  Valid valid;
  const std::uint32_t limit = valid.client.device().info().job_syncs_max;
  for (auto* syncs : {&valid.job.in_syncs, &valid.job.out_syncs}) {
    const std::vector<drm_kestrel_sync> two = *syncs;
    syncs->resize(limit + 1, two[0]);
    CHECK_EQ(valid.submit(), -EINVAL);
    *syncs = two;
  }
  drm_kestrel_submit args = valid.job.args();
  args.in_syncs.count = UINT32_MAX;
  CHECK_EQ(valid.submit(args), -EINVAL);
  args = valid.job.args();
  args.out_syncs.count = UINT32_MAX;
  CHECK_EQ(valid.submit(args), -EINVAL);

  valid.job.in_syncs.resize(limit, valid.job.in_syncs[0]);
  CHECK_EQ(valid.submit(), 0);
  std::vector<std::uint32_t> outs;
  valid.job.out_syncs.clear();
  for (std::uint32_t i = 0; i < limit; ++i) {
    outs.push_back(make_syncobj(valid.client.device()));
    valid.job.out_syncs.push_back(binary(outs.back()));
  }
  CHECK_EQ(valid.job.submit(valid.client.device()), 0);
  for (const std::uint32_t out : outs)
    CHECK_EQ(valid.client.finish(out), 1);
}

TEST("submit: the array of calls has to be well-formed") {
  Valid valid;
  check_array<drm_kestrel_call>(valid.job.calls, [&](const drm_kestrel_array& array) {
    drm_kestrel_submit args = valid.job.args();
    args.calls = array;
    return valid.submit(args);
  });
}

TEST("submit: the array of in-syncobjs has to be well-formed") {
  Valid valid;
  check_array<drm_kestrel_sync>(valid.job.in_syncs, [&](const drm_kestrel_array& array) {
    drm_kestrel_submit args = valid.job.args();
    args.in_syncs = array;
    return valid.submit(args);
  });
}

TEST("submit: the array of out-syncobjs has to be well-formed") {
  Valid valid;
  // Binary ones, which take the next job's fence in place of the last one's.
  const std::vector<drm_kestrel_sync> outs = {binary(valid.out),
                                              binary(make_syncobj(valid.client.device()))};
  check_array<drm_kestrel_sync>(outs, [&](const drm_kestrel_array& array) {
    drm_kestrel_submit args = valid.job.args();
    args.out_syncs = array;
    const int result = valid.client.device().call(DRM_IOCTL_KESTREL_SUBMIT, &args);
    if (result < 0) {
      CHECK_EQ(job_status(valid.client.device(), valid.out), -EINVAL);
    } else {
      for (const drm_kestrel_sync& out : outs) {
        CHECK_EQ(wait_syncobj(valid.client.device(), out.handle), 0);
        CHECK_EQ(reset_syncobj(valid.client.device(), out.handle), 0);
      }
    }
    return result;
  });
}

TEST("submit: empty arrays may have any stride and pointer") {
  Valid valid;
  for (auto member : {&drm_kestrel_submit::calls, &drm_kestrel_submit::in_syncs,
                      &drm_kestrel_submit::out_syncs}) {
    drm_kestrel_submit args = valid.job.args();
    (args.*member).count = 0;
    (args.*member).stride = 3;
    (args.*member).pointer = bad_pointer();
    CHECK_EQ(valid.submit(args), 0);
  }
}

TEST("submit: a call at an address that is no multiple of 64 is EINVAL") {
  Valid valid;
  const std::uint64_t va = valid.job.calls[1].va;
  for (const std::uint64_t odd : {1, 2, 4, 8, 16, 32, 63}) {
    valid.job.calls[1].va = va + odd;
    CHECK_EQ(valid.submit(), -EINVAL);
  }
}

TEST("submit: a call of no bytes, or of a size that is no multiple of 64, is EINVAL") {
  Valid valid;
  for (const std::uint32_t size : {0u, 1u, 32u, 63u, 65u, 96u, UINT32_MAX}) {
    valid.job.calls[1].size = size;
    CHECK_EQ(valid.submit(), -EINVAL);
  }
}

TEST("submit: any flag of a call is EINVAL") {
  Valid valid;
  for (unsigned bit = 0; bit < 32; ++bit) {
    valid.job.calls[1].flags = 1u << bit;
    CHECK_EQ(valid.submit(), -EINVAL);
  }
}

TEST("submit: an unknown syncobj is ENOENT") {
  Valid valid;
  for (auto* syncs : {&valid.job.in_syncs, &valid.job.out_syncs}) {
    for (drm_kestrel_sync& sync : *syncs) {
      const std::uint32_t known = sync.handle;
      for (const std::uint32_t handle : {0u, valid.out_timeline + 1, UINT32_MAX}) {
        sync.handle = handle;
        CHECK_EQ(valid.submit(), -ENOENT);
      }
      sync.handle = known;
    }
  }
}

TEST("submit: an unknown flag of a syncobj is EINVAL") {
  Valid valid;
  for (auto* syncs : {&valid.job.in_syncs, &valid.job.out_syncs}) {
    for (drm_kestrel_sync& sync : *syncs) {
      const std::uint32_t known = sync.flags;
      for (unsigned bit = 1; bit < 32; ++bit) {
        sync.flags = known | 1u << bit;
        CHECK_EQ(valid.submit(), -EINVAL);
      }
      sync.flags = known;
    }
  }
}

TEST("submit: a point with a binary syncobj, and none with a timeline, are EINVAL") {
  Valid valid;
  for (auto* syncs : {&valid.job.in_syncs, &valid.job.out_syncs}) {
    for (drm_kestrel_sync& sync : *syncs) {
      const std::uint64_t known = sync.point;
      if (sync.flags & DRM_KESTREL_SYNC_TIMELINE) {
        sync.point = 0;
        CHECK_EQ(valid.submit(), -EINVAL);
      } else {
        for (const std::uint64_t point : {std::uint64_t{1}, std::uint64_t{1} << 32, UINT64_MAX}) {
          sync.point = point;
          CHECK_EQ(valid.submit(), -EINVAL);
        }
      }
      sync.point = known;
    }
  }
}

TEST("submit: an in-syncobj without a fence is EINVAL") {
  Valid valid;
  valid.job.in_syncs[0].handle = make_syncobj(valid.client.device());
  CHECK_EQ(valid.submit(), -EINVAL);
}

TEST("submit: a point that has no fence yet is EINVAL") {
  Valid valid;
  valid.job.in_syncs[1].point = 4;
  CHECK_EQ(valid.submit(), -EINVAL);
  REQUIRE_EQ(signal_point(valid.client.device(), valid.in_timeline, 4), 0);
  CHECK_EQ(valid.submit(), 0);
}

TEST("submit: one wrong call among many refuses the job") {
  Valid valid;
  const auto target = valid.client.make_buffer(kPageBytes);
  std::ranges::fill(target->bytes(), 0xaa);
  // The first call would write; it must not have run.
  valid.job.calls = {valid.client.place(Commands().store(target->va, 0, 64)), valid.job.calls[0]};
  valid.job.calls[1].size = 0;
  CHECK_EQ(valid.submit(), -EINVAL);
  CHECK_EQ(valid.client.run(Commands().barrier()), 1);
  CHECK(all_are(target->bytes(), 0xaa));
}

TEST("submit: a bad argument pointer is EFAULT") {
  RawDevice device;
  CHECK_EQ(device.call(DRM_IOCTL_KESTREL_SUBMIT, reinterpret_cast<void*>(bad_pointer())), -EFAULT);
}
