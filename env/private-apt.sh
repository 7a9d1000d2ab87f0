# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
#
# Sourced by the launcher's scripts: a private apt of the user's, which plans and fetches without
# touching the host's state. Whoever sources this has set env, suite and downloads, apt's folder.
# shellcheck disable=SC2154

write_apt_configuration() {
  mkdir -p "$downloads/lists/partial" "$downloads/archives/partial"
  : >"$downloads/status"
  "$env/sources" "$suite" >"$downloads/sources.list"
  cat >"$downloads/apt.conf" <<APT
Dir::State "$downloads";
Dir::State::lists "$downloads/lists";
Dir::State::status "$downloads/status";
Dir::Cache "$downloads";
Dir::Cache::archives "$downloads/archives";
Dir::Etc::sourcelist "$downloads/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::Retries "3";
APT
  # How the host reaches a mirror (proxies, certificates) holds inside mmdebstrap too.
  apt-config dump --no-empty --format '%f "%v";%n' Acquire >"$downloads/acquire.conf"
}

private_apt() { APT_CONFIG=$downloads/apt.conf apt-get --quiet --yes "$@"; }
