// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "run_folder.hpp"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <vector>

#include "error.hpp"
#include <nlohmann/json.hpp>

namespace presil::cli {
namespace {

namespace fs = std::filesystem;

std::string timestamp() {
  const time_t now = time(nullptr);
  tm parts{};
  gmtime_r(&now, &parts);
  return std::format("{:04}{:02}{:02}-{:02}{:02}{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

fs::path make_numbered(const fs::path& runs, const std::string& name) {
  std::error_code error;
  fs::create_directories(runs, error);
  const auto stem = std::format("{}-{}", timestamp(), name);
  for (int number = 1; !error; ++number) {
    const auto path = runs / std::format("{}-{}", stem, number);
    if (fs::create_directory(path, error)) {
      return path;
    }
  }
  throw Error(std::format("cannot make a folder in {}: {}; give one by --out", runs.string(),
                          error.message()));
}

fs::path make_given(const fs::path& out) {
  const auto path = fs::absolute(out);
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    throw Error(std::format("cannot make --out {}: {}", path.string(), error.message()));
  }
  if (!fs::is_empty(path)) {
    throw Error(std::format("--out {} is not empty; name a new folder", path.string()));
  }
  return path;
}

bool ended_well(const fs::path& run) {
  std::ifstream file(run / "summary.json");
  const auto summary = nlohmann::json::parse(file, nullptr, false);
  return summary.is_object() && summary.value("result", "") == "passed";
}

}  // namespace

RunFolder::RunFolder(const Checkout& checkout, const std::string& name, const fs::path& out) {
  path_ = out.empty() ? make_numbered(checkout.source / "runs", name) : make_given(out);
  std::string pattern = (fs::temp_directory_path() / "presil-XXXXXX").string();
  if (!mkdtemp(pattern.data())) {
    std::error_code error;
    fs::remove(path_, error);
    throw Error(std::format("cannot make {}: {}", pattern, strerror(errno)));
  }
  sockets_ = pattern;
}

RunFolder::~RunFolder() {
  std::error_code error;
  fs::remove_all(sockets_, error);
  if (!kept_) {
    fs::remove_all(path_, error);
  }
}

void prune_runs(const fs::path& runs, std::size_t leave) {
  std::vector<fs::path> old;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(runs, error)) {
    if (!fs::exists(entry.path() / "kept") && ended_well(entry.path())) {
      old.push_back(entry.path());
    }
  }
  std::ranges::sort(old);  // Names begin with the time.
  for (std::size_t i = 0; i + leave < old.size(); ++i) {
    fs::remove_all(old[i], error);
  }
}

}  // namespace presil::cli
