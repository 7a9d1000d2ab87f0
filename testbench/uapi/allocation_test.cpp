// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Every allocation of every call fails once: the call says so, undoes what it began, and works when
// it is repeated. Needs a kernel with fault injection.
//
// Source: Documentation/fault-injection/fault-injection.rst of the kernel, "fail-nth".

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <string>

#include "client.hpp"
#include "ktap.hpp"

namespace {

/// More allocations than any call makes.
constexpr int kMost = 2'000;

/// Lets allocations of this thread fail, by number.
class FailNth {
 public:
  FailNth() : fd_(open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC)) {
    if (fd_ < 0)
      ktap::skip("no /proc/thread-self/fail-nth; the kernel was built without fault injection");
    // Allocations that may wait fail too, and without a word.
    for (const auto& [file, value] : {std::pair{"failslab/ignore-gfp-wait", "N"},
                                      {"failslab/verbose", "0"},
                                      {"fail_usercopy/verbose", "0"},
                                      {"fail_page_alloc/ignore-gfp-wait", "N"},
                                      {"fail_page_alloc/verbose", "0"}}) {
      const int error = write_file(std::string("/sys/kernel/debug/") + file, value);
      CHECK(error == 0 || error == -ENOENT);
    }
  }
  FailNth(const FailNth&) = delete;
  FailNth& operator=(const FailNth&) = delete;
  ~FailNth() { close(fd_); }

  /// The `number`-th allocation from now on fails; 0: none does.
  void arm(int number) const {
    const std::string text = std::to_string(number);
    const auto size = static_cast<ssize_t>(text.size());
    // What was armed before may hit this very write, and has gone then.
    const bool done = pwrite(fd_, text.data(), text.size(), 0) == size ||
                      pwrite(fd_, text.data(), text.size(), 0) == size;
    REQUIRE(done);
  }
  /// Ends it. \returns whether one has failed
  bool disarm() const {
    char text[16] = {};
    // Reading may be what fails in the end; then nothing has before.
    const bool failed = pread(fd_, text, sizeof(text) - 1, 0) > 0 && std::atoi(text) == 0;
    arm(0);
    return failed;
  }

 private:
  int fd_;
};

/// Makes a call again and again, with another allocation failing each time, until none has.
///
/// \param undo  what a call that was done needs before the next
/// \param is_undone  whether a call that was refused has left things as they were
void check_allocations(
    const std::function<int()>& call, const std::function<void()>& undo,
    const std::function<bool()>& is_undone = [] { return true; }) {
  const FailNth fail;
  bool failed = true;
  int refused = 0;
  for (int number = 1; failed && number <= kMost; ++number) {
    fail.arm(number);
    const int result = call();
    failed = fail.disarm();
    // Copying arguments can fail as well, and some failures have another way out.
    if (result != 0 && !(failed && (result == -ENOMEM || result == -EFAULT)))
      ktap::fail(__FILE__, __LINE__,
                 "with allocation " + std::to_string(number) + (failed ? " failed" : "") +
                     " the call gave " + ktap::show(static_cast<long long>(result)));
    refused += result < 0;
    if (result == 0) {
      undo();
    } else {
      CHECK(is_undone());
    }
  }
  CHECK(!failed);
  CHECK(refused > 0);
}

}  // namespace

TEST("allocation: creating a buffer") {
  Client client;
  drm_kestrel_bo_create args{};
  check_allocations(
      [&] {
        args = {};
        args.size = 4 * kPageBytes;
        return client.device().call(DRM_IOCTL_KESTREL_BO_CREATE, &args);
      },
      [&] { CHECK_EQ(client.device().close_buffer(args.handle), 0); });
  client.check_that_it_works();
}

TEST("allocation: mapping a buffer for the processor") {
  Client client;
  std::uint32_t handle = client.device().make_buffer(kPageBytes);
  check_allocations(
      [&] {
        drm_kestrel_bo_mmap_offset args{};
        args.handle = handle;
        return client.device().call(DRM_IOCTL_KESTREL_BO_MMAP_OFFSET, &args);
      },
      [&] {
        CHECK_EQ(client.device().close_buffer(handle), 0);
        handle = client.device().make_buffer(kPageBytes);
      });
}

TEST("allocation: creating a VM") {
  Client client;
  drm_kestrel_vm_create args{};
  check_allocations(
      [&] {
        args = {};
        return client.device().call(DRM_IOCTL_KESTREL_VM_CREATE, &args);
      },
      [&] { CHECK_EQ(client.device().destroy_vm(args.id), 0); });
  client.check_that_it_works();
}

TEST("allocation: binding a buffer that nobody has used") {
  Client client;
  const std::uint64_t va = client.take_va(8 * kPageBytes);
  std::uint32_t handle = client.device().make_buffer(8 * kPageBytes);
  check_allocations([&] { return client.device().map(client.vm(), handle, va, 8 * kPageBytes); },
                    [&] {
                      CHECK_EQ(client.run(Commands().load(va, 0, 64)), 1);
                      CHECK_EQ(client.device().unmap(client.vm(), va, 8 * kPageBytes), 0);
                      CHECK_EQ(client.device().close_buffer(handle), 0);
                      handle = client.device().make_buffer(8 * kPageBytes);
                    });
  client.check_that_it_works();
}

TEST("allocation: a refused bind has changed nothing") {
  Client client;
  const auto old = client.make_buffer(8 * kPageBytes);
  const auto other = client.make_buffer(8 * kPageBytes);
  const auto target = client.make_buffer(kPageBytes);
  fill(old->bytes(), 1);
  fill(other->bytes(), 2);
  const auto shows = [&](const ClientBuffer& buffer) {
    client.forget_commands();
    return client.run(Commands().copy(old->va + 3 * kPageBytes, target->va, 64)) == 1 &&
           std::ranges::equal(target->bytes().first(64),
                              buffer.bytes().subspan(3 * kPageBytes, 64));
  };
  // The middle of a mapping is replaced, which needs memory for both of its ends.
  check_allocations(
      [&] {
        return client.device().map(client.vm(), other->memory.handle(), old->va + 2 * kPageBytes,
                                   2 * kPageBytes, DRM_KESTREL_VM_BIND_READ, 2 * kPageBytes);
      },
      [&] {
        CHECK(shows(*other));
        CHECK_EQ(client.device().map(client.vm(), old->memory.handle(), old->va, 8 * kPageBytes),
                 0);
        CHECK(shows(*old));
      },
      [&] { return shows(*old); });
}

TEST("allocation: unmapping the middle of a mapping") {
  Client client;
  const auto buffer = client.make_buffer(8 * kPageBytes);
  check_allocations(
      [&] { return client.device().unmap(client.vm(), buffer->va + 2 * kPageBytes, kPageBytes); },
      [&] {
        CHECK_EQ(
            client.device().map(client.vm(), buffer->memory.handle(), buffer->va, 8 * kPageBytes),
            0);
      });
  client.check_that_it_works();
}

TEST("allocation: creating a queue") {
  Client client;
  drm_kestrel_queue_create args{};
  check_allocations(
      [&] {
        args = {};
        args.vm_id = client.vm();
        return client.device().call(DRM_IOCTL_KESTREL_QUEUE_CREATE, &args);
      },
      [&] { CHECK_EQ(client.device().destroy_queue(args.id), 0); });
  client.check_that_it_works();
}

TEST("allocation: creating the first queue of a VM") {
  Client client;
  std::uint32_t vm = client.device().make_vm();
  drm_kestrel_queue_create args{};
  check_allocations(
      [&] {
        args = {};
        args.vm_id = vm;
        return client.device().call(DRM_IOCTL_KESTREL_QUEUE_CREATE, &args);
      },
      [&] {
        CHECK_EQ(client.device().destroy_queue(args.id), 0);
        CHECK_EQ(client.device().destroy_vm(vm), 0);
        vm = client.device().make_vm();
      });
  client.check_that_it_works();
}

TEST("allocation: submitting a job") {
  Client client;
  const RawDevice& device = client.device();
  const std::uint32_t line = make_syncobj(device);
  const std::uint32_t out = make_syncobj(device);
  std::uint64_t point = 1;
  REQUIRE_EQ(signal_point(device, line, point), 0);
  Job job = client.job(Commands().barrier());
  job.calls.push_back(job.calls[0]);
  const std::uint64_t jobs = device.queue_state(client.queue()).jobs;
  std::uint64_t done = 0;
  check_allocations(
      [&] {
        job.in_syncs = {timeline(line, point)};
        job.out_syncs = {binary(out), timeline(line, point + 1)};
        return job.submit(device);
      },
      [&] {
        ++done;
        ++point;
        CHECK_EQ(wait_point(device, line, point), 0);
        CHECK_EQ(job_status(device, out), 1);
      });
  // What was refused has not run.
  CHECK_EQ(device.queue_state(client.queue()).jobs, jobs + done);
}

TEST("allocation: reading counters, states and facts") {
  Client client;
  const RawDevice& device = client.device();
  check_allocations(
      [&] {
        drm_kestrel_counter_values values{};
        drm_kestrel_counters args{};
        args.queue_id = client.queue();
        args.size = sizeof(values);
        args.pointer = reinterpret_cast<std::uintptr_t>(&values);
        return device.call(DRM_IOCTL_KESTREL_COUNTERS, &args);
      },
      [] {});
  check_allocations(
      [&] {
        drm_kestrel_queue_state args{};
        args.id = client.queue();
        return device.call(DRM_IOCTL_KESTREL_QUEUE_STATE, &args);
      },
      [] {});
}

TEST("allocation: exporting and importing a buffer") {
  Client client, other;
  std::uint32_t handle = client.device().make_buffer(kPageBytes);
  int fd = -1;
  check_allocations(
      [&] {
        fd = export_buffer(client.device(), handle);
        return fd < 0 ? fd : 0;
      },
      [&] {
        close(fd);
        CHECK_EQ(client.device().close_buffer(handle), 0);
        handle = client.device().make_buffer(kPageBytes);
      });
  fd = export_buffer(client.device(), handle);
  REQUIRE(fd >= 0);
  std::uint32_t imported = 0;
  check_allocations([&] { return import_buffer(other.device(), fd, imported); },
                    [&] { CHECK_EQ(other.device().close_buffer(imported), 0); });
  close(fd);
}

TEST("allocation: opening the device") {
  std::string path;
  for (int node = 0; node < 64 && access(path.c_str(), F_OK) != 0; ++node)
    path = "/dev/accel/accel" + std::to_string(node);
  int fd = -1;
  check_allocations(
      [&] {
        fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
        return fd < 0 ? -errno : 0;
      },
      [&] { close(fd); });
  check_that_device_works();
}
