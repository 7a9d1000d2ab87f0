// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Open files: what is theirs stays theirs, however they are closed, forked, copied and passed on.

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

#include "child.hpp"
#include "client.hpp"
#include "ktap.hpp"

namespace {

/// Another descriptor's copy of a job's work: submits it there and waits there.
void run_through(const RawDevice& device, Job job) {
  const std::uint32_t done = make_syncobj(device);
  job.out_syncs = {binary(done)};
  CHECK_EQ(job.submit(device), 0);
  CHECK_EQ(wait_syncobj(device, done), 0);
  CHECK_EQ(job_status(device, done), 1);
  CHECK_EQ(destroy_syncobj(device, done), 0);
}

}  // namespace

TEST("files: two files copy at the same time") {
  Client clients[2];
  constexpr std::uint64_t kBytes = 32 * kPageBytes;
  std::vector<std::unique_ptr<ClientBuffer>> sources, targets;
  std::vector<std::uint32_t> done[2];
  for (unsigned i = 0; i < 2; ++i) {
    sources.push_back(clients[i].make_buffer(kBytes));
    targets.push_back(clients[i].make_buffer(kBytes));
    fill(sources[i]->bytes(), 10 + i);
  }
  for (int lap = 0; lap < 4; ++lap) {
    for (std::size_t i = 0; i < 2; ++i)
      done[i].push_back(clients[i].start(Commands().copy(sources[i]->va, targets[i]->va, kBytes)));
  }
  for (std::size_t i = 0; i < 2; ++i) {
    for (const std::uint32_t sync : done[i])
      CHECK_EQ(clients[i].finish(sync), 1);
    CHECK(std::ranges::equal(targets[i]->bytes(), sources[i]->bytes()));
  }
}

TEST("files: closing one with jobs under way leaves the other's alone") {
  Client stays;
  constexpr std::uint64_t kBytes = 64 * kPageBytes;
  const auto from = stays.make_buffer(kBytes);
  const auto to = stays.make_buffer(kBytes);
  fill(from->bytes(), 20);
  std::uint32_t done = 0;
  {
    Client goes;
    const auto source = goes.make_buffer(kBytes);
    const auto target = goes.make_buffer(kBytes);
    for (int i = 0; i < 8; ++i)
      goes.start(Commands().copy(source->va, target->va, kBytes));
    done = stays.start(Commands().copy(from->va, to->va, kBytes));
  }
  CHECK_EQ(stays.finish(done), 1);
  CHECK(std::ranges::equal(to->bytes(), from->bytes()));
}

TEST("files: jobs of a file that is closed end with ECANCELED") {
  std::vector<SyncFile> fences;
  {
    Client client;
    for (const std::uint32_t done :
         {client.start(Commands().hang()), client.start(Commands().barrier())})
      fences.emplace_back(client.device(), done);
  }
  for (const SyncFile& fence : fences)
    CHECK(was_given_up(fence.wait()));
  check_that_device_works();
}

TEST("files: a closed descriptor is EBADF, a mapping outlives it") {
  RawDevice device;
  MappedBuffer buffer(device, kPageBytes);
  buffer.bytes()[9] = 9;
  device.close_file();
  drm_kestrel_vm_create args{};
  CHECK_EQ(device.call(DRM_IOCTL_KESTREL_VM_CREATE, &args), -EBADF);
  CHECK_EQ(buffer.bytes()[9], 9u);
  buffer.bytes()[10] = 10;
  CHECK_EQ(buffer.bytes()[10], 10u);
}

TEST("files: the device writes into no memory of a file that has been closed") {
  Client watcher;
  constexpr std::uint64_t kBytes = 64 * kPageBytes;
  {
    Client goes;
    const auto source = goes.make_buffer(kBytes);
    const auto target = goes.make_buffer(kBytes);
    std::ranges::fill(source->bytes(), 0x77);
    Commands commands;
    for (int lap = 0; lap < 8; ++lap)
      commands.copy(source->va, target->va, kBytes);
    goes.start(commands);
  }
  // What was its memory is given to others, and stays as they have it.
  std::vector<std::unique_ptr<MappedBuffer>> buffers;
  for (int i = 0; i < 4; ++i)
    buffers.push_back(std::make_unique<MappedBuffer>(watcher.device(), kBytes));
  watcher.check_that_it_works();
  for (const auto& buffer : buffers)
    CHECK(all_are(buffer->bytes(), 0));
}

TEST("files: a copy of the descriptor is the same file") {
  Client client;
  const Job job = client.job(Commands().barrier());
  const int fd = dup(client.device().fd());
  REQUIRE(fd >= 0);
  {
    const RawDevice copy(fd);
    run_through(copy, job);
  }
  // Closing it closed nothing of the file.
  client.check_that_it_works();
}

TEST("files: the file lives as long as any copy of the descriptor") {
  auto client = std::make_unique<Client>();
  const Job job = client->job(Commands().barrier());
  const int fd = dup(client->device().fd());
  REQUIRE(fd >= 0);
  client.reset();
  const RawDevice copy(fd);
  run_through(copy, job);
}

TEST("files: a forked process shares the file, and its end closes nothing") {
  Client client;
  const auto from = client.make_buffer(kPageBytes);
  const auto to = client.make_buffer(kPageBytes);
  fill(from->bytes(), 21);
  const Job job = client.job(Commands().copy(from->va, to->va, kPageBytes));
  std::uint32_t late = 0;
  {
    // The memory is shared, so the parent sees what the child's job did.
    Child child([&] { run_through(client.device(), job); });
    CHECK_EQ(child.wait(), 0);
    CHECK(std::ranges::equal(from->bytes(), to->bytes()));
    late = client.start(Commands().copy(from->va, to->va, kPageBytes));
  }
  CHECK_EQ(client.finish(late), 1);
  client.check_that_it_works();
}

TEST("files: a process that is killed takes its jobs along, nobody else's") {
  Client stays;
  const auto from = stays.make_buffer(16 * kPageBytes);
  const auto to = stays.make_buffer(16 * kPageBytes);
  fill(from->bytes(), 22);
  const Event ready;
  Child child([&] {
    Client client;
    client.start(Commands().hang());
    ready.tell();
    pause();
  });
  ready.wait();
  const std::uint32_t done = stays.start(Commands().copy(from->va, to->va, 16 * kPageBytes));
  child.kill(SIGKILL);
  CHECK_EQ(child.wait(), SIGKILL);
  CHECK_EQ(stays.finish(done), 1);
  CHECK(std::ranges::equal(from->bytes(), to->bytes()));
}

TEST("files: a descriptor that is passed on serves the other process") {
  int sockets[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
  Client client;
  const Job job = client.job(Commands().barrier());
  {
    Child child([&] {
      client.device().close_file();
      const RawDevice received(receive_descriptor(sockets[1]));
      run_through(received, job);
    });
    send_descriptor(sockets[0], client.device().fd());
    CHECK_EQ(child.wait(), 0);
  }
  client.check_that_it_works();
  close(sockets[0]);
  close(sockets[1]);
}

TEST("files: a descriptor in flight keeps the file, and its end ends it") {
  int sockets[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
  auto client = std::make_unique<Client>();
  const std::uint32_t done = client->start(Commands().hang());
  auto fence = std::make_unique<SyncFile>(client->device(), done);
  send_descriptor(sockets[0], client->device().fd());
  client.reset();
  CHECK_EQ(fence->status(), 0);
  close(sockets[0]);
  close(sockets[1]);
  CHECK(was_given_up(fence->wait()));
}

TEST("files: an unknown call is refused") {
  RawDevice device;
  std::uint8_t args[64] = {};
  for (unsigned number = DRM_KESTREL_COUNTERS + 1; number < 0x60; ++number)
    CHECK_EQ(device.call(DRM_IOWR(DRM_COMMAND_BASE + number, args), args), -EINVAL);
}

TEST("files: a newer program's larger structure is taken, and given back as it was") {
  RawDevice device;
  struct {
    drm_kestrel_vm_create known;
    std::uint64_t newer;
  } args{};
  args.newer = 0;
  CHECK_EQ(device.call(DRM_IOWR(DRM_COMMAND_BASE + DRM_KESTREL_VM_CREATE, args), &args), 0);
  CHECK(args.known.id != 0);
  CHECK_EQ(args.newer, 0u);
  CHECK_EQ(device.destroy_vm(args.known.id), 0);
}
