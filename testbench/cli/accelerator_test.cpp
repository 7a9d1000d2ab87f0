// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "accelerator.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "error.hpp"
#include "temporary_folder.hpp"

namespace presil::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

constexpr auto kDescription = R"(name = "one"
summary = "does something"
[simulator]
program = "sim-one"
[guest]
driver = "driver/one"
modules = ["one_core", "one"]
programs = ["one-copy"]
[demo]
command = "one-copy --random 5"
[bench]
command = "one-copy --slot {slot}"
)";

Checkout checkout_at(const TemporaryFolder& folder) {
  Checkout checkout;
  checkout.source = folder.path();
  return checkout;
}

TEST_CASE("an accelerator's description is read whole", "[cli][accelerator]") {
  const TemporaryFolder folder;
  const auto accelerator = read_accelerator(folder.write("accelerator.toml", kDescription));
  CHECK(accelerator.name == "one");
  CHECK(accelerator.program == "sim-one");
  CHECK(accelerator.driver == "driver/one");
  CHECK(accelerator.modules == std::vector<std::string>{"one_core", "one"});
  CHECK(accelerator.programs == std::vector<std::string>{"one-copy"});
  CHECK(accelerator.demo_command == "one-copy --random 5");
  CHECK(accelerator.bench_command == "one-copy --slot {slot}");
}

TEST_CASE("a demonstration's files and kind of results are read", "[cli][accelerator]") {
  const TemporaryFolder folder;
  const auto demo = [&](const std::string& keys) {
    auto text = std::string(kDescription);
    text.insert(text.find("[bench]"), keys + "\n");
    return read_accelerator(folder.write("accelerator.toml", text));
  };
  CHECK(demo("").demo_files.empty());
  CHECK_FALSE(demo("").demo_has_pictures);
  CHECK_FALSE(demo("results = \"text\"").demo_has_pictures);
  CHECK(demo("results = \"pictures\"").demo_has_pictures);
  CHECK(demo("files = [\"a\", \"b:c\"]").demo_files == std::vector<std::string>{"a", "b:c"});
  CHECK_THROWS_MATCHES(
      demo("results = \"music\""), Error,
      MessageMatches(ContainsSubstring("demo.results: \"music\" is none of text, pictures")));
}

TEST_CASE("a description without a program is refused by the key's name", "[cli][accelerator]") {
  const TemporaryFolder folder;
  const auto file = folder.write("accelerator.toml", "name = \"one\"\n");
  CHECK_THROWS_MATCHES(read_accelerator(file), Error,
                       MessageMatches(ContainsSubstring("\"simulator.program\" is missing")));
}

TEST_CASE("a description that is not TOML is refused with its line", "[cli][accelerator]") {
  const TemporaryFolder folder;
  const auto file = folder.write("accelerator.toml", "name = \"one\"\nname two\n");
  CHECK_THROWS_MATCHES(read_accelerator(file), Error,
                       MessageMatches(ContainsSubstring("accelerator.toml:2")));
}

TEST_CASE("accelerators are found in hw before testbench, each by name", "[cli][accelerator]") {
  const TemporaryFolder folder;
  const auto named = [](const std::string& name) {
    return "name = \"" + name + "\"\n[simulator]\nprogram = \"p\"\n";
  };
  folder.write("testbench/accelerators/a/accelerator.toml", named("test-a"));
  folder.write("hw/z/accelerator.toml", named("z"));
  folder.write("hw/b/accelerator.toml", named("b"));
  folder.write("hw/common/readme", "no accelerator");

  const auto found = discover_accelerators(folder.path());
  REQUIRE(found.size() == 3);
  CHECK(found[0].name == "b");
  CHECK(found[1].name == "z");
  CHECK(found[2].name == "test-a");

  const auto checkout = checkout_at(folder);
  SECTION("no name selects the first") {
    CHECK(select_accelerators(checkout, {}).at(0).name == "b");
  }
  SECTION("a name may come twice, and the order is kept") {
    const auto two = select_accelerators(checkout, {"z", "b", "z"});
    REQUIRE(two.size() == 3);
    CHECK(two[0].name == "z");
    CHECK(two[1].name == "b");
    CHECK(two[2].name == "z");
  }
  SECTION("a folder stands for its description") {
    CHECK(select_accelerators(checkout, {(folder.path() / "hw/z").string()}).at(0).name == "z");
  }
  SECTION("none selects none") {
    CHECK(select_accelerators(checkout, {"none"}).empty());
  }
  SECTION("an unknown name is refused with those that are known") {
    CHECK_THROWS_MATCHES(select_accelerators(checkout, {"q"}), Error,
                         MessageMatches(ContainsSubstring("known: b, z, test-a")));
  }
}

}  // namespace
}  // namespace presil::cli
