// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "guest_modules.hpp"

#include <filesystem>

#include "checkout.hpp"
#include "debug_kernel.hpp"
#include "kernel.hpp"
#include "kernel_modules.hpp"
#include "presil_run.hpp"

namespace presil::system {

namespace fs = std::filesystem;

GuestModules guest_modules(const std::vector<std::string>& names, const std::string& kernel) {
  cli::RunOptions run;
  run.kernel = kernel;
  run = cli::with_debug_kernel(cli::Checkout::find(), run);
  const auto found = cli::find_kernel(run.kernel, run.modules);

  const auto folder = build_folder() / "system-runs/modules" / found.release;
  fs::create_directories(folder);
  GuestModules modules;
  for (const auto& path : cli::ModuleIndex(found.modules).closure(names)) {
    const auto name = cli::module_name(path) + ".ko";
    cli::write_file(folder / name, cli::read_module(found.modules / path));
    modules.options.insert(modules.options.end(),
                           {"--add", (folder / name).string() + ":lib/presil-test/" + name});
    // What the driver under test needs as well has been loaded; that is no error.
    modules.load += "insmod /lib/presil-test/" + name + " 2>/dev/null; ";
  }
  return modules;
}

}  // namespace presil::system
