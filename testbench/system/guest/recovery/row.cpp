// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "row.hpp"

#include <sys/mman.h>
#include <time.h>

#include <memory>
#include <vector>

#include "child.hpp"
#include "guest_time.hpp"
#include "ktap.hpp"
#include "outcome.hpp"
#include "party.hpp"
#include "raw_device.hpp"

namespace {

constexpr unsigned kPartiesMax = 4;
/// Setting up takes less; the second when times are stretched: a kernel that checks itself, behind
/// an IOMMU, was seen to take more than two seconds for sixteen queues.
constexpr std::int64_t kSetUpNs = 2 * kSecondNs, kSlowSetUpNs = 4 * kSecondNs;
/// So long jobs have been submitted when it strikes. All queues: the first job of each has ended
/// before the others are submitted, and all those are there when it strikes, and when the guilty
/// job is submitted. The device turns to another queue after each command buffer.
constexpr std::int64_t kLeadNs = 8 * kMillisecondNs;
constexpr std::int64_t kRestNs = 3 * kMillisecondNs;
constexpr std::int64_t kFaultNs = 6 * kMillisecondNs;
constexpr std::int64_t kCallNs = kMillisecondNs;
/// Of the one job, so that others' come in between.
constexpr unsigned kOneJobCalls = 12;
/// What idle clients do after the fault they do this much later.
constexpr std::int64_t kAfterNs = kMillisecondNs;
constexpr std::int64_t kRemovalDelayNs = 50 * kMillisecondNs;
/// The kernel resets the link, and waits for the device to come back.
constexpr std::int64_t kBusRecoveryNs = 4 * kSecondNs;

/// Results of all processes, shared with them.
struct Results {
  PartyResult parties[kPartiesMax];
};

class SharedResults {
 public:
  SharedResults()
      : memory_(mmap(nullptr, sizeof(Results), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                     -1, 0)) {
    REQUIRE(memory_ != MAP_FAILED);
    new (memory_) Results;
  }
  SharedResults(const SharedResults&) = delete;
  SharedResults& operator=(const SharedResults&) = delete;
  ~SharedResults() { munmap(memory_, sizeof(Results)); }

  Results& operator*() const { return *static_cast<Results*>(memory_); }

 private:
  void* memory_;
};

/// A process of the row, which goes step by step.
class Process : private PartySteps {
 public:
  Process(const PartyOrders& orders, PartyResult& result)
      : child_([this, orders, &result] { live_as_party(orders, result, *this); }) {}

  void wait_for_step() const { done_.wait(); }
  void go_on() const { go_on_.tell(); }
  /// \returns whether it ended by itself
  bool end() { return child_.wait() == 0; }

 private:
  void step_done() override {
    done_.tell();
    go_on_.wait();
  }

  Event done_, go_on_;
  Child child_;
};

/// How far CLOCK_MONOTONIC is behind the guest's time since power-on. The stamp counter counts
/// that in nanoseconds.
std::int64_t clock_lag_ns() {
  return static_cast<std::int64_t>(__builtin_ia32_rdtsc()) - now_ns();
}

void sleep_until_ns(std::int64_t time_ns) {
  if (const std::int64_t left_ns = time_ns - now_ns(); left_ns > 0)
    sleep_ns(left_ns);
}

/// Of a fault of the accesses of a job: an idle device makes none.
bool needs_an_access(Fault fault) {
  return fault == Fault::kBus || fault == Fault::kInterrupt;
}

class Trial {
 public:
  Trial(const Row& row, unsigned stretch)
      : row_(row), stretch_(stretch), set_up_ns_(stretch > 1 ? kSlowSetUpNs : kSetUpNs) {
    const bool outside = is_made_outside(row.fault);
    strike_ns_ = outside ? row.at_ms * kMillisecondNs - clock_lag_ns() : now_ns() + set_up_ns_;
    if (row.load != Load::kIdle)
      start_ns_ = strike_ns_ - stretch_ * kLeadNs;
    else
      start_ns_ = strike_ns_ + (outside ? kAfterNs : 0);
    make_orders();
  }

  void run() {
    REQUIRE(start_ns_ - now_ns() >= set_up_ns_ / 2);
    folder_ = pci_folder();
    sleep_until_ns(start_ns_ - set_up_ns_);
    for (std::size_t i = 0; i < orders_.size(); ++i)
      processes_.push_back(std::make_unique<Process>(orders_[i], (*results_).parties[i]));
    all_step();
    CHECK(now_ns() < start_ns_);
    all_go_on();
    strike();
    all_step();
    if (row_.fault == Fault::kNonfatal || row_.fault == Fault::kFatal)
      sleep_until_ns(strike_ns_ + kBusRecoveryNs);
    all_go_on();
    all_step();
    all_go_on();
    for (const auto& process : processes_)
      CHECK(process->end());
  }

  Outcome outcome() const {
    return {row_.fault,
            row_.load,
            strike_ns_,
            {(*results_).parties, (*results_).parties + orders_.size()}};
  }

 private:
  void make_orders() {
    const bool by_job = is_made_by_a_job(row_.fault);
    const unsigned count = row_.load == Load::kAll ? kPartiesMax : 2;
    for (unsigned party = 0; party < count; ++party) {
      PartyOrders orders;
      orders.fault = row_.fault;
      orders.makes_fault = party == 0 && by_job;
      orders.start_ns = start_ns_;
      orders.call_ns = stretch_ * kCallNs;
      orders.fault_ns = start_ns_ + (row_.load == Load::kIdle ? 0 : stretch_ * kFaultNs);
      orders.wakes_device = row_.load != Load::kIdle;
      switch (row_.load) {
        case Load::kIdle:
          orders.jobs = party == 0 && (by_job || needs_an_access(row_.fault));
          break;
        case Load::kOne:
          orders.jobs = 1;
          orders.job_calls = kOneJobCalls;
          break;
        case Load::kAll:
          orders.queues = kPartyQueues;
          orders.jobs = kPartyJobs;
          orders.rest_ns = start_ns_ + stretch_ * kRestNs;
          break;
      }
      orders_.push_back(orders);
    }
  }

  void strike() {
    if (row_.fault == Fault::kReset) {
      sleep_until_ns(strike_ns_);
      strike_ns_ = now_ns();
      CHECK_EQ(write_file(folder_ + "/reset", "1"), 0);
    }
    if (row_.fault == Fault::kUnplug) {
      sleep_until_ns(strike_ns_ + kRemovalDelayNs);
      CHECK_EQ(write_file(folder_ + "/remove", "1"), 0);
    }
  }

  void all_step() {
    for (const auto& process : processes_)
      process->wait_for_step();
  }
  void all_go_on() {
    for (const auto& process : processes_)
      process->go_on();
  }

  Row row_;
  std::int64_t stretch_;
  std::int64_t set_up_ns_;
  std::int64_t strike_ns_;  // CLOCK_MONOTONIC
  std::int64_t start_ns_;   // Of the jobs.
  std::string folder_;
  std::vector<PartyOrders> orders_;
  SharedResults results_;
  std::vector<std::unique_ptr<Process>> processes_;
};

}  // namespace

RowResult try_row(const Row& row, const Trying& trying) {
  RowResult result;
  ktap::clear_failures();
  ktap::run_body(
      [&] {
        Trial trial(row, trying.stretch);
        trial.run();
        const Outcome outcome = trial.outcome();
        result.facts = facts_of(outcome);
        result.notes = notes_of(outcome);
        check_outcome(outcome, trying.wants_load);
      },
      __FILE__, __LINE__);
  for (const std::string& failure : ktap::failures())
    result.notes += "# " + failure + "\n";
  result.ok = ktap::failures().empty();
  return result;
}
