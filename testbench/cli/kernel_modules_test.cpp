// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "kernel_modules.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "child.hpp"
#include "error.hpp"
#include "temporary_folder.hpp"

namespace presil::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

TEST_CASE("a module's name is the kernel's spelling of its file's", "[cli][modules]") {
  CHECK(module_name("kernel/drivers/gpu/gpu-sched.ko.xz") == "gpu_sched");
  CHECK(module_name("one.ko") == "one");
  CHECK(module_name("gpu-sched") == "gpu_sched");
}

TEST_CASE("a module's section tells what it depends on", "[cli][modules]") {
  using namespace std::string_literals;
  const auto bytes = "ELF\0license=GPL\0depends=drm,gpu-sched\0vermagic=6.12 SMP \0"s;
  CHECK(module_info(bytes, "depends") == "drm,gpu-sched");
  CHECK(module_info(bytes, "vermagic") == "6.12 SMP ");
  CHECK(module_info(bytes, "alias").empty());
}

TEST_CASE("the closure lists each module once, after all that it needs", "[cli][modules]") {
  const TemporaryFolder folder;
  folder.write("modules.dep",
               "k/top.ko.xz: k/left.ko k/right.ko k/base.ko\n"
               "k/left.ko: k/base.ko\nk/right.ko: k/base.ko\nk/base.ko:\nk/other-one.ko:\n");
  folder.write("modules.builtin", "k/built-in.ko\n");
  const ModuleIndex index(folder.path());
  using Paths = std::vector<std::string>;
  CHECK(index.closure({"top"}) == Paths{"k/base.ko", "k/right.ko", "k/left.ko", "k/top.ko.xz"});
  CHECK(index.closure({"left", "top"}) ==
        Paths{"k/base.ko", "k/left.ko", "k/right.ko", "k/top.ko.xz"});
  CHECK(index.closure({"other_one"}) == Paths{"k/other-one.ko"});
  CHECK(index.closure({"built_in"}).empty());
  CHECK_THROWS_MATCHES(index.closure({"nothing"}), Error,
                       MessageMatches(ContainsSubstring("no module \"nothing\"")));
}

TEST_CASE("a folder without modules.dep is refused", "[cli][modules]") {
  const TemporaryFolder folder;
  CHECK_THROWS_MATCHES(ModuleIndex(folder.path()), Error,
                       MessageMatches(ContainsSubstring("no modules.dep")));
}

TEST_CASE("a compressed module is read uncompressed", "[cli][modules]") {
  const TemporaryFolder folder;
  const std::string bytes(100'000, 'm');
  const auto plain = folder.write("a.ko", bytes);
  output_of({"xz", "--keep", plain.string()});
  CHECK(read_module(folder.path() / "a.ko.xz") == bytes);
  CHECK(read_module(plain) == bytes);
  CHECK_THROWS_AS(read_module(folder.write("bad.ko.xz", "not xz")), Error);
}

}  // namespace
}  // namespace presil::cli
