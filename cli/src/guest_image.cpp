// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "guest_image.hpp"

#include <string.h>
#include <unistd.h>

#include <cerrno>
#include <format>
#include <fstream>
#include <sstream>

#include "child.hpp"
#include "digest.hpp"
#include "error.hpp"
#include "kernel_modules.hpp"
#include "shell_text.hpp"

namespace presil::cli {
namespace {

namespace fs = std::filesystem;

constexpr auto kBusybox = "/usr/bin/busybox";

/// A program or module without its debug information, which is of no use in the guest and names
/// host paths.
std::string stripped(const fs::path& file, const fs::path& scratch) {
  if (!fs::exists(file)) {
    throw Error(std::format("{} is missing; build it first", file.string()),
                ExitStatus::kBuildFailed);
  }
  output_of({"strip", "--strip-debug", "-o", scratch.string(), file.string()});
  return read_file(scratch);
}

void add_system(FileTree& tree, const Checkout& checkout) {
  for (const auto* folder : {"dev", "proc", "sys", "tmp", "root", "etc/presil", "usr/bin"}) {
    tree.add_folder(folder);
  }
  tree.add_character_device("dev/console", 5, 1);
  tree.add_file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
  tree.add_file("etc/group", "root:x:0:\n");
  tree.add_file("init", read_file(checkout.source / "cli/guest/init"), 0755);
  tree.add_file("bin/busybox", read_file(kBusybox), 0755);
  std::istringstream applets(output_of({kBusybox, "--list"}));
  for (std::string applet; std::getline(applets, applet);) {
    if (applet != "busybox") {
      tree.add_link("bin/" + applet, "busybox");
    }
  }
}

void add_modules(FileTree& tree, const GuestContent& content, const fs::path& scratch) {
  const ModuleIndex index(content.kernel.modules);
  const std::string folder = std::format("lib/modules/{}/", content.kernel.release);

  // Modules of the kernel that ours need, then ours on top.
  std::vector<std::string> wanted;
  std::map<std::string, std::string> ours;
  for (const auto& file : content.driver_modules) {
    auto bytes = stripped(file, scratch);
    const auto version = module_info(bytes, "vermagic");
    if (!version.starts_with(content.kernel.release + " ")) {
      throw Error(
          std::format("{} was built for kernel \"{}\", the guest's is \"{}\"; build it "
                      "against that kernel's headers",
                      file.string(), version, content.kernel.release));
    }
    ours[module_name(file)] = std::move(bytes);
  }
  const auto needs_of = [](const std::string& bytes) {
    std::vector<std::string> needs;
    std::istringstream text(module_info(bytes, "depends"));
    for (std::string need; std::getline(text, need, ',');) {
      needs.push_back(module_name(need));
    }
    return needs;
  };
  for (const auto& [name, bytes] : ours) {
    for (const auto& need : needs_of(bytes)) {
      if (!ours.contains(need)) {
        wanted.push_back(need);
      }
    }
  }
  for (const auto& name : content.load) {
    if (!ours.contains(module_name(name))) {
      wanted.push_back(name);
    }
  }

  std::string dependencies;
  const auto plain = [](const std::string& path) { return path.substr(0, path.find(".ko") + 3); };
  for (const auto& path : index.closure(wanted)) {
    tree.add_file(folder + plain(path), read_module(content.kernel.modules / path));
    const auto all = index.closure({module_name(path)});
    dependencies += plain(path) + ":";
    for (auto need = all.rbegin(); need != all.rend(); ++need) {
      dependencies += *need == path ? "" : " " + plain(*need);
    }
    dependencies += "\n";
  }
  for (const auto& [name, bytes] : ours) {
    tree.add_file(std::format("{}updates/{}.ko", folder, name), bytes);
    dependencies += std::format("updates/{}.ko:", name);
    for (const auto& need : needs_of(bytes)) {
      if (ours.contains(need)) {
        dependencies += std::format(" updates/{}.ko", need);
      }
    }
    std::vector<std::string> outside;
    for (const auto& need : needs_of(bytes)) {
      if (!ours.contains(need)) {
        outside.push_back(need);
      }
    }
    const auto all = index.closure(outside);
    for (auto need = all.rbegin(); need != all.rend(); ++need) {
      dependencies += " " + plain(*need);
    }
    dependencies += "\n";
  }
  tree.add_file(folder + "modules.dep", dependencies);

  std::string load;
  for (const auto& name : content.load) {
    load += module_name(name) + "\n";
  }
  tree.add_file("etc/presil/modules", load);
}

}  // namespace

fs::path base_image(const Checkout& checkout, const GuestContent& content) {
  const fs::path folder = checkout.cache / "images";
  std::error_code error;
  fs::create_directories(folder, error);
  // Named by process, so that two runs that start together do not share it.
  const fs::path scratch = folder / std::format(".scratch-{}", getpid());

  FileTree tree;
  add_system(tree, checkout);
  add_modules(tree, content, scratch);
  for (const auto& program : content.programs) {
    tree.add_file("usr/bin/" + program.filename().string(), stripped(program, scratch), 0755);
  }
  fs::remove(scratch, error);

  const auto bytes = write_cpio(tree);
  Sha256 sum;
  sum.add(bytes);
  const fs::path image = folder / (sum.hex().substr(0, 32) + ".cpio");
  if (!fs::exists(image)) {
    const fs::path part = std::format("{}.{}", image.string(), getpid());
    write_file(part, bytes);
    fs::rename(part, image);
  }
  return image;
}

std::string command_script(const std::vector<std::string>& command) {
  if (command.size() == 1) {
    return command[0] + "\n";
  }
  return "exec " + shell_line(command) + "\n";
}

FileTree run_tree(const std::vector<std::string>& command, const std::vector<std::string>& files) {
  FileTree tree;
  if (!command.empty()) {
    tree.add_file("etc/presil/command", command_script(command));
  }
  for (const auto& argument : files) {
    const auto colon = argument.find(':');
    const fs::path source = argument.substr(0, colon);
    if (!fs::is_regular_file(source)) {
      throw Error(std::format("--add: no file {}", source.string()));
    }
    const bool program =
        (fs::status(source).permissions() & fs::perms::owner_exec) != fs::perms::none;
    std::string destination = colon == std::string::npos
                                  ? (program ? "usr/bin/" : "root/") + source.filename().string()
                                  : argument.substr(colon + 1);
    destination.erase(0, destination.find_first_not_of('/'));
    if (destination.empty() || destination.ends_with('/')) {
      throw Error(std::format("--add: \"{}\" names no file in the guest", argument));
    }
    tree.add_file(destination, read_file(source), program ? 0755 : 0644);
  }
  return tree;
}

void write_image(const fs::path& base, const FileTree& run, const fs::path& image) {
  write_file(image, read_file(base) + write_cpio(run));
}

}  // namespace presil::cli
