// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/sha256.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace kestrel::nn {
namespace {

std::string digest(std::string_view text) {
  return to_hex(Sha256::of(std::as_bytes(std::span(text))));
}

// The examples of FIPS 180-4's publisher.
TEST_CASE("digests are those of the standard", "[userspace][nn]") {
  CHECK(digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(digest(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("pieces give the digest of the whole", "[userspace][nn]") {
  const std::string text(200, 'x');
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const auto bytes = std::as_bytes(std::span(text));
    Sha256 sha;
    sha.update(bytes.first(cut));
    sha.update(bytes.subspan(cut));
    CHECK(to_hex(sha.finish()) == digest(text));
  }
}

}  // namespace
}  // namespace kestrel::nn
