// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "kernel.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "error.hpp"
#include "temporary_folder.hpp"

namespace presil::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

/// The smallest file that has a bzImage's header.
std::string image_of(const std::string& version) {
  std::string bytes(0x600, '\0');
  bytes.replace(0x202, 4, "HdrS");
  bytes[0x20e] = '\x00';
  bytes[0x20f] = '\x02';  // 0x200 + 0x200
  bytes.replace(0x400, version.size(), version);
  return bytes;
}

TEST_CASE("a kernel's release is read from its image", "[cli][kernel]") {
  const TemporaryFolder folder;
  CHECK(kernel_release(folder.write("bzImage", image_of("7.1.2-own (a@b) #3 SMP"))) == "7.1.2-own");
  CHECK_THROWS_MATCHES(kernel_release(folder.write("not", "an image")), Error,
                       MessageMatches(ContainsSubstring("is not a bzImage")));
}

TEST_CASE("the environment's kernel is the default, with modules and headers", "[cli][kernel]") {
  const auto kernel = find_kernel({}, {});
  CHECK(kernel.pinned);
  CHECK(kernel.image == "/boot/vmlinuz-" + kernel.release);
  CHECK(std::filesystem::exists(kernel.modules / "modules.dep"));
  CHECK(std::filesystem::exists(kernel.headers() / "Makefile"));
}

TEST_CASE("somebody's kernel needs its modules", "[cli][kernel]") {
  const TemporaryFolder folder;
  const auto image = folder.write("bzImage", image_of("7.1.2-own"));
  CHECK_THROWS_MATCHES(find_kernel(image, {}), Error,
                       MessageMatches(ContainsSubstring("no modules for kernel 7.1.2-own")));
  folder.write("modules/modules.dep", "");
  const auto kernel = find_kernel(image, folder.path() / "modules");
  CHECK_FALSE(kernel.pinned);
  CHECK(kernel.release == "7.1.2-own");
}

}  // namespace
}  // namespace presil::cli
