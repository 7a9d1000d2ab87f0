// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The whole test set on RTL, which takes minutes.

#include <cstdlib>
#include <format>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "network_run.hpp"
#include "testbench/support/temporary_folder.hpp"

namespace presil::system {
namespace {

constexpr std::size_t kPictures = 10'000;
/// Of 10,000: what userspace/models/README.md says of the int8 networks.
constexpr std::size_t kRight[] = {9'247, 9'076};

TEST_CASE("10,000 pictures on RTL give the bytes of ONNX Runtime", "[system][network][long]") {
  const testbench::TemporaryFolder folder;
  const auto golden = std::string("python3 -B ") + model_file("golden.py") +
                      " --count 10000 --out " + folder.path("golden").string();
  REQUIRE(std::system(golden.c_str()) == 0);  // NOLINT(cert-env33-c): a tool of the environment.
  for (std::size_t i = 0; i < kNetworks.size(); ++i) {
    CAPTURE(kNetworks[i]);
    const auto run =
        presil_run("networks-all-" + kNetworks[i],
                   network_options({"--timeout", "6000", "--add",
                                    folder.path("golden/" + kNetworks[i] + ".logits.npy").string() +
                                        ":root/all.npy"}),
                   // Ten thousand lines would take longer to come out than to compute.
                   network_command(kNetworks[i], kPictures, "--expect all.npy") +
                       " >out; status=$?; tail -n 2 out; exit $status");
    INFO(run.output);
    CHECK(run.status == 0);
    CHECK(run.output == std::format("{} of 10000 right\n10000 of 10000 outputs equal those of "
                                    "all.npy\n",
                                    kRight[i]));
  }
}

}  // namespace
}  // namespace presil::system
