// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "fdinfo.hpp"

#include <dirent.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <memory>
#include <utility>

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == text.npos)
    return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// "12 KiB" or "12": bytes; "12 ns": nanoseconds. What is no number is 0.
std::uint64_t quantity(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{})
    return 0;
  const std::string_view unit =
      trimmed(std::string_view(end, static_cast<std::size_t>(text.data() + text.size() - end)));
  if (unit == "KiB")
    return value << 10;
  if (unit == "MiB")
    return value << 20;
  return value;
}

// C's functions: those of C++ would double the size of a static program.

/// Empty if it cannot be read.
std::string read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"),
                                                             std::fclose);
  std::string text;
  std::array<char, 4096> part;
  while (file) {
    const std::size_t bytes = std::fread(part.data(), 1, part.size(), file.get());
    if (bytes == 0)
      break;
    text.append(part.data(), bytes);
  }
  return text;
}

/// Names in a folder that are numbers, in their order. None if it cannot be read.
std::vector<std::uint64_t> numbers_in(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(path.c_str()), closedir);
  std::vector<std::uint64_t> numbers;
  while (folder) {
    const dirent* const entry = readdir(folder.get());
    if (entry == nullptr)
      break;
    const std::string_view name = entry->d_name;
    std::uint64_t number = 0;
    const auto [rest, wrong] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (wrong == std::errc{} && rest == name.data() + name.size())
      numbers.push_back(number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

bool is_same(const DrmClient& one, const DrmClient& other) {
  return one.device == other.device && one.id == other.id;
}

}  // namespace

std::optional<DrmClient> parse_fdinfo(std::string_view text, std::string_view driver) {
  DrmClient client;
  bool is_of_driver = false;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t colon = line.find(':');
    if (colon == line.npos)
      continue;
    const std::string_view key = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
    if (key == "drm-driver") {
      is_of_driver = value == driver;
    } else if (key == "drm-client-id") {
      client.id = quantity(value);
    } else if (key == "drm-pdev") {
      client.device = value;
    } else if (key.starts_with("drm-engine-") && !key.starts_with("drm-engine-capacity-")) {
      client.busy_ns += quantity(value);
    } else if (key.starts_with("drm-total-") && !key.starts_with("drm-total-cycles-")) {
      client.memory_bytes += quantity(value);
    }
  }
  return is_of_driver ? std::optional(client) : std::nullopt;
}

std::vector<DrmClient> find_clients(const std::string& proc, std::string_view driver) {
  std::vector<DrmClient> clients;
  for (const std::uint64_t pid : numbers_in(proc)) {
    const std::string process = proc + "/" + std::to_string(pid);
    for (const std::uint64_t fd : numbers_in(process + "/fdinfo")) {
      auto client = parse_fdinfo(read_file(process + "/fdinfo/" + std::to_string(fd)), driver);
      // A file that was passed on, or duplicated, is still one client.
      if (!client || std::ranges::any_of(clients, [&](const DrmClient& known) {
            return is_same(known, *client);
          })) {
        continue;
      }
      client->pid = pid;
      client->command = read_file(process + "/comm");
      client->command = client->command.substr(0, client->command.find('\n'));
      clients.push_back(std::move(*client));
    }
  }
  std::ranges::sort(clients, [](const DrmClient& one, const DrmClient& other) {
    return std::pair(one.device, one.id) < std::pair(other.device, other.id);
  });
  return clients;
}
