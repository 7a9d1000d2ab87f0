// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The driver's interface, one bad field at a time: kestrel-uapi-test in the guest.

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "ktap_report.hpp"
#include "presil_run.hpp"

namespace presil::system {
namespace {

TEST_CASE("every case of kestrel-uapi-test passes in the guest, whatever the model",
          "[system][uapi]") {
  const auto* model = GENERATE("rtl", "functional");
  CAPTURE(model);
  const auto run = presil_run(std::string("uapi-") + model,
                              {"--model", model, "--add", built("guest/bin/kestrel-uapi-test")},
                              "kestrel-uapi-test");
  const auto report = read_ktap(run.output);
  CHECK(report.whole());
  CHECK(report.cases.size() > 10);
  for (const auto& result : report.cases) {
    INFO(result.name << "\n" << result.text);
    CHECK(result.ok);
    CHECK(result.skipped == "");
  }
  CHECK(run.status == 0);
}

}  // namespace
}  // namespace presil::system
