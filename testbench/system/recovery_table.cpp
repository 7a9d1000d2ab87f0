// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "recovery_table.hpp"

#include <format>
#include <map>
#include <sstream>

namespace presil::system {
namespace {

/// Names of the document.
const std::map<std::string, std::string>& titles() {
  static const std::map<std::string, std::string> names = {
      {"hang", "hung engine"},
      {"mmu", "MMU fault"},
      {"illegal", "illegal command"},
      {"parity", "parity"},
      {"bus", "bus error"},
      {"interrupt", "lost interrupt"},
      {"nonfatal", "AER non-fatal"},
      {"fatal", "AER fatal"},
      {"reset", "function reset"},
      {"unplug", "surprise unplug"},
      {"death", "dead device"},
      {"idle", "idle"},
      {"one", "one job"},
      {"all", "all queues"},
  };
  return names;
}

std::string title(const std::string& name) {
  const auto found = titles().find(name);
  return found == titles().end() ? name : found->second;
}

/// "ok,ENODEV" as it stands in a table.
std::string cell(const std::string& ways) {
  std::string text;
  for (const char c : ways) {
    text += c == ',' ? std::string(", ") : std::string(1, c);
  }
  return text;
}

}  // namespace

const std::vector<RecoveryRow>& recovery_table() {
  // load, fault, busy; jobs of the guilty, its sisters, the innocent; queue, others; old, new,
  // again
  static const std::vector<RecoveryRow> table = {
      {"idle", "hang", "1", "ETIME", "-", "-", "lost,ETIME,BUDGET", "kept", "ECANCELED", "ok",
       "ok"},
      {"one", "hang", "2", "ETIME", "-", "ok", "lost,ETIME,BUDGET", "kept", "ECANCELED", "ok",
       "ok"},
      {"all", "hang", "16", "ok,ETIME,ECANCELED", "ok", "ok", "lost,ETIME,BUDGET", "kept",
       "ECANCELED", "ok", "ok"},

      {"idle", "mmu", "1", "EIO", "-", "-", "lost,EIO,TRANSLATION", "kept", "ECANCELED", "ok",
       "ok"},
      {"one", "mmu", "2", "EIO", "-", "ok", "lost,EIO,TRANSLATION", "kept", "ECANCELED", "ok",
       "ok"},
      {"all", "mmu", "16", "ok,EIO,ECANCELED", "ok", "ok", "lost,EIO,TRANSLATION", "kept",
       "ECANCELED", "ok", "ok"},

      {"idle", "illegal", "1", "EIO", "-", "-", "lost,EIO,ILLEGAL_OPCODE", "kept", "ECANCELED",
       "ok", "ok"},
      {"one", "illegal", "2", "EIO", "-", "ok", "lost,EIO,ILLEGAL_OPCODE", "kept", "ECANCELED",
       "ok", "ok"},
      {"all", "illegal", "16", "ok,EIO,ECANCELED", "ok", "ok", "lost,EIO,ILLEGAL_OPCODE", "kept",
       "ECANCELED", "ok", "ok"},

      {"idle", "parity", "1", "EIO", "-", "-", "lost,EIO,PARITY", "kept", "ECANCELED", "ok", "ok"},
      {"one", "parity", "2", "EIO", "-", "ok", "lost,EIO,PARITY", "kept", "ECANCELED", "ok", "ok"},
      {"all", "parity", "16", "ok,EIO,ECANCELED", "ok", "ok", "lost,EIO,PARITY", "kept",
       "ECANCELED", "ok", "ok"},

      {"idle", "bus", "0", "EIO", "-", "-", "lost,EIO,BUS", "kept", "ECANCELED", "ok", "ok"},
      {"one", "bus", "2", "EIO", "-", "ok", "lost,EIO,BUS", "kept", "ECANCELED", "ok", "ok"},
      {"all", "bus", "16", "ok,EIO,ECANCELED", "ok", "ok", "lost,EIO,BUS", "kept", "ECANCELED",
       "ok", "ok"},

      {"idle", "interrupt", "0", "ok", "-", "-", "kept", "kept", "ok", "ok", "ok"},
      {"one", "interrupt", "2", "ok", "-", "ok", "kept", "kept", "ok", "ok", "ok"},
      {"all", "interrupt", "16", "ok", "ok", "ok", "kept", "kept", "ok", "ok", "ok"},

      {"idle", "nonfatal", "0", "-", "-", "-", "kept", "kept", "ok", "ok", "ok"},
      {"one", "nonfatal", "2", "ENODEV", "-", "ENODEV", "kept", "kept", "ok", "ok", "ok"},
      {"all", "nonfatal", "16", "ok,ENODEV", "ENODEV,ok", "ENODEV,ok", "kept", "kept", "ok", "ok",
       "ok"},

      {"idle", "fatal", "0", "-", "-", "-", "kept", "kept", "ok", "ok", "ok"},
      {"one", "fatal", "2", "ENODEV", "-", "ENODEV", "kept", "kept", "ok", "ok", "ok"},
      {"all", "fatal", "16", "ok,ENODEV", "ENODEV,ok", "ENODEV,ok", "kept", "kept", "ok", "ok",
       "ok"},

      {"idle", "reset", "0", "-", "-", "-", "kept", "kept", "ok", "ok", "ok"},
      {"one", "reset", "2", "ok", "-", "ok", "kept", "kept", "ok", "ok", "ok"},
      {"all", "reset", "16", "ok", "ok", "ok", "kept", "kept", "ok", "ok", "ok"},

      {"idle", "unplug", "0", "-", "-", "-", "ENODEV", "ENODEV", "ENODEV", "ENODEV", "ENODEV"},
      {"one", "unplug", "2", "ENODEV", "-", "ENODEV", "ENODEV", "ENODEV", "ENODEV", "ENODEV",
       "ENODEV"},
      {"all", "unplug", "16", "ok,ENODEV", "ENODEV,ok", "ENODEV,ok", "ENODEV", "ENODEV", "ENODEV",
       "ENODEV", "ENODEV"},

      {"idle", "death", "0", "-", "-", "-", "kept", "kept", "ENODEV", "ENODEV", "ENODEV"},
      {"one", "death", "2", "ENODEV", "-", "ENODEV", "kept", "kept", "ENODEV", "ENODEV", "ENODEV"},
      {"all", "death", "16", "ok,ENODEV", "ENODEV,ok", "ENODEV,ok", "kept", "kept", "ENODEV",
       "ENODEV", "ENODEV"},
  };
  return table;
}

RecoveryRow read_recovery_row(const std::string& text) {
  std::istringstream words(text);
  std::map<std::string, std::string> facts;
  RecoveryRow row;
  std::string word;
  words >> word;
  const auto slash = word.find('/');
  if (slash == std::string::npos) {
    return row;
  }
  while (words >> std::ws && !words.eof()) {
    std::string key, value;
    std::getline(words, key, '=');
    words >> value;
    facts[key] = value;
  }
  row = {word.substr(0, slash), word.substr(slash + 1), facts["busy"],  facts["guilty"],
         facts["sisters"],      facts["innocent"],      facts["queue"], facts["others"],
         facts["old"],          facts["new"],           facts["again"]};
  return row;
}

std::string show(const RecoveryRow& row) {
  return std::format(
      "{}/{} busy={} guilty={} sisters={} innocent={} queue={} others={} old={} new={} again={}",
      row.load, row.fault, row.busy, row.guilty, row.sisters, row.innocent, row.queue, row.others,
      row.old, row.renewed, row.again);
}

std::string recovery_markdown(const std::vector<RecoveryRow>& rows) {
  std::string text =
      "| fault | load | jobs: guilty | its other queues | innocent | guilty queue | other queues "
      "| next job: same queue | new queue | innocent |\n"
      "|---|---|---|---|---|---|---|---|---|---|\n";
  for (const auto& row : rows) {
    text += std::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", title(row.fault),
                        title(row.load), cell(row.guilty), cell(row.sisters), cell(row.innocent),
                        cell(row.queue), cell(row.others), cell(row.old), cell(row.renewed),
                        cell(row.again));
  }
  return text;
}

}  // namespace presil::system
