// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// DemoResults: what a demonstration's program in the guest found out, and what the run was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace presil::cli {

/// Pictures are squares of this many pixels a side.
inline constexpr std::size_t kPictureSide = 28;
inline constexpr std::size_t kPicturePixels = kPictureSide * kPictureSide;

/// One classified picture.
struct PictureResult {
  std::uint64_t index = 0;           ///< in the data set, or in the order of the command line
  std::optional<std::size_t> label;  ///< the class it is known to belong to
  std::size_t predicted = 0;         ///< the class that was found
  std::vector<double> scores;        ///< one for each class, greater is more likely
  std::vector<std::uint8_t> pixels;  ///< kPicturePixels, row by row, 0 black

  [[nodiscard]] bool wrong() const { return label && *label != predicted; }
};

/// Cycles in which an engine of the accelerator waited, and for what.
struct LayerStalls {
  std::uint64_t load_token = 0, compute_token = 0, store_token = 0, translation = 0;
};

/// One layer of the network, summed over all pictures.
struct LayerResult {
  std::string name, operation;
  std::uint64_t cycles = 0;        ///< from the layer's begin to its end
  std::uint64_t compute_busy = 0;  ///< of them, cycles in which the array worked
  double utilisation = 0.0;        ///< multiplications done of those possible in `cycles`, 0 to 1
  std::uint64_t read_bytes = 0, write_bytes = 0;  ///< moved by DMA
  LayerStalls stalls;
};

/// How the network's outputs compared with those that were expected.
struct ExpectedOutputs {
  std::string file;                       ///< that they were in
  std::uint64_t compared = 0, equal = 0;  ///< outputs; equal in every bit
};

/// A demonstration's document. docs/debugging.md, "A demonstration's results", lists the keys.
struct DemoResults {
  std::string model_name, model_sha256;
  std::string device;                ///< one line for people
  std::vector<std::string> classes;  ///< names, by number
  std::vector<PictureResult> pictures;
  std::vector<LayerResult> layers;
  std::optional<ExpectedOutputs> expected;
  nlohmann::ordered_json summary;  ///< of the run, as make_summary() gives it; may be empty

  [[nodiscard]] std::size_t labelled() const;  ///< pictures whose class is known
  [[nodiscard]] std::size_t right() const;     ///< of them, those that were recognised
  /// "15 of 16 pictures right", or, without labels, "16 pictures classified".
  [[nodiscard]] std::string verdict() const;
  /// "16 of 16 outputs equal FILE bit for bit"; empty if nothing was compared.
  [[nodiscard]] std::string comparison() const;
  /// All layers as one without a name: sums; its utilisation is that of all cycles.
  [[nodiscard]] LayerResult total() const;
  /// Of a layer's number, which is a sum over all pictures, what belongs to one of them, rounded
  /// down.
  [[nodiscard]] std::uint64_t each(std::uint64_t sum) const;
};

/// `some` of `all`, 0 to 1; of nothing it is 0.
double part_of(std::uint64_t some, std::uint64_t all);

/// Reads and checks the document.
///
/// \throws Error  a key is missing, of another type or out of its range; the message has its path,
///                like "results: pictures[3].pixels: 783 bytes, not 784".
DemoResults demo_results(const nlohmann::ordered_json& document);

}  // namespace presil::cli
