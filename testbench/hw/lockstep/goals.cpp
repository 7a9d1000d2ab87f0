// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "goals.hpp"

#include <kestrel_regs.h>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <utility>

namespace presil::testbench {
namespace {

constexpr const char* kOpNames[] = {"unread record",
                                    "ring NOP",
                                    "ring CALL",
                                    "ring FENCE",
                                    "ring WAIT",
                                    "ring TIMESTAMP",
                                    "unknown record",
                                    "unread command",
                                    "NOP",
                                    "LOAD",
                                    "STORE",
                                    "ACCUMULATE",
                                    "OUTPUT",
                                    "SYNC",
                                    "BARRIER",
                                    "CALL in a buffer",
                                    "FENCE in a buffer",
                                    "WAIT in a buffer",
                                    "TIMESTAMP in a buffer",
                                    "unknown command"};
constexpr const char* kOutcomeNames[] = {
    "complete",      "ILLEGAL_OPCODE", "ILLEGAL_FIELD", "PRIVILEGED",   "FETCH_ERROR",
    "READ_ERROR",    "WRITE_ERROR",    "RING_CONFIG",   "RING_OVERRUN", "OPERAND_RANGE",
    "PARITY",        "BUDGET",         "SPACE_OFF",     "NOT_PRESENT",  "PERMISSION",
    "NON_CANONICAL", "TABLE_BUS",      "TABLE_FORMAT"};
constexpr const char* kStateNames[] = {"kernel mode", "user mode", "resumed",      "unparked",
                                       "retried",     "aborted",   "after a reset"};
constexpr const char* kStallNames[] = {"no back-pressure", "back-pressure"};

static_assert(std::size(kOpNames) == static_cast<std::size_t>(Op::kCount));
static_assert(std::size(kOutcomeNames) == static_cast<std::size_t>(Outcome::kCount));
static_assert(std::size(kStateNames) == static_cast<std::size_t>(State::kCount));

bool is_one_of(Op op, std::initializer_list<Op> ops) {
  return std::ranges::find(ops, op) != ops.end();
}
bool is_one_of(Outcome outcome, std::initializer_list<Outcome> outcomes) {
  return std::ranges::find(outcomes, outcome) != outcomes.end();
}

bool is_unread(Op op) {
  return op == Op::kRingUnread || op == Op::kUnread;
}
/// FENCE, WAIT and TIMESTAMP of a ring, which use an address in space 0.
bool is_control(Op op) {
  return is_one_of(op, {Op::kRingFence, Op::kRingWait, Op::kRingTimestamp});
}
bool is_privileged_in_buffer(Op op) {
  return is_one_of(op, {Op::kCall, Op::kFence, Op::kWait, Op::kTimestamp});
}
bool is_transfer(Op op) {
  return op == Op::kLoad || op == Op::kStore;
}
/// Records after which the status page is written, or that are the last of something else on the
/// bus.
bool is_known_record(Op op) {
  return is_control(op) || op == Op::kRingNop || op == Op::kRingCall;
}
bool uses_scratchpad(Op op) {
  return is_transfer(op) || op == Op::kAccumulate || op == Op::kOutput;
}

struct Rule {
  const char* reason;
  bool (*forbids)(Op op, Outcome outcome, State state);
};

// What a cell would need that cannot be, one rule for one reason.
constexpr Rule kRules[] = {
    {"what was not read ends by what kept it from being read",
     [](Op op, Outcome outcome, State) {
       return is_unread(op) && outcome != Outcome::kFetchError && !is_translation(outcome) &&
              !(op == Op::kRingUnread &&
                is_one_of(outcome,
                          {Outcome::kRingConfig, Outcome::kRingOverrun, Outcome::kBudget}));
     }},
    {"what was read has been fetched, from a ring that is sound",
     [](Op op, Outcome outcome, State) {
       return !is_unread(op) && is_one_of(outcome, {Outcome::kFetchError, Outcome::kRingConfig,
                                                    Outcome::kRingOverrun});
     }},
    {"an opcode is illegal or it is not, and then nothing else happens",
     [](Op op, Outcome outcome, State) {
       const bool is_unknown = op == Op::kRingUnknown || op == Op::kUnknown;
       return is_unknown != (outcome == Outcome::kIllegalOpcode);
     }},
    {"a privileged opcode in a buffer is refused",
     [](Op op, Outcome outcome, State) {
       return is_privileged_in_buffer(op) && outcome != Outcome::kPrivileged;
     }},
    {"only those and control records are privileged",
     [](Op op, Outcome outcome, State) {
       return outcome == Outcome::kPrivileged && !is_privileged_in_buffer(op) && !is_control(op);
     }},
    {"control records are privileged in user mode",
     [](Op op, Outcome outcome, State state) {
       return is_control(op) && outcome != Outcome::kPrivileged && state == State::kUser;
     }},
    {"control records are not privileged in kernel mode, where alone queues park",
     [](Op op, Outcome outcome, State state) {
       return is_control(op) && outcome == Outcome::kPrivileged &&
              (state == State::kKernel || state == State::kUnparked);
     }},
    {"only LOAD and WAIT read data",
     [](Op op, Outcome outcome, State) {
       return outcome == Outcome::kReadError && op != Op::kLoad && op != Op::kRingWait;
     }},
    {"only STORE, FENCE, TIMESTAMP and the status page write",
     [](Op op, Outcome outcome, State) {
       return outcome == Outcome::kWriteError && op != Op::kStore && !is_known_record(op);
     }},
    {"only transfers and records have addresses to translate",
     [](Op op, Outcome outcome, State) {
       return is_translation(outcome) && !is_unread(op) && !is_transfer(op) && !is_known_record(op);
     }},
    {"in a space that is off nothing is read that could use it",
     [](Op op, Outcome outcome, State) { return outcome == Outcome::kSpaceOff && !is_unread(op); }},
    {"in user mode the record lies in the space that is off",
     [](Op op, Outcome outcome, State state) {
       return op == Op::kUnread && outcome == Outcome::kSpaceOff && state == State::kUser;
     }},
    {"only some use the memories on chip",
     [](Op op, Outcome outcome, State) {
       return outcome == Outcome::kOperandRange && !uses_scratchpad(op);
     }},
    {"only some read the memories on chip",
     [](Op op, Outcome outcome, State) {
       return outcome == Outcome::kParity && (!uses_scratchpad(op) || op == Op::kLoad);
     }},
    {"the budget is that of a record, not of a command, and one is there to be executed",
     [](Op op, Outcome outcome, State) {
       return outcome == Outcome::kBudget && op != Op::kRingUnread && !is_known_record(op);
     }},
    {"what is aborted ends with its fault, and only a CALL's are stalled",
     [](Op op, Outcome outcome, State state) {
       return state == State::kAborted && (!is_translation(outcome) || is_in_ring(op));
     }},
    {"where faults stall, a CALL's never end it but by ABORT",
     [](Op op, Outcome outcome, State state) {
       return state == State::kRetried && is_translation(outcome) && !is_in_ring(op);
     }},
};

template <typename Enum>
std::vector<Enum> values() {
  std::vector<Enum> all;
  for (std::uint8_t i = 0; i < static_cast<std::uint8_t>(Enum::kCount); ++i)
    all.push_back(static_cast<Enum>(i));
  return all;
}

std::string name(Op op) {
  return kOpNames[static_cast<std::size_t>(op)];
}
std::string name(Outcome outcome) {
  return kOutcomeNames[static_cast<std::size_t>(outcome)];
}
std::string name(State state) {
  return kStateNames[static_cast<std::size_t>(state)];
}
std::string name(Stall stall) {
  return kStallNames[static_cast<std::size_t>(stall)];
}

}  // namespace

std::string name(const Cell& cell) {
  return name(cell.op) + ", " + name(cell.outcome) + ", " + name(cell.state);
}

bool is_in_ring(Op op) {
  return op <= Op::kRingUnknown;
}

bool is_translation(Outcome outcome) {
  return outcome >= Outcome::kSpaceOff;
}

Op ring_op(std::uint32_t opcode) {
  return opcode <= KESTREL_OPCODE_TIMESTAMP
             ? static_cast<Op>(static_cast<std::uint32_t>(Op::kRingNop) + opcode)
             : Op::kRingUnknown;
}

Op command_op(std::uint32_t opcode) {
  if (opcode == KESTREL_OPCODE_NOP)
    return Op::kNop;
  if (opcode <= KESTREL_OPCODE_TIMESTAMP)
    return static_cast<Op>(static_cast<std::uint32_t>(Op::kCall) + opcode - KESTREL_OPCODE_CALL);
  if (opcode >= KESTREL_OPCODE_LOAD && opcode <= KESTREL_OPCODE_BARRIER)
    return static_cast<Op>(static_cast<std::uint32_t>(Op::kLoad) + opcode - KESTREL_OPCODE_LOAD);
  return Op::kUnknown;
}

Outcome outcome_of(std::uint32_t cause, std::uint32_t fault) {
  switch (cause) {
    case KESTREL_ERROR_CAUSE_TRANSLATION:
      return static_cast<Outcome>(static_cast<std::uint32_t>(Outcome::kSpaceOff) + fault -
                                  KESTREL_FAULT_SPACE_OFF);
    case KESTREL_ERROR_CAUSE_PARITY:
      return Outcome::kParity;
    case KESTREL_ERROR_CAUSE_BUDGET:
      return Outcome::kBudget;
    default:
      return static_cast<Outcome>(cause);
  }
}

std::uint32_t fault_of(Outcome outcome) {
  return static_cast<std::uint32_t>(outcome) - static_cast<std::uint32_t>(Outcome::kSpaceOff) +
         KESTREL_FAULT_SPACE_OFF;
}

const char* impossible(const Cell& cell) {
  for (const Rule& rule : kRules) {
    if (rule.forbids(cell.op, cell.outcome, cell.state))
      return rule.reason;
  }
  return nullptr;
}

std::vector<Cell> possible_cells() {
  std::vector<Cell> left;
  for (const Op op : values<Op>()) {
    for (const Outcome outcome : values<Outcome>()) {
      for (const State state : values<State>()) {
        if (const Cell cell{op, outcome, state}; impossible(cell) == nullptr)
          left.push_back(cell);
      }
    }
  }
  std::vector<Cell> all;
  std::set<std::pair<Op, Outcome>> op_outcomes;
  std::set<std::pair<Outcome, State>> outcome_states;
  while (!left.empty()) {
    const auto next = std::ranges::max_element(left, {}, [&](const Cell& cell) {
      return int{!op_outcomes.contains({cell.op, cell.outcome})} +
             int{!outcome_states.contains({cell.outcome, cell.state})};
    });
    op_outcomes.insert({next->op, next->outcome});
    outcome_states.insert({next->outcome, next->state});
    all.push_back(*next);
    left.erase(next);
  }
  return all;
}

std::size_t Goals::index(const Cell& cell, Stall stall) {
  std::size_t at = static_cast<std::size_t>(cell.op);
  at = at * kOutcomes + static_cast<std::size_t>(cell.outcome);
  at = at * kStates + static_cast<std::size_t>(cell.state);
  return at * kStalls + static_cast<std::size_t>(stall);
}

std::vector<std::string> Goals::missing() const {
  std::vector<std::string> names;
  for (const Cell& cell : possible_cells()) {
    for (const Stall stall : values<Stall>()) {
      if (counts_[index(cell, stall)] == 0)
        names.push_back(name(cell) + ", " + name(stall));
    }
  }
  return names;
}

std::vector<std::string> Goals::missing_pairs() const {
  std::set<std::string> wanted, met;
  for (const Cell& cell : possible_cells()) {
    for (const Stall stall : values<Stall>()) {
      const std::string pairs[] = {
          name(cell.op) + ", " + name(cell.outcome), name(cell.outcome) + ", " + name(cell.state),
          name(cell.op) + ", " + name(stall), name(cell.outcome) + ", " + name(stall)};
      for (const std::string& pair : pairs) {
        wanted.insert(pair);
        if (counts_[index(cell, stall)] != 0)
          met.insert(pair);
      }
    }
  }
  std::vector<std::string> names;
  std::ranges::set_difference(wanted, met, std::back_inserter(names));
  return names;
}

std::vector<std::string> Goals::surprising() const {
  std::vector<std::string> names;
  for (const Op op : values<Op>()) {
    for (const Outcome outcome : values<Outcome>()) {
      for (const State state : values<State>()) {
        const Cell cell{op, outcome, state};
        const char* reason = impossible(cell);
        for (const Stall stall : values<Stall>()) {
          if (reason != nullptr && counts_[index(cell, stall)] != 0)
            names.push_back(name(cell) + ", although " + reason);
        }
      }
    }
  }
  return names;
}

std::vector<std::string> Goals::listing() const {
  std::vector<std::string> lines;
  for (const Cell& cell : possible_cells()) {
    for (const Stall stall : values<Stall>())
      lines.push_back(std::to_string(met(cell, stall)) + "\t" + name(cell) + ", " + name(stall));
  }
  return lines;
}

std::size_t Goals::size() {
  return possible_cells().size() * kStalls;
}

}  // namespace presil::testbench
