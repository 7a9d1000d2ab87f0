// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "checkout.hpp"

#include <string.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <format>
#include <fstream>
#include <iterator>

#include "child.hpp"
#include "error.hpp"

namespace presil::cli {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

double number(const char* name) {
  const auto text = variable(name);
  return text.empty() ? 0.0 : std::strtod(text.c_str(), nullptr);
}

/// The source folder that a build folder was configured from.
std::filesystem::path configured_source(const std::filesystem::path& build) {
  std::ifstream cache(build / "CMakeCache.txt");
  const std::string key = "CMAKE_HOME_DIRECTORY:INTERNAL=";
  for (std::string line; std::getline(cache, line);) {
    if (line.starts_with(key)) {
      return line.substr(key.size());
    }
  }
  return {};
}

}  // namespace

Checkout Checkout::find() {
  Checkout checkout;
  checkout.build = variable("PRESIL_BUILD");
  if (checkout.build.empty()) {
    // <build>/bin/presil
    checkout.build = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path();
  }
  checkout.source = variable("PRESIL_CHECKOUT");
  if (checkout.source.empty()) {
    checkout.source = configured_source(checkout.build);
  }
  checkout.cache = variable("PRESIL_CACHE");
  if (checkout.cache.empty()) {
    checkout.cache = checkout.build / "cache";
  }
  if (!std::filesystem::exists(checkout.source / "CMakeLists.txt")) {
    throw Error(std::format("no checkout at \"{}\"; start presil by ./presil of a checkout",
                            checkout.source.string()));
  }
  if (!std::filesystem::exists(checkout.build / "build.ninja")) {
    throw Error(std::format("{} is not configured; run `cmake --preset dev` or ./presil",
                            checkout.build.string()));
  }
  checkout.environment_s = number("PRESIL_ENV_SECONDS");
  checkout.launched_s = number("PRESIL_STARTED");
  return checkout;
}

std::string environment_id(const Checkout& checkout) {
  static std::string id = variable("PRESIL_ENVIRONMENT");
  if (id.empty()) {
    id = output_of({(checkout.source / "env/identity").string(), "/"});
    id.erase(id.find_last_not_of('\n') + 1);
  }
  return id;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file && !file.eof()) {
    throw Error(std::format("cannot read {}: {}", path.string(), strerror(errno)));
  }
  return text;
}

void check_writable(const std::string& option, const std::filesystem::path& path) {
  const auto folder = std::filesystem::absolute(path).parent_path();
  const bool exists = std::filesystem::exists(path);
  const auto& needed = exists ? path : folder;
  if (std::filesystem::is_directory(path)) {
    throw Error(std::format("{} {}: a folder; name a file", option, path.string()));
  }
  if (access(needed.c_str(), W_OK) != 0) {
    throw Error(
        std::format("{} {}: {}: {}", option, path.string(), needed.string(), strerror(errno)));
  }
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) {
    throw Error(std::format("cannot write {}: {}", path.string(), strerror(errno)));
  }
}

}  // namespace presil::cli
