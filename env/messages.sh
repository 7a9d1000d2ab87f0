# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
#
# Sourced by the launcher's scripts: messages, and long steps that show their progress.

# Exit status of presil when it could not even begin, as env(1) and others have it.
readonly cannot_start=125

# say TEXT: one line for the person at the terminal; stdout stays the command's own.
say() { printf 'presil: %s\n' "$*" >&2; }

# die TEXT: says why nothing can go on, and ends.
die() {
  say "$*"
  exit "$cannot_start"
}

# clock SECONDS: as minutes and seconds.
clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# percent PART WHOLE: prints a number from 0 to 99; 100 is only for what is done.
percent() {
  local number
  (($2 > 0)) || return 0
  number=$((100 * $1 / $2))
  printf '%d' $((number < 100 ? number : 99))
}

no_percent() { :; }

# step TITLE PERCENT LOG COMMAND...: runs COMMAND with its output appended to LOG.
#
# On a terminal one line moves with the time and what the function PERCENT prints (a number, or
# nothing); in a pipe there is one line at its beginning. `succeeded` tells how it went; step itself
# never fails, so that `set -e` still holds within a COMMAND that is a function.
step() {
  local title=$1 percent=$2 log=$3 begin=$SECONDS shown
  shift 3
  [[ -t 2 ]] || say "$title ..."
  # A process group of its own, which an interruption can end whole.
  set -m
  "$@" >>"$log" 2>&1 </dev/null &
  step_job=$!
  set +m
  while [[ -t 2 ]] && kill -0 "$step_job" 2>/dev/null; do
    shown=$("$percent" 2>/dev/null) || shown=
    printf '\r\033[Kpresil: %s ...%s %s' "$title" "${shown:+ $shown %}" \
      "$(clock $((SECONDS - begin)))" >&2
    sleep 0.5
  done
  step_status=0
  wait "$step_job" || step_status=$?
  step_job=
  [[ ! -t 2 ]] || printf '\r\033[K' >&2
  if succeeded && [[ -t 2 ]]; then
    say "$title: $(clock $((SECONDS - begin)))"
  fi
}

succeeded() { ((step_status == 0)); }

# catch_interruptions: from now on Ctrl-C and the like end the current step before the script.
catch_interruptions() {
  step_job=
  trap 'interrupted 130' INT
  trap 'interrupted 143' TERM
  trap 'interrupted 129' HUP
}

interrupted() {
  trap '' INT TERM HUP
  [[ ! -t 2 ]] || printf '\n' >&2
  if [[ $step_job ]]; then
    kill -- "-$step_job" 2>/dev/null || :
    # Its leader is gone before those who have to clean up.
    for ((tries = 0; tries < 100; tries++)); do
      kill -0 -- "-$step_job" 2>/dev/null || break
      sleep 0.1
    done
  fi
  say "interrupted; call again to go on"
  exit "$1"
}
