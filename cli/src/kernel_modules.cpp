// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "kernel_modules.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <format>
#include <fstream>
#include <memory>
#include <sstream>

#include "checkout.hpp"
#include "error.hpp"

namespace presil::cli {

namespace fs = std::filesystem;

std::string module_name(const fs::path& file) {
  std::string name = file.filename().string();
  name = name.substr(0, name.find(".ko"));
  std::ranges::replace(name, '-', '_');
  return name;
}

std::string module_info(std::string_view module_bytes, std::string_view key) {
  const std::string wanted = std::string(1, '\0') + std::string(key) + "=";
  const auto at = module_bytes.find(wanted);
  if (at == std::string_view::npos) {
    return {};
  }
  const auto start = at + wanted.size();
  return std::string(module_bytes.substr(start, module_bytes.find('\0', start) - start));
}

std::string read_module(const fs::path& file) {
  if (file.extension() == ".ko") {
    return read_file(file);
  }
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_filter_all(reader.get());
  archive_read_support_format_raw(reader.get());
  archive_entry* entry = nullptr;
  std::string bytes;
  std::array<char, 1 << 16> buffer;
  la_ssize_t got = -1;
  if (archive_read_open_filename(reader.get(), file.c_str(), buffer.size()) == ARCHIVE_OK &&
      archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK &&
      archive_filter_code(reader.get(), 0) != ARCHIVE_FILTER_NONE) {
    while ((got = archive_read_data(reader.get(), buffer.data(), buffer.size())) > 0) {
      bytes.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
  if (got < 0) {
    throw Error(std::format("cannot uncompress the module {}: {}", file.string(),
                            archive_errno(reader.get()) != 0 ? archive_error_string(reader.get())
                                                             : "it is not compressed"));
  }
  return bytes;
}

ModuleIndex::ModuleIndex(const fs::path& folder) : folder_(folder) {
  if (!fs::exists(folder / "modules.dep")) {
    throw Error(
        std::format("no modules.dep in {}; give --modules the folder that `make "
                    "modules_install` made for this kernel",
                    folder.string()));
  }
  std::ifstream dependencies(folder / "modules.dep");
  for (std::string line; std::getline(dependencies, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) {
      continue;
    }
    const std::string path = line.substr(0, colon);
    path_of_[module_name(path)] = path;
    std::istringstream rest(line.substr(colon + 1));
    for (std::string need; rest >> need;) {
      needs_[path].push_back(need);
    }
  }
  std::ifstream built_in(folder / "modules.builtin");
  for (std::string line; std::getline(built_in, line);) {
    built_in_[module_name(line)] = true;
  }
}

void ModuleIndex::visit(const std::string& path, std::vector<std::string>& ordered) const {
  if (std::ranges::find(ordered, path) != ordered.end()) {
    return;
  }
  if (const auto needs = needs_.find(path); needs != needs_.end()) {
    // depmod lists what must be loaded last first.
    for (auto need = needs->second.rbegin(); need != needs->second.rend(); ++need) {
      visit(*need, ordered);
    }
  }
  ordered.push_back(path);
}

std::vector<std::string> ModuleIndex::closure(const std::vector<std::string>& names) const {
  std::vector<std::string> ordered;
  for (const auto& name : names) {
    const auto found = path_of_.find(module_name(name));
    if (found != path_of_.end()) {
      visit(found->second, ordered);
    } else if (!built_in_.contains(module_name(name))) {
      throw Error(std::format("the kernel of {} has no module \"{}\"", folder_.string(), name));
    }
  }
  return ordered;
}

}  // namespace presil::cli
