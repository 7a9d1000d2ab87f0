// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "load_wait.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "client.hpp"
#include "guest_time.hpp"
#include "ktap.hpp"

namespace {

constexpr std::size_t kBusyQueues = 3;
/// Long compared with what the processor needs to submit a job and to notice its end.
constexpr std::uint64_t kBytes = 64 * kPageBytes;
/// Enough that none of the queues runs out of them during one probe.
constexpr std::size_t kJobsAhead = 40;
/// A job's records: CALL and FENCE.
constexpr std::uint64_t kOwnRecords = 2;

/// A queue that has kJobsAhead jobs to do when asked.
class BusyQueue {
 public:
  void fill_up() {
    while (!done_.empty() && job_status(client_.device(), done_.front()) == 1) {
      CHECK_EQ(client_.finish(done_.front()), 1);
      done_.erase(done_.begin());
    }
    while (done_.size() < kJobsAhead)
      done_.push_back(client_.start(job_));
  }
  void drain() {
    for (const std::uint32_t done : done_)
      CHECK_EQ(client_.finish(done), 1);
    done_.clear();
  }

 private:
  Client client_{DRM_KESTREL_QUEUE_PRIORITY_HIGH};
  std::unique_ptr<ClientBuffer> from_ = client_.make_buffer(kBytes);
  std::unique_ptr<ClientBuffer> to_ = client_.make_buffer(kBytes);
  Job job_ = client_.job(Commands().copy(from_->va, to_->va, kBytes));
  std::vector<std::uint32_t> done_;
};

}  // namespace

LowPriorityWait measure_low_priority_wait(int probes) {
  std::vector<std::unique_ptr<BusyQueue>> busy;
  for (std::size_t i = 0; i < kBusyQueues; ++i)
    busy.push_back(std::make_unique<BusyQueue>());
  Client low(DRM_KESTREL_QUEUE_PRIORITY_LOW);
  const Job probe = low.job(Commands().barrier());

  LowPriorityWait worst;
  for (int i = 0; i < probes; ++i) {
    for (const auto& queue : busy)
      queue->fill_up();
    const std::uint64_t records = low.device().counters(0).records;
    const std::int64_t begin_ns = now_ns();
    const std::uint32_t done = low.start(probe);
    CHECK_EQ(wait_syncobj(low.device(), done), 0);
    const std::int64_t time_ns = now_ns() - begin_ns;
    const std::uint64_t others = low.device().counters(0).records - records - kOwnRecords;
    CHECK_EQ(low.finish(done), 1);
    worst.records = std::max(worst.records, others);
    worst.time_ns = std::max(worst.time_ns, time_ns);
  }
  for (const auto& queue : busy)
    queue->drain();
  return worst;
}
