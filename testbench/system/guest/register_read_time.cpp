// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Guest program: how long a register read takes, by the guest's own clock.
//
// register-read-time RESOURCE COUNT: prints the least and the greatest time of one 32-bit read at
// offset 0 of the PCI resource file, in ticks of the time-stamp counter.

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <algorithm>

namespace {

uint64_t now() {
  uint32_t low = 0, high = 0;
  asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
  return uint64_t{high} << 32 | low;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  const int resource = open(argv[1], O_RDWR | O_SYNC);
  void* memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, resource, 0);
  if (resource < 0 || memory == MAP_FAILED) {
    perror(argv[1]);
    return 1;
  }
  const auto* registers = static_cast<const volatile uint32_t*>(memory);
  uint64_t least = UINT64_MAX, greatest = 0;
  for (int i = atoi(argv[2]); i > 0; --i) {
    const uint64_t begin = now();
    [[maybe_unused]] const uint32_t value = registers[0];
    const uint64_t ticks = now() - begin;
    least = std::min(least, ticks);
    greatest = std::max(greatest, ticks);
  }
  printf("least=%lu greatest=%lu\n", static_cast<unsigned long>(least),
         static_cast<unsigned long>(greatest));
  return 0;
}
