// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "machine.hpp"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "shell_text.hpp"
#include "temporary_folder.hpp"

namespace presil::cli {
namespace {

using Catch::Matchers::ContainsSubstring;

struct Setting {
  TemporaryFolder top;
  Checkout checkout;
  RunOptions options;
  RunFolder folder;

  Setting() : folder(checkout, "test", top.path() / "run") {}

  std::string line(std::size_t devices, bool interactive = false) {
    Kernel kernel;
    kernel.image = "/boot/vmlinuz";
    return shell_line(qemu_arguments({.options = options,
                                      .folder = folder,
                                      .kernel = kernel,
                                      .plugin = "/b/lib/presil-pci.so",
                                      .devices = devices,
                                      .interactive = interactive}));
  }
};

TEST_CASE("every source of chance is fixed", "[cli][machine]") {
  Setting setting;
  setting.options.seed = 17;
  const auto line = setting.line(1);
  CHECK_THAT(line, ContainsSubstring("-icount shift=0,sleep=off"));
  CHECK_THAT(line, ContainsSubstring("-rtc base=2026-01-01T00:00:00,clock=vm"));
  CHECK_THAT(line, ContainsSubstring("-seed 17"));
  CHECK_THAT(line, ContainsSubstring("-cpu qemu64 -smp 1"));
  CHECK_THAT(line, !ContainsSubstring("stdio"));
}

TEST_CASE("a free-running guest has the host's clock, and as many CPUs as asked for",
          "[cli][machine]") {
  Setting setting;
  setting.options.free_running = true;
  setting.options.cpus = 4;
  const auto line = setting.line(1);
  CHECK_THAT(line, !ContainsSubstring("-icount") && !ContainsSubstring("tsc=reliable"));
  CHECK_THAT(line, ContainsSubstring("-smp 4") && ContainsSubstring(",free-running=1"));
}

TEST_CASE("each device has its root port, socket and log", "[cli][machine]") {
  Setting setting;
  setting.options.quantum_ns = 2500;
  const auto line = setting.line(2);
  CHECK_THAT(line, ContainsSubstring("pcie-root-port,id=rp0,chassis=1,slot=1"));
  CHECK_THAT(line, ContainsSubstring("pcie-root-port,id=rp1,chassis=2,slot=2"));
  CHECK_THAT(line, ContainsSubstring("bus=rp1,socket=" + setting.folder.device_socket(1).string()));
  CHECK_THAT(line, ContainsSubstring("quantum=2500,watchdog=10000"));
}

TEST_CASE("the guest sees root ports as they are, their links' state included", "[cli][machine]") {
  const auto line = Setting().line(1);
  CHECK_THAT(line, ContainsSubstring("-global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"));
}

TEST_CASE("a guest without devices loads no plugin", "[cli][machine]") {
  Setting setting;
  CHECK_THAT(setting.line(0), !ContainsSubstring("presil-pci"));
}

TEST_CASE("a debugger turns the watchdog off", "[cli][machine]") {
  Setting setting;
  setting.options.debugger = Debugger::kSimulator;
  CHECK_THAT(setting.line(1), ContainsSubstring("watchdog=0"));
}

TEST_CASE("the IOMMU comes before the devices it serves", "[cli][machine]") {
  Setting setting;
  setting.options.iommu = Iommu::kStrict;
  const auto line = setting.line(1);
  REQUIRE(line.find("intel-iommu") != std::string::npos);
  CHECK(line.find("intel-iommu") < line.find("pcie-root-port"));
  CHECK_THAT(line, ContainsSubstring("iommu.strict=1"));
  setting.options.iommu = Iommu::kPassThrough;
  CHECK_THAT(setting.line(1), ContainsSubstring("intel_iommu=on iommu=pt"));
}

TEST_CASE("what the user appends comes last, so that it wins", "[cli][machine]") {
  RunOptions options;
  options.append = "loglevel=8";
  CHECK(kernel_arguments(options).ends_with(" loglevel=8"));
}

}  // namespace
}  // namespace presil::cli
