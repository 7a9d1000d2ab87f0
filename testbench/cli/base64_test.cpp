// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "base64.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace presil::cli {
namespace {

std::vector<std::uint8_t> bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

TEST_CASE("the examples of RFC 4648 hold in both directions", "[cli][base64]") {
  using Pair = std::pair<std::string, std::string>;
  const auto [plain, encoded] =
      GENERATE(Pair{"", ""}, Pair{"f", "Zg=="}, Pair{"fo", "Zm8="}, Pair{"foo", "Zm9v"},
               Pair{"foob", "Zm9vYg=="}, Pair{"fooba", "Zm9vYmE="}, Pair{"foobar", "Zm9vYmFy"});
  CHECK(base64_text(bytes_of(plain)) == encoded);
  REQUIRE(base64_bytes(encoded));
  CHECK(*base64_bytes(encoded) == bytes_of(plain));
}

TEST_CASE("all bytes come back", "[cli][base64]") {
  std::vector<std::uint8_t> bytes;
  for (int i = 0; i < 256; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(i));
  }
  const auto text = base64_text(bytes);
  CHECK(text.size() == 344);
  REQUIRE(base64_bytes(text));
  CHECK(*base64_bytes(text) == bytes);
}

TEST_CASE("what is no base64 gives nothing", "[cli][base64]") {
  const auto* text = GENERATE("Zg", "Zg=", "Zg==\n", " Zg==", "Zg\n=", "Z===", "====", "Zm9*",
                              "=Zm9", "Zg==Zg==", "Zm-_");
  CAPTURE(text);
  CHECK_FALSE(base64_bytes(text));
}

}  // namespace
}  // namespace presil::cli
