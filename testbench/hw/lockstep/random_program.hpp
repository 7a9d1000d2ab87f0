// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// RandomProgram: command buffers at random whose results do not depend on timing.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "testbench/support/kestrel_records.hpp"

namespace presil::testbench {

using Random = std::mt19937_64;

/// Of [low, high].
inline std::int64_t between(Random& random, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
}
inline bool one_in(Random& random, unsigned count) {
  return random() % count == 0;
}

/// Memory that a program may use, as addresses of its space.
struct Territory {
  std::uint64_t source = 0, source_bytes = 0;            ///< read
  std::uint64_t destination = 0, destination_bytes = 0;  ///< read and written
};

/// How likely a program goes wrong. Chances are one in so many; 0: never.
struct Hostility {
  unsigned outside = 0;    ///< a transfer that leaves the territory
  unsigned corrupt = 0;    ///< a bit flipped in a command
  unsigned illegal = 0;    ///< a privileged or unknown opcode
  unsigned misplaced = 0;  ///< a range on chip at random, or beyond what is there
};

/// Makes command buffers. Every command is ordered behind the one before it in the buffer, by order
/// in its engine, by a token or by a BARRIER: so the commands have one meaning, that of running
/// them one after another, and when one fails nothing after it has begun.
class RandomProgram {
 public:
  RandomProgram(Random& random, const Territory& territory, const Hostility& hostility)
      : random_(random), territory_(territory), hostility_(hostility) {}

  /// Up to about `count` commands, and what orders them.
  /// \param is_alone  nobody else uses the part meanwhile, so what earlier programs of the same
  ///                  space left on chip may be read; else the program first writes all it reads.
  std::vector<KestrelRecord> make(unsigned count, bool is_alone);

 private:
  enum class Engine { kLoad, kCompute, kStore };

  void clear_on_chip();
  void append_random();
  void append(Engine engine, KestrelRecord record);
  void order_after_last(Engine engine, KestrelRecord& record);
  KestrelRecord transfer(bool is_load);
  KestrelRecord accumulate();
  KestrelRecord output();
  void corrupt(KestrelRecord& record);
  [[nodiscard]] bool happens(unsigned chance) { return chance != 0 && one_in(random_, chance); }
  [[nodiscard]] std::uint32_t word();

  Random& random_;
  const Territory territory_;
  const Hostility hostility_;
  std::vector<KestrelRecord> program_;
  bool has_last_ = false;
  Engine last_ = Engine::kLoad;
};

}  // namespace presil::testbench
