// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The presil command: hands the parsed command line to the subcommand that it names.

#include <exception>
#include <format>
#include <iostream>

#include "bench_command.hpp"
#include "checkout.hpp"
#include "debug_kernel.hpp"
#include "demo_command.hpp"
#include "doctor_command.hpp"
#include "error.hpp"
#include "guest_command.hpp"
#include "options.hpp"
#include "progress_line.hpp"
#include "test_command.hpp"

namespace {

using namespace presil::cli;

int run(const Options& options) {
  ProgressLine progress;
  const auto checkout = Checkout::find();
  switch (options.subcommand) {
    case Subcommand::kDemo:
      return demo_command(checkout, options.run, options.demo, progress);
    case Subcommand::kRun:
      return run_command(checkout, options.run, progress);
    case Subcommand::kBoot:
      return boot_command(checkout, options.run, progress);
    case Subcommand::kTest:
      return test_command(checkout, options.test, progress);
    case Subcommand::kKernel:
      return kernel_command(checkout, progress);
    case Subcommand::kDoctor:
      return doctor_command(checkout);
    case Subcommand::kBench:
      return bench_command(checkout, options.bench, progress);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto options = parse_options(argc, argv);
    return options ? run(*options) : 0;
  } catch (const Error& error) {
    std::cerr << std::format("presil: {}\n", error.what());
    return static_cast<int>(error.status());
  } catch (const std::exception& error) {
    std::cerr << std::format("presil: internal error: {}\n", error.what());
    return static_cast<int>(ExitStatus::kInternal);
  }
}
