// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "party.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "client.hpp"
#include "guest_time.hpp"
#include "ktap.hpp"

namespace {

constexpr std::uint64_t kJobBytes = 4096;
constexpr std::uint64_t kPieceBytes = 256;
/// Where the device writes what nobody reads, in the scratchpad.
constexpr std::uint32_t kIdlePlace = 2 * kJobBytes;
constexpr std::uint32_t kIdleRunBytes = 16;
constexpr std::uint32_t kIdleRunsLow = 1000;
/// So long before it submits its jobs a process wakes the device, which sleeps when it is idle.
constexpr std::int64_t kWakeNs = 50 * kMillisecondNs;
constexpr std::uint64_t kNowhere = 0x20'0000'0000;
constexpr std::uint64_t kScratchpadWordBytes = 16;
/// So often a bit is flipped, and so long the job takes that waits for it.
constexpr std::int64_t kFlipEveryNs = 20'000;
constexpr int kParityLaps = 256;
constexpr std::int64_t kFlipsEndNs = 2 * kSecondNs;

/// A job, and where its data come from and go to.
struct Work {
  Job job;
  std::unique_ptr<ClientBuffer> from;
  std::unique_ptr<ClientBuffer> to;
  std::vector<SyncFile> fence;  ///< none or one
  JobResult* result = nullptr;
};

/// Writes zeros on chip again and again: takes the device at least `span_ns`, one run of bytes a
/// cycle, and no access.
Command idle_for(std::int64_t span_ns) {
  Command made = transfer(KESTREL_OPCODE_LOAD, 0, kIdlePlace, kIdleRunBytes);
  // The row before the first: all of it is outside.
  made[KESTREL_TRANSFER_START / 4] = 0xffffu << KESTREL_TRANSFER_START_Y0_SHIFT;
  made[KESTREL_TRANSFER_COUNT01 / 4] = kIdleRunBytes << KESTREL_TRANSFER_COUNT01_N0_SHIFT |
                                       kIdleRunsLow << KESTREL_TRANSFER_COUNT01_N1_SHIFT;
  made[KESTREL_TRANSFER_COUNT23 / 4] = static_cast<std::uint32_t>(span_ns / kIdleRunsLow)
                                           << KESTREL_TRANSFER_COUNT23_N2_SHIFT |
                                       1u << KESTREL_TRANSFER_COUNT23_N3_SHIFT;
  return made;
}

void sleep_until(std::int64_t time_ns) {
  const timespec time{.tv_sec = static_cast<time_t>(time_ns / kSecondNs),
                      .tv_nsec = static_cast<long>(time_ns % kSecondNs)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr) == EINTR) {
  }
}

/// The device's own registers, past the driver.
class Registers {
 public:
  Registers() {
    const std::string path = pci_folder() + "/resource0";
    const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(fd >= 0);
    memory_ = mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    REQUIRE(memory_ != MAP_FAILED);
  }
  Registers(const Registers&) = delete;
  Registers& operator=(const Registers&) = delete;
  ~Registers() { munmap(memory_, kPageBytes); }

  /// Has a bit stored wrongly when a word of the scratchpad is written next.
  void flip_bit(std::uint32_t word) {
    auto* const registers = static_cast<volatile std::uint32_t*>(memory_);
    registers[KESTREL_REG_PARITY_PLACE / 4] = word;
    registers[KESTREL_REG_PARITY_FLIP / 4] = KESTREL_PARITY_FLIP_GO;
  }

 private:
  void* memory_;
};

class Party {
 public:
  Party(const PartyOrders& orders, PartyResult& result) : orders_(orders), result_(result) {
    scratchpad_bytes_ = client_.device().info().scratchpad_bytes;
    fill(trial_from_->bytes(), 1);
    result.queue_count = orders.queues;
    for (unsigned index = 0; index < orders.queues; ++index) {
      queues_.push_back(index == 0 ? client_.queue() : client_.device().make_queue(client_.vm()));
      set_up(index);
    }
  }

  /// Waits for the time; a device that has jobs then is awake before.
  void wait_for_start() {
    if (!works_.empty() && orders_.wakes_device) {
      sleep_until(orders_.start_ns - kWakeNs);
      CHECK_EQ(try_queue(queues_[0]), 1);
    }
    sleep_until(orders_.start_ns);
  }

  void submit() {
    // One job of each queue, then the next: all queues are busy soon.
    for (unsigned job = 0; job < kPartyJobs; ++job) {
      for (Work& work : works_) {
        if (work.result == &result_.queues[queue_of(work)].jobs[job])
          start(work);
      }
    }
    if (orders_.makes_fault && orders_.fault == Fault::kParity)
      flip_bits();
  }

  void wait() {
    for (Work& work : works_) {
      for (const SyncFile& fence : work.fence) {
        work.result->status = fence.wait();
        work.result->ended_ns = fence.ended_ns();
      }
      if (work.result->status == 1 && work.from)
        result_.queues[queue_of(work)].data_is_right &= is_copied(work);
    }
    for (unsigned index = 0; index < orders_.queues; ++index)
      ask_for_state(index);
  }

  void try_again() {
    for (unsigned index = 0; index < orders_.queues; ++index)
      result_.queues[index].again = try_queue(queues_[index]);
    result_.renewed = try_new_queue();
    result_.memory_lives = touch_memory();
  }

 private:
  unsigned queue_of(const Work& work) const {
    const auto at = std::ranges::find(queues_, work.job.queue_id);
    return static_cast<unsigned>(at - queues_.begin());
  }

  /// What no job uses but the one that is to find a bit flipped there.
  std::uint64_t parity_place() const { return scratchpad_bytes_ - kPieceBytes; }

  /// Until that job has ended: a flip may be lost on the device, which clears its memory when it
  /// turns to another client.
  void flip_bits() {
    Registers registers;
    const std::int64_t deadline_ns = now_ns() + kFlipsEndNs;
    const auto word = static_cast<std::uint32_t>(parity_place() / kScratchpadWordBytes);
    const Work& faulty = works_[faulty_index_];
    while (!faulty.fence.empty() && faulty.fence[0].status() == 0 && now_ns() < deadline_ns) {
      registers.flip_bit(word);
      sleep_ns(kFlipEveryNs);
    }
  }

  /// Between two good jobs, if there are any.
  void set_up(unsigned index) {
    const bool makes_fault = orders_.makes_fault && is_made_by_a_job(orders_.fault) && index == 0;
    const unsigned count = orders_.jobs + (makes_fault ? 1 : 0);
    REQUIRE(count <= kPartyJobs);
    for (unsigned job = 0; job < count; ++job) {
      const bool is_faulty = makes_fault && job == count / 2;
      if (is_faulty)
        faulty_index_ = works_.size();
      Work work = is_faulty ? faulty_work() : copying_work();
      work.job.queue_id = queues_[index];
      work.result = &result_.queues[index].jobs[job];
      works_.push_back(std::move(work));
    }
  }

  Work copying_work() {
    Work work;
    work.from = client_.make_buffer(kJobBytes);
    work.to = client_.make_buffer(kJobBytes);
    fill(work.from->bytes(), static_cast<unsigned>(works_.size() + 1));
    Commands commands;
    commands.load(work.from->va, 0, kJobBytes).add(idle_for(orders_.job_ns)).barrier();
    commands.store(work.to->va, 0, kJobBytes);
    work.job.calls = {client_.place(commands)};
    return work;
  }

  Work faulty_work() {
    Work work;
    Commands commands;
    switch (orders_.fault) {
      case Fault::kHang:
        commands.hang();
        break;
      case Fault::kMmu:
        commands.store(kNowhere, 0, 64);
        break;
      case Fault::kParity: {
        work.from = client_.make_buffer(kPieceBytes);
        work.to = client_.make_buffer(kPieceBytes);
        const auto place = static_cast<std::uint32_t>(parity_place());
        for (int lap = 0; lap < kParityLaps; ++lap) {
          commands.load(work.from->va, place, kPieceBytes).barrier();
          commands.store(work.to->va, place, kPieceBytes).barrier();
        }
        break;
      }
      default:
        commands.add(command(0xff));
        break;
    }
    work.job.calls = {client_.place(commands)};
    return work;
  }

  void start(Work& work) {
    const std::uint32_t done = make_syncobj(client_.device());
    work.job.out_syncs = {binary(done)};
    work.result->submitted_ns = now_ns();
    work.result->status = work.job.submit(client_.device());
    // A descriptor of the fence outlives the device.
    if (work.result->status == 0)
      work.fence.emplace_back(client_.device(), done);
  }

  static bool is_copied(const Work& work) {
    return std::ranges::equal(work.from->bytes(), work.to->bytes());
  }

  void ask_for_state(unsigned index) {
    QueueResult& queue = result_.queues[index];
    drm_kestrel_queue_state state{};
    state.id = queues_[index];
    queue.state_status = client_.device().call(DRM_IOCTL_KESTREL_QUEUE_STATE, &state);
    if (queue.state_status != 0)
      return;
    queue.flags = state.flags;
    queue.error = state.error;
    queue.cause = state.cause;
    queue.fault = state.fault;
    if ((state.flags & DRM_KESTREL_QUEUE_LOST) && !(hit_flags() & DRM_KESTREL_QUEUE_LOST))
      result_.hit = index;
  }

  std::uint32_t hit_flags() const { return result_.queues[result_.hit].flags; }

  /// A small job.
  int try_queue(std::uint32_t queue) {
    Job job;
    job.queue_id = queue;
    job.calls = {trial_call_};
    job.out_syncs = {binary(trial_done_)};
    std::ranges::fill(trial_to_->bytes(), 0);
    if (const int error = job.submit(client_.device()); error != 0)
      return error;
    const int status = SyncFile(client_.device(), trial_done_).wait();
    if (status == 1)
      CHECK(std::ranges::equal(trial_from_->bytes(), trial_to_->bytes()));
    return status;
  }

  int try_new_queue() {
    const RawDevice& device = client_.device();
    if (const int error = device.destroy_queue(queues_[result_.hit]); error != 0)
      return error;
    drm_kestrel_queue_create args{};
    args.vm_id = client_.vm();
    args.priority = DRM_KESTREL_QUEUE_PRIORITY_MEDIUM;
    if (const int error = device.call(DRM_IOCTL_KESTREL_QUEUE_CREATE, &args); error != 0)
      return error;
    return try_queue(args.id);
  }

  /// A mapping that is gone would end this process.
  bool touch_memory() {
    fill(trial_from_->bytes(), 2);
    std::ranges::copy(trial_from_->bytes(), trial_to_->bytes().begin());
    return std::ranges::equal(trial_from_->bytes(), trial_to_->bytes());
  }

  PartyOrders orders_;
  PartyResult& result_;
  Client client_;
  std::uint32_t scratchpad_bytes_ = 0;
  std::vector<std::uint32_t> queues_;
  std::vector<Work> works_;
  std::size_t faulty_index_ = 0;

  // Made beforehand, as a device that is gone gives nothing.
  std::unique_ptr<ClientBuffer> trial_from_ = client_.make_buffer(kPageBytes);
  std::unique_ptr<ClientBuffer> trial_to_ = client_.make_buffer(kPageBytes);
  drm_kestrel_call trial_call_ =
      client_.place(Commands().copy(trial_from_->va, trial_to_->va, kPageBytes));
  std::uint32_t trial_done_ = make_syncobj(client_.device());
};

}  // namespace

void live_as_party(const PartyOrders& orders, PartyResult& result, PartySteps& steps) {
  Party party(orders, result);
  steps.step_done();
  party.wait_for_start();
  party.submit();
  party.wait();
  steps.step_done();
  party.try_again();
  steps.step_done();
}
