// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "kernel.hpp"

#include <array>
#include <cstring>
#include <format>
#include <fstream>

#include "error.hpp"

namespace presil::cli {
namespace {

namespace fs = std::filesystem;

/// Offsets in the set-up header: Documentation/arch/x86/boot.rst.
constexpr std::size_t kMagicOffset = 0x202;
constexpr std::size_t kVersionPointerOffset = 0x20e;
constexpr std::size_t kVersionBase = 0x200;

fs::path pinned_image() {
  for (const auto& entry : fs::directory_iterator("/boot")) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("vmlinuz-") && fs::exists(fs::path("/lib/modules") / name.substr(8))) {
      return entry.path();
    }
  }
  throw Error(
      "the environment has no kernel in /boot with modules in /lib/modules; "
      "run `presil doctor`");
}

}  // namespace

std::string kernel_release(const fs::path& image) {
  std::ifstream file(image, std::ios::binary);
  std::array<char, 0x8000> header{};
  file.read(header.data(), header.size());
  const auto size = static_cast<std::size_t>(file.gcount());
  if (size < kVersionPointerOffset + 2 ||
      std::memcmp(header.data() + kMagicOffset, "HdrS", 4) != 0) {
    throw Error(
        std::format("{} is not a bzImage; --kernel takes the arch/x86/boot/bzImage of a "
                    "kernel build",
                    image.string()));
  }
  const auto low = static_cast<unsigned char>(header[kVersionPointerOffset]);
  const auto high = static_cast<unsigned char>(header[kVersionPointerOffset + 1]);
  const std::size_t at = kVersionBase + low + (high << 8);
  if (at >= size) {
    throw Error(std::format("{}: no version in its header", image.string()));
  }
  const std::string text(header.data() + at, strnlen(header.data() + at, size - at));
  return text.substr(0, text.find(' '));
}

Kernel find_kernel(const fs::path& image, const fs::path& modules) {
  Kernel kernel;
  kernel.pinned = image.empty();
  kernel.image = image.empty() ? pinned_image() : fs::absolute(image);
  if (!fs::is_regular_file(kernel.image)) {
    throw Error(std::format("no kernel at {}; --kernel takes a bzImage", kernel.image.string()));
  }
  kernel.release = kernel_release(kernel.image);
  kernel.modules =
      modules.empty() ? fs::path("/lib/modules") / kernel.release : fs::absolute(modules);
  if (!fs::exists(kernel.modules / "modules.dep")) {
    throw Error(
        std::format("no modules for kernel {} in {}; give --modules the folder that "
                    "`make modules_install` made",
                    kernel.release, kernel.modules.string()));
  }
  return kernel;
}

}  // namespace presil::cli
