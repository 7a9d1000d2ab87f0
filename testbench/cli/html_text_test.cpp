// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "html_text.hpp"

#include <catch2/catch_test_macros.hpp>

namespace presil::cli {
namespace {

TEST_CASE("nothing of a text is markup", "[cli][html]") {
  CHECK(html_text("<a href=\"x\">R&D's</a>") == "&lt;a href=&quot;x&quot;&gt;R&amp;D's&lt;/a&gt;");
  CHECK(html_text("T-shirt/top") == "T-shirt/top");
  CHECK(html_text("").empty());
}

TEST_CASE("numbers are grouped by thousands", "[cli][html]") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(123456) == "123,456");
  CHECK(grouped(1234567) == "1,234,567");
  CHECK(grouped(~std::uint64_t{0}) == "18,446,744,073,709,551,615");
}

TEST_CASE("bytes have the unit that suits them", "[cli][html]") {
  CHECK(bytes_words(0) == "0 bytes");
  CHECK(bytes_words(1023) == "1023 bytes");
  CHECK(bytes_words(1024) == "1.0 KiB");
  CHECK(bytes_words(1024 * 1024 - 1) == "1024.0 KiB");
  CHECK(bytes_words(1024 * 1024) == "1.0 MiB");
}

TEST_CASE("parts are percents with one place", "[cli][html]") {
  CHECK(percent_words(0) == "0.0 %");
  CHECK(percent_words(0.8764) == "87.6 %");
  CHECK(percent_words(1) == "100.0 %");
}

}  // namespace
}  // namespace presil::cli
