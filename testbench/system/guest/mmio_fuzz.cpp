// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Guest program: reads and writes every offset of PCI memory resources at random.
//
// mmio-fuzz SEED COUNT RESOURCE...: makes COUNT accesses, half of them reads, of 1, 2, 4 and 8
// bytes at any offset and alignment, spread over the resource files. Prints how many and a hash of
// all that was read, so that two runs can be compared.

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <vector>

namespace {

struct Resource {
  volatile uint8_t* memory;
  uint64_t bytes;
};

/// SplitMix64 (Steele, Lea, Flood 2014).
uint64_t next(uint64_t& state) {
  uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// The compiler may split what is not aligned; the processor's own instructions do not.
uint64_t load(volatile uint8_t* at, unsigned size) {
  uint64_t value = 0;
  switch (size) {
    case 1:
      asm volatile("movzbl (%1), %k0" : "=r"(value) : "r"(at) : "memory");
      break;
    case 2:
      asm volatile("movzwl (%1), %k0" : "=r"(value) : "r"(at) : "memory");
      break;
    case 4:
      asm volatile("movl (%1), %k0" : "=r"(value) : "r"(at) : "memory");
      break;
    default:
      asm volatile("movq (%1), %0" : "=r"(value) : "r"(at) : "memory");
  }
  return value;
}

void store(volatile uint8_t* at, unsigned size, uint64_t value) {
  switch (size) {
    case 1:
      asm volatile("movb %b0, (%1)" : : "q"(value), "r"(at) : "memory");
      break;
    case 2:
      asm volatile("movw %w0, (%1)" : : "r"(value), "r"(at) : "memory");
      break;
    case 4:
      asm volatile("movl %k0, (%1)" : : "r"(value), "r"(at) : "memory");
      break;
    default:
      asm volatile("movq %0, (%1)" : : "r"(value), "r"(at) : "memory");
  }
}

Resource open_resource(const char* path) {
  const int file = open(path, O_RDWR | O_SYNC);
  struct stat status{};
  if (file < 0 || fstat(file, &status) != 0) {
    perror(path);
    exit(1);
  }
  const auto bytes = static_cast<uint64_t>(status.st_size);
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) {
    perror(path);
    exit(1);
  }
  return {static_cast<volatile uint8_t*>(memory), bytes};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: mmio-fuzz SEED COUNT RESOURCE...\n");
    return 2;
  }
  uint64_t state = strtoull(argv[1], nullptr, 0);
  const uint64_t count = strtoull(argv[2], nullptr, 0);
  std::vector<Resource> resources;
  for (int i = 3; i < argc; ++i) {
    resources.push_back(open_resource(argv[i]));
  }

  uint64_t hash = 0;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t choice = next(state);
    const Resource& resource = resources[choice % resources.size()];
    const unsigned size = 1u << (choice >> 8) % 4;
    // Half of the accesses go to the first page, where registers are dense.
    const uint64_t range = (choice >> 16) % 2 && resource.bytes > 4096 ? 4096 : resource.bytes;
    const uint64_t offset = next(state) % (range - size + 1);
    if ((choice >> 20) % 2) {
      store(resource.memory + offset, size, next(state));
    } else {
      hash = (hash ^ load(resource.memory + offset, size)) * 0x100000001b3;
    }
  }
  printf("accesses=%lu hash=%016lx\n", static_cast<unsigned long>(count),
         static_cast<unsigned long>(hash));
  return 0;
}
