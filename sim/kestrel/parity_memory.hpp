// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// ParityMemory: a memory on chip with parity bits, in which a test can have one bit stored
/// wrongly.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <unordered_map>
#include <vector>

#include "sim/kestrel/sizes.hpp"

namespace presil::kestrel {

/// Words of kWordBytes bytes, each kParityBytes of them with a parity bit of their own. A word that
/// was not written since the memory was emptied reads as zero.
template <std::uint32_t kWords, std::uint32_t kWordBytes, std::uint32_t kParityBytes>
class ParityMemory {
 public:
  ParityMemory() : bytes_(kSize) {}

  void wipe() {
    std::ranges::fill(bytes_, std::uint8_t{0});
    wrong_.clear();
  }

  /// The next write to the word, of any of its bytes, stores one bit wrongly.
  void arm(std::uint32_t word, std::uint32_t bit) {
    flip_ = {.is_armed = true, .word = word % kWords, .bit = bit % (kWordBytes * 8)};
  }
  void disarm() { flip_ = {}; }

  /// Bytes of a word, or nullptr if its parity is wrong.
  const std::uint8_t* word(std::uint32_t word) const {
    return is_wrong(word) ? nullptr : &bytes_[std::size_t{word} * kWordBytes];
  }

  /// \returns false if the parity of any word touched is wrong.
  bool read(std::uint32_t addr, std::span<std::uint8_t> data) const {
    for (std::uint32_t word = addr / kWordBytes;
         !wrong_.empty() && !data.empty() && word <= (addr + data.size() - 1) / kWordBytes;
         ++word) {
      if (is_wrong(word))
        return false;
    }
    std::memcpy(data.data(), &bytes_[addr], data.size());
    return true;
  }

  void write(std::uint32_t addr, std::span<const std::uint8_t> data) {
    std::memcpy(&bytes_[addr], data.data(), data.size());
    note_write(addr, data.size());
  }

  void fill(std::uint32_t addr, std::size_t bytes, std::uint8_t value) {
    if (bytes == 0)
      return;
    std::memset(&bytes_[addr], value, bytes);
    note_write(addr, bytes);
  }

 private:
  static constexpr std::size_t kSize = std::size_t{kWords} * kWordBytes;

  struct Flip {
    bool is_armed = false;
    std::uint32_t word = 0, bit = 0;
  };

  bool is_wrong(std::uint32_t word) const { return !wrong_.empty() && wrong_.contains(word); }

  /// Parity is right again where all that it covers was written, and wrong where a bit is flipped.
  void note_write(std::uint32_t addr, std::size_t bytes) {
    if (wrong_.empty() && !flip_.is_armed)
      return;
    const std::size_t end = addr + bytes;
    for (std::size_t unit = addr / kParityBytes; unit < (end + kParityBytes - 1) / kParityBytes;
         ++unit)
      set_wrong(unit, false);
    if (flip_.is_armed && flip_.word >= addr / kWordBytes && flip_.word <= (end - 1) / kWordBytes) {
      const std::size_t byte = std::size_t{flip_.word} * kWordBytes + flip_.bit / 8;
      bytes_[byte] ^= static_cast<std::uint8_t>(1u << flip_.bit % 8);
      set_wrong(byte / kParityBytes, !is_unit_wrong(byte / kParityBytes));
      flip_ = {};
    }
  }

  static constexpr std::size_t kUnits = kWordBytes / kParityBytes;

  bool is_unit_wrong(std::size_t unit) const {
    const auto found = wrong_.find(static_cast<std::uint32_t>(unit / kUnits));
    return found != wrong_.end() && (found->second >> unit % kUnits & 1) != 0;
  }

  void set_wrong(std::size_t unit, bool is_wrong) {
    const auto word = static_cast<std::uint32_t>(unit / kUnits);
    const std::uint32_t bit = 1u << unit % kUnits;
    if (is_wrong) {
      wrong_[word] |= bit;
    } else if (const auto found = wrong_.find(word); found != wrong_.end()) {
      found->second &= ~bit;
      if (found->second == 0)
        wrong_.erase(found);
    }
  }

  std::vector<std::uint8_t> bytes_;
  std::unordered_map<std::uint32_t, std::uint32_t> wrong_;  // Words, and which parity bits of them.
  Flip flip_;
};

/// Parity of a byte.
using Scratchpad = ParityMemory<kScratchpadWords, kLanes, 1>;
/// Rows of 32-bit sums; parity of each.
using Accumulators = ParityMemory<kAccumulatorRows, kLanes * 4, 4>;

}  // namespace presil::kestrel
