// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "accelerator.hpp"

#include <algorithm>
#include <format>

#include "error.hpp"
#include <toml++/toml.hpp>

namespace presil::cli {
namespace {

namespace fs = std::filesystem;

std::string needed(const toml::table& table, const char* section, const char* key,
                   const fs::path& file) {
  const auto value =
      section ? table[section][key].value<std::string>() : table[key].value<std::string>();
  if (!value || value->empty()) {
    throw Error(std::format("{}: the key \"{}{}{}\" is missing", file.string(),
                            section ? section : "", section ? "." : "", key));
  }
  return *value;
}

std::vector<std::string> strings(const toml::node_view<const toml::node>& node) {
  std::vector<std::string> values;
  if (const auto* array = node.as_array()) {
    for (const auto& element : *array) {
      if (const auto value = element.value<std::string>()) {
        values.push_back(*value);
      }
    }
  }
  return values;
}

std::vector<fs::path> descriptions_below(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (fs::exists(entry.path() / "accelerator.toml")) {
      found.push_back(entry.path() / "accelerator.toml");
    }
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

Accelerator read_accelerator(const fs::path& description) {
  toml::table table;
  try {
    table = toml::parse(read_file(description), description.string());
  } catch (const toml::parse_error& error) {
    throw Error(std::format("{}:{}: {}", description.string(), error.source().begin.line,
                            error.description()));
  }
  const toml::table& view = table;
  Accelerator accelerator;
  accelerator.description = fs::absolute(description);
  accelerator.name = needed(view, nullptr, "name", description);
  accelerator.program = needed(view, "simulator", "program", description);
  accelerator.summary = view["summary"].value_or(std::string());
  accelerator.driver = view["guest"]["driver"].value_or(std::string());
  accelerator.modules = strings(view["guest"]["modules"]);
  accelerator.programs = strings(view["guest"]["programs"]);
  accelerator.demo_command = view["demo"]["command"].value_or(std::string());
  accelerator.demo_files = strings(view["demo"]["files"]);
  const auto results = view["demo"]["results"].value_or(std::string("text"));
  if (results != "text" && results != "pictures") {
    throw Error(std::format("{}: demo.results: \"{}\" is none of text, pictures",
                            description.string(), results));
  }
  accelerator.demo_has_pictures = results == "pictures";
  accelerator.bench_command = view["bench"]["command"].value_or(std::string());
  return accelerator;
}

std::vector<Accelerator> discover_accelerators(const fs::path& source) {
  std::vector<Accelerator> found;
  for (const auto* folder : {"hw", "testbench/accelerators"}) {
    for (const auto& description : descriptions_below(source / folder)) {
      found.push_back(read_accelerator(description));
    }
  }
  return found;
}

std::vector<Accelerator> select_accelerators(const Checkout& checkout,
                                             const std::vector<std::string>& names) {
  if (names.size() == 1 && names[0] == "none") {
    return {};
  }
  const auto known = discover_accelerators(checkout.source);
  if (names.empty()) {
    if (known.empty()) {
      throw Error(std::format("no accelerator.toml in a folder of {}/hw; name one by --accel",
                              checkout.source.string()));
    }
    return {known.front()};
  }
  std::vector<Accelerator> selected;
  for (const auto& name : names) {
    const auto match = std::ranges::find(known, name, &Accelerator::name);
    if (match != known.end()) {
      selected.push_back(*match);
    } else if (fs::is_regular_file(name)) {
      selected.push_back(read_accelerator(name));
    } else if (fs::is_regular_file(fs::path(name) / "accelerator.toml")) {
      selected.push_back(read_accelerator(fs::path(name) / "accelerator.toml"));
    } else {
      std::string list;
      for (const auto& accelerator : known) {
        list += std::format("{}{}", list.empty() ? "" : ", ", accelerator.name);
      }
      throw Error(
          std::format("no accelerator \"{}\"; known: {}; or give a folder with an "
                      "accelerator.toml, or \"none\" alone",
                      name, list.empty() ? "none" : list));
    }
  }
  return selected;
}

}  // namespace presil::cli
