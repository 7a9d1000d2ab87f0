// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Lockstep: the RTL and the functional model on one scene, and their comparison.
#pragma once

#include <array>
#include <cstdint>

#include "goals.hpp"
#include "kestrel_bench.hpp"
#include "model_side.hpp"
#include "scene.hpp"

namespace presil::testbench {

/// Both sides of one seed. What batches do is in random_batch.hpp and directed_batch.hpp.
class Lockstep {
 public:
  /// \param goals  outlives this; told everything that completes or fails
  Lockstep(std::uint64_t seed, Goals& goals);

  /// Lets both sides work until they have nothing to do, or wait for software.
  void settle();
  /// Lets both go on for so long that commands which wait for each other are all that is left.
  void settle_hung();
  /// Fails unless registers, interrupts and memory are the same; of all queues, or of this one
  /// where no other has done anything. Notes what has completed and failed.
  void compare(Party* only = nullptr);
  /// settle() and compare().
  void finish(Party* only = nullptr) {
    settle();
    compare(only);
  }
  /// Resets every queue that is in error, parked or stalled, and sets it up again.
  void recover();

  [[nodiscard]] std::uint32_t status(const Party& party) const {
    return model_.side.read(KESTREL_REG_QUEUE_STATUS(party.queue));
  }
  /// How often the cell was met, with this seed's stalls.
  [[nodiscard]] std::uint64_t met(const Cell& cell) const { return goals_.met(cell, stall_); }
  /// Of every answer of both memories, while it is not 0; else the RTL's is the seed's.
  void set_latency_ns(unsigned latency_ns);

  Scene& scene() { return scene_; }

 private:
  static AxiTiming timing(std::uint64_t seed);
  Side& rtl_side();
  [[nodiscard]] bool is_rtl_still();
  template <typename Action>
  void each(Action action) {
    for (Party& party : scene_.parties)
      action(party);
    action(scene_.subject);
  }
  void same(std::uint32_t offset, const char* name);
  void compare_queue(const Party& party);
  void compare_memory(const Party& party);
  void even_out_time(const Party& party);
  void note(Party& party);
  void note_failure(Party& party, std::uint32_t error);

  Stall stall_;
  AxiTiming timing_;
  KestrelBench rtl_;
  ModelSide model_;
  Side rtl_side_;
  Goals& goals_;
  std::array<std::uint64_t, 2> compared_ns_ = {};  // When; of both sides.
  Scene scene_;                                    // Last: it writes to the memories.
};

}  // namespace presil::testbench
