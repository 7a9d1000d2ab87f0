// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "guest_command.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <format>
#include <iostream>

#include "accelerator.hpp"
#include "builder.hpp"
#include "debug_kernel.hpp"
#include "error.hpp"
#include "guest_image.hpp"
#include "kernel.hpp"
#include "kernel_modules.hpp"
#include "run_folder.hpp"
#include "summary.hpp"
#include "supervisor.hpp"

namespace presil::cli {
namespace {

constexpr std::size_t kRunsKept = 30;

double host_seconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

template <typename T>
void append_new(std::vector<T>& list, const T& value) {
  if (std::ranges::find(list, value) == list.end()) {
    list.push_back(value);
  }
}

/// What the accelerators bring into the guest. Two of one kind bring it once.
GuestContent guest_content(const Checkout& checkout, const RunPlan& plan, Builder& builder) {
  GuestContent content;
  content.kernel = plan.kernel;
  for (const auto& accelerator : plan.accelerators) {
    const auto modules = builder.driver_modules(accelerator, plan.kernel, plan.options);
    for (const auto& module : modules) {
      append_new(content.driver_modules, module);
    }
    if (plan.options.driver.empty()) {
      for (const auto& name : accelerator.modules) {
        append_new(content.load, name);
      }
    } else {
      for (const auto& module : modules) {
        append_new(content.load, module_name(module));
      }
    }
    for (const auto& program : accelerator.programs) {
      append_new(content.programs, checkout.build / "guest/bin" / program);
    }
  }
  return content;
}

void write_summary(const nlohmann::ordered_json& summary, const RunOptions& options,
                   const RunFolder& folder) {
  const auto text = summary.dump(2) + "\n";
  write_file(folder.summary(), text);
  if (options.json == "-") {
    std::cout << text << std::flush;
  } else if (!options.json.empty()) {
    write_file(options.json, text);
  }
}

/// Leaves what is worth keeping.
void tidy(const Checkout& checkout, const RunOptions& options, const RunFolder& folder,
          bool passed) {
  std::error_code error;
  if (options.keep) {
    write_file(folder.path() / "kept", "");
  } else if (passed) {
    std::filesystem::remove(folder.image(), error);
  }
  if (options.out.empty()) {
    prune_runs(checkout.source / "runs", kRunsKept);
  }
}

}  // namespace

nlohmann::ordered_json run_guest(const Checkout& checkout, const std::string& name,
                                 const RunOptions& given, ProgressLine& progress, bool echo) {
  const auto options = with_debug_kernel(checkout, given);
  const double began =
      checkout.launched_s > 0 ? checkout.launched_s + checkout.environment_s : host_seconds();
  RunPlan plan{.options = options,
               .accelerators = select_accelerators(checkout, options.accelerators),
               .kernel = find_kernel(options.kernel, options.modules),
               .interactive = options.command.empty(),
               .echo = echo};
  // All that can be wrong with the command line is said before anything is built.
  Builder::check_driver(options, plan.kernel);
  if (!options.json.empty() && options.json != "-") {
    check_writable("--json", options.json);
  }
  const auto added = run_tree(options.command, options.files);
  Builder builder(checkout, progress);
  if (options.build) {
    builder.build_guest(plan.accelerators, options);
  }
  const auto content = guest_content(checkout, plan, builder);
  const auto base = base_image(checkout, content);
  if (!options.attach) {
    plan.accelerators.clear();
  }
  RunFolder folder(checkout, name, options.out);
  write_image(base, added, folder.image());
  folder.keep();
  const double built = host_seconds();

  // The simulators name the environment in their event logs.
  setenv("PRESIL_ENVIRONMENT", environment_id(checkout).c_str(), 1);
  const auto outcome = supervise(checkout, plan, folder, progress);
  auto summary = make_summary({checkout, plan, folder, built - began}, outcome);
  write_summary(summary, options, folder);
  tidy(checkout, options, folder, outcome.result == Result::kPassed);
  return summary;
}

int run_command(const Checkout& checkout, const RunOptions& options, ProgressLine& progress) {
  const auto summary = run_guest(checkout, "run", options, progress);
  std::cerr << summary_text(summary);
  return summary.at("exit_status");
}

int boot_command(const Checkout& checkout, const RunOptions& options, ProgressLine& progress) {
  progress.note("a shell in the guest; leave by Ctrl-A x, or by exit");
  const auto summary = run_guest(checkout, "boot", options, progress);
  std::cerr << "\n" << summary_text(summary);
  return summary.at("exit_status");
}

}  // namespace presil::cli
