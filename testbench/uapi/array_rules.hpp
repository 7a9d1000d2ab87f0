// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What holds for every struct drm_kestrel_array of the interface.
#pragma once

#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <functional>
#include <vector>

#include "ktap.hpp"
#include "raw_device.hpp"

/// Elements spread out with a stride of the caller's choice, zeros in between.
template <typename T>
struct Spread {
  Spread(const std::vector<T>& elements, std::uint32_t stride) : bytes(elements.size() * stride) {
    for (std::size_t i = 0; i < elements.size(); ++i)
      std::memcpy(&bytes[i * stride], &elements[i], sizeof(T));
    array.stride = stride;
    array.count = static_cast<std::uint32_t>(elements.size());
    array.pointer = reinterpret_cast<std::uintptr_t>(bytes.data());
  }

  std::vector<std::uint8_t> bytes;
  drm_kestrel_array array{};
};

/// Tries one array of a call, everything else being valid.
///
/// \param elements  two or more valid ones
/// \param try_call  makes the call with this array; \returns 0 or -errno. Has to check that a
///                  call that is refused does nothing, and that one that is not does it all.
template <typename T>
void check_array(const std::vector<T>& elements,
                 const std::function<int(const drm_kestrel_array&)>& try_call) {
  constexpr auto kElementBytes = static_cast<std::uint32_t>(sizeof(T));
  const drm_kestrel_array valid = array_of(elements);

  for (const std::uint32_t stride :
       {0u, 8u, kElementBytes - 8, kElementBytes - 1, kElementBytes + 1, kElementBytes + 4, 4097u,
        4104u, UINT32_MAX, UINT32_MAX - 7}) {
    if (stride == kElementBytes)
      continue;
    drm_kestrel_array array = valid;
    array.stride = stride;
    CHECK_EQ(try_call(array), -EINVAL);
  }

  for (const std::uint64_t pointer : {bad_pointer(), std::uint64_t{0}, ~std::uint64_t{0} - 7,
                                      std::uint64_t{0xffff'8000'0000'0000}}) {
    drm_kestrel_array array = valid;
    array.pointer = pointer;
    CHECK_EQ(try_call(array), -EFAULT);
  }

  // Elements that end where the memory ends, and one that begins there.
  const auto page = static_cast<std::uint8_t*>(
      mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  REQUIRE(page != MAP_FAILED);
  munmap(page + 4096, 4096);
  const std::size_t bytes = elements.size() * sizeof(T);
  std::memcpy(page + 4096 - bytes, elements.data(), bytes);
  drm_kestrel_array at_end = valid;
  at_end.pointer = reinterpret_cast<std::uintptr_t>(page + 4096 - bytes);
  CHECK_EQ(try_call(at_end), 0);
  at_end.pointer += sizeof(T);
  CHECK_EQ(try_call(at_end), -EFAULT);
  munmap(page, 4096);

  // What a newer program has at the end of each element has to be zero.
  for (const std::uint32_t stride : {kElementBytes + 8, kElementBytes + 64, 4096u}) {
    Spread spread(elements, stride);
    for (const std::size_t place :
         {std::size_t{kElementBytes}, std::size_t{stride - 1}, spread.bytes.size() - 1}) {
      spread.bytes[place] = 0x80;
      CHECK_EQ(try_call(spread.array), -E2BIG);
      spread.bytes[place] = 0;
    }
    CHECK_EQ(try_call(spread.array), 0);
  }
}
