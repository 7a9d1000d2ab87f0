# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
#
# Sourced by the launcher's scripts: which of the user's folders can be seen inside the environment.

# must_show FOLDER WHAT: ends with a message if the environment has a folder of its own there.
must_show() {
  case $1/ in
  /usr/* | /bin/* | /sbin/* | /lib*/* | /etc/* | /boot/* | /dev/* | /proc/* | /sys/*)
    die "the $2 cannot be $1: the environment has its own folder there; use another place"
    ;;
  esac
}
