// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// FakeSyncobj: a DRM synchronisation object, binary or a timeline, as the fake kernel has them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

/// Whether a job has ended, and how.
struct FakeFence {
  bool is_signalled = false;
  int error = 0;  ///< errno, positive, or 0
};
using FakeFencePtr = std::shared_ptr<FakeFence>;

/// Fences that have all to signal; nothing at all has signalled.
using FakeFences = std::vector<FakeFencePtr>;

inline bool are_signalled(const FakeFences& fences) {
  return std::ranges::all_of(fences, &FakeFence::is_signalled, &FakeFencePtr::operator*);
}

class FakeSyncobj {
 public:
  /// Replaces whatever is there.
  void set(FakeFencePtr fence) {
    points_.clear();
    fence_ = std::move(fence);
  }
  void add_point(std::uint64_t point, FakeFencePtr fence) {
    fence_ = nullptr;
    points_[point] = std::move(fence);
  }

  /// What a wait for `point` waits for, 0: for whatever there is. \returns nothing: no fence yet
  std::optional<FakeFences> find(std::uint64_t point) const {
    if (fence_)
      return point == 0 ? std::optional(FakeFences{fence_}) : std::nullopt;
    const auto last = point == 0 ? points_.empty() ? points_.end() : std::prev(points_.end())
                                 : points_.lower_bound(point);
    if (last == points_.end())
      return std::nullopt;
    FakeFences fences;
    for (auto at = points_.begin(); at != std::next(last); ++at)
      fences.push_back(at->second);
    return fences;
  }

  /// The last point that, with all before it, has signalled.
  std::uint64_t value() const {
    std::uint64_t value = 0;
    for (const auto& [point, fence] : points_) {
      if (!fence->is_signalled)
        break;
      value = point;
    }
    return value;
  }

 private:
  FakeFencePtr fence_;  // Of a binary one.
  std::map<std::uint64_t, FakeFencePtr> points_;
};
