// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// LoadBoard: what the processes of a load share, and what each job's result has to be.
///
/// Every queue has a row of slots. Job 0 stands for what the row holds at first, a pattern of its
/// own; each job after it copies the slot of a job that it waits for into its own. So a job that
/// ran too early finds zeros, and every slot's contents are those of one row's first slot in the
/// end.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "buffers.hpp"
#include "raw_device.hpp"

/// How large a load is.
struct LoadSize {
  std::uint32_t processes = 4;
  std::uint32_t queues = 4;  ///< of each process
  std::uint32_t jobs = 100;  ///< of each queue

  std::uint32_t rows() const { return processes * queues; }
};

/// A job: its row, and its number there, from 1.
struct LoadJob {
  std::uint32_t row = 0;
  std::uint32_t number = 0;
};

class LoadBoard {
 public:
  static constexpr std::uint32_t kSlotBytes = 64;

  /// Made before the processes are forked; they inherit it.
  explicit LoadBoard(const LoadSize& size);
  LoadBoard(const LoadBoard&) = delete;
  LoadBoard& operator=(const LoadBoard&) = delete;
  ~LoadBoard();

  const LoadSize& size() const { return size_; }

  /// The slots, as a dma-buf; and where in it a job's is.
  int slots_fd() const { return slots_fd_; }
  std::uint64_t slots_bytes() const { return slots_.size_bytes(); }
  std::uint64_t slot_offset(const LoadJob& job) const;

  /// A row's timeline, which its jobs' numbers are points of, in another file. \returns its handle
  std::uint32_t import_timeline(const RawDevice& device, std::uint32_t row) const;

  /// The latest job of a row that has been submitted.
  std::uint32_t submitted(std::uint32_t row) const { return submitted_[row]; }
  /// Notes where a job takes its slot's contents from; before it is submitted.
  void note_source(const LoadJob& job, const LoadJob& source);
  /// Notes that it has been submitted: others may wait for it.
  void note_submitted(const LoadJob& job) { submitted_[job.row] = job.number; }

  /// Slots that do not hold what they have to; all jobs must have ended.
  std::uint64_t wrong_slots() const;

 private:
  std::size_t place(const LoadJob& job) const;
  std::span<std::uint8_t> slot(const LoadJob& job) const;

  LoadSize size_;
  RawDevice device_;
  MappedBuffer slots_;
  int slots_fd_;
  std::vector<int> timeline_fds_;
  std::size_t shared_bytes_;
  void* shared_;
  std::atomic<std::uint32_t>* submitted_;  ///< of each row
  LoadJob* sources_;                       ///< of each job of each row, job 0 included
};
