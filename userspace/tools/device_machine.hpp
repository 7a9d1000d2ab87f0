// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// DeviceMachine: runs programs of the neural-network runtime on an accelerator.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <kestrel/kestrel.hpp>

#include "array.hpp"
#include "nn/program.hpp"
#include "nn/session.hpp"

namespace kestrel::run {

/// An address space with the program's memory, and a queue. Command buffers become calls, as many
/// of them a job as a job may have.
/// Threads: one at a time.
class DeviceMachine final : public nn::Machine {
 public:
  /// \param device, program  outlive the machine; the program's layers are named in errors
  /// \returns the machine, or a sentence that says what failed
  static Outcome<std::unique_ptr<DeviceMachine>> create(const Device& device,
                                                        const nn::Program& program);

  nn::Result<std::span<std::byte>> map(const nn::Region& region) override;
  /// Errors: names the layer that failed, and what the device says of it.
  nn::Result<void> run(std::span<const nn::CommandBuffer> buffers) override;

  /// Whether each buffer is a job of its own, and is counted; at first not.
  void set_counting(bool counts) { is_counting_ = counts; }
  /// What the device counted in each buffer of the latest run(); empty when nothing was counted.
  [[nodiscard]] std::span<const kestrel_counters> counts() const { return counts_; }

 private:
  DeviceMachine(const nn::Program& program, Vm vm, Queue queue)
      : program_(&program), vm_(std::move(vm)), queue_(std::move(queue)) {}

  Result<void> sync(kestrel_direction direction) const;
  nn::Result<void> submit(std::span<const nn::CommandBuffer> buffers);
  nn::Result<void> run_counted(std::span<const nn::CommandBuffer> buffers);
  [[nodiscard]] nn::Error failed(const Error& error, std::span<const nn::CommandBuffer> job) const;
  [[nodiscard]] std::string layer_at(std::uint64_t address) const;

  const nn::Program* program_;
  // In this order: the queue goes before its address space, and memory when nothing uses it.
  std::vector<Buffer> buffers_;
  Vm vm_;
  Queue queue_;
  std::size_t job_calls_ = 1;
  bool is_counting_ = false;
  std::vector<kestrel_counters> counts_;
};

}  // namespace kestrel::run
