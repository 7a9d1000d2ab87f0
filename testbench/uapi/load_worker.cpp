// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "load_worker.hpp"

#include <algorithm>

#include "ktap.hpp"

namespace {

constexpr std::uint32_t kBinaries = 4;
/// LOAD, BARRIER, STORE.
constexpr std::uint64_t kJobBytes = 3 * KESTREL_RECORD_BYTES;
/// Most jobs of a queue under way: more than the ring holds now and then.
constexpr std::uint64_t kWindowMax = 300;

std::uint32_t import_slots(const Client& client, int fd) {
  std::uint32_t handle = 0;
  REQUIRE_EQ(import_buffer(client.device(), fd, handle), 0);
  return handle;
}

}  // namespace

LoadWorker::LoadWorker(LoadBoard& board, std::uint32_t process, std::uint64_t seed)
    : board_(board),
      process_(process),
      random_(seed),
      slots_va_(client_.bind_buffer(import_slots(client_, board.slots_fd()), board.slots_bytes())),
      commands_(client_.device(), board.size().queues * board.size().jobs * kJobBytes),
      commands_va_(client_.bind_buffer(commands_.handle(), commands_.size_bytes(),
                                       DRM_KESTREL_VM_BIND_READ)) {
  const RawDevice& device = client_.device();
  queues_ = {client_.queue()};
  while (queues_.size() < board.size().queues)
    queues_.push_back(
        device.make_queue(client_.vm(), static_cast<std::uint32_t>(random_.below(3))));
  for (std::uint32_t any = 0; any < board.size().rows(); ++any)
    timelines_.push_back(board.import_timeline(device, any));
  for (std::uint32_t i = 0; i < kBinaries; ++i)
    binaries_.push_back(make_syncobj(device, DRM_SYNCOBJ_CREATE_SIGNALED));
}

LoadJob LoadWorker::random_job() {
  const auto any = static_cast<std::uint32_t>(random_.below(board_.size().rows()));
  // What has been submitted by now; nobody else counts as the initial contents.
  return {any, static_cast<std::uint32_t>(random_.below(board_.submitted(any) + 1))};
}

void LoadWorker::submit(std::uint32_t queue, std::uint32_t number) {
  const LoadJob self{row(queue), number};
  LoadJob source{self.row, number - 1};  // Ordered by the queue itself.
  Job job;
  job.queue_id = queues_[queue];
  for (std::uint64_t waits = random_.below(4); waits > 0; --waits) {
    source = random_job();
    if (source.number != 0)
      job.in_syncs.push_back(timeline(timelines_[source.row], source.number));
  }
  const std::uint32_t one = binaries_[static_cast<std::size_t>(random_.below(kBinaries))];
  if (random_.once_in(4))
    job.in_syncs.push_back(binary(one));
  if (random_.once_in(4))
    job.out_syncs.push_back(binary(one));
  job.out_syncs.push_back(timeline(timelines_[self.row], number));

  const Commands commands =
      Commands().copy(slots_va_ + board_.slot_offset(source), slots_va_ + board_.slot_offset(self),
                      LoadBoard::kSlotBytes);
  std::ranges::copy(commands.bytes(),
                    commands_.bytes().begin() + static_cast<std::ptrdiff_t>(commands_used_));
  job.calls = {call_at(commands_va_ + commands_used_, commands.size_bytes())};
  commands_used_ += commands.size_bytes();

  board_.note_source(self, source);
  REQUIRE_EQ(job.submit(client_.device()), 0);
  board_.note_submitted(self);
}

void LoadWorker::work() {
  const RawDevice& device = client_.device();
  const LoadSize& size = board_.size();
  std::vector<std::uint32_t> next(size.queues, 1);
  for (std::uint32_t left = size.queues * size.jobs; left > 0; --left) {
    auto queue = static_cast<std::uint32_t>(random_.below(size.queues));
    while (next[queue] > size.jobs)
      queue = (queue + 1) % size.queues;
    const std::uint64_t window = 1 + random_.below(kWindowMax);
    if (next[queue] > window)
      REQUIRE_EQ(wait_point(device, timelines_[row(queue)], next[queue] - window), 0);
    submit(queue, next[queue]++);
    maybe_yield();
  }
  for (std::uint32_t queue = 0; queue < size.queues; ++queue) {
    CHECK_EQ(wait_point(device, timelines_[row(queue)], size.jobs), 0);
    const drm_kestrel_queue_state state = device.queue_state(queues_[queue]);
    CHECK_EQ(state.flags, 0u);
    CHECK_EQ(state.jobs, size.jobs);
  }
}
