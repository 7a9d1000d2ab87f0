// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/session.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace kestrel::nn {

Result<Session> Session::create(const Program& program, Machine& machine) {
  Session session(program, machine);
  std::span<std::byte> arena, constants, commands;
  const std::pair<const Region*, std::span<std::byte>*> all[] = {
      {&program.constants, &constants},
      {&program.commands, &commands},
      {&program.inputs, &session.inputs_},
      {&program.outputs, &session.outputs_},
      {&program.arena, &arena}};
  for (const auto& [region, memory] : all) {
    if (region->size_bytes == 0)
      continue;
    auto mapped = machine.map(*region);
    if (!mapped)
      return std::unexpected(mapped.error());
    if (mapped->size() < region->size_bytes)
      return std::unexpected(Error{std::format("{} bytes of memory for a region of {}",
                                               mapped->size(), region->size_bytes)});
    *memory = *mapped;
  }
  std::ranges::copy(program.constant_bytes, constants.begin());
  std::ranges::copy(program.command_bytes, commands.begin());
  return session;
}

Result<void> Session::write_inputs(std::span<const Values> inputs) {
  const auto& ports = program_->input_ports;
  if (inputs.size() != ports.size())
    return std::unexpected(Error{
        std::format("{} inputs were given, but the model has {}", inputs.size(), ports.size())});
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const InputPort& port = ports[i];
    const auto* reals = std::get_if<std::vector<float>>(&inputs[i]);
    const auto* bytes = std::get_if<std::vector<std::uint8_t>>(&inputs[i]);
    if ((reals != nullptr) != port.is_real)
      return std::unexpected(Error{std::format("input '{}' takes {}, not {}", port.name,
                                               port.is_real ? "real numbers" : "bytes",
                                               port.is_real ? "bytes" : "real numbers")});
    const std::size_t count = reals != nullptr ? reals->size() : bytes->size();
    if (static_cast<std::int64_t>(count) != element_count(port.shape))
      return std::unexpected(
          Error{std::format("input '{}' has {} elements, not the {} of {}", port.name, count,
                            element_count(port.shape), to_string(port.shape))});
    const auto memory = inputs_.subspan(port.address - program_->inputs.address);
    scatter(reals != nullptr ? quantise(*reals, port.quantisation) : *bytes, port.view, memory);
  }
  return {};
}

Result<void> Session::execute() {
  return machine_->run(command_buffers(*program_));
}

Result<void> Session::execute_growing() {
  return machine_->run(growing_buffers(*program_));
}

std::vector<Values> Session::read_outputs() const {
  std::vector<Values> results;
  for (const OutputPort& port : program_->output_ports) {
    const auto memory = outputs_.subspan(port.address - program_->outputs.address);
    results.push_back(take_steps(gather(port.view, memory), port.steps));
  }
  return results;
}

Result<std::vector<Values>> Session::run(std::span<const Values> inputs) {
  if (auto written = write_inputs(inputs); !written)
    return std::unexpected(written.error());
  if (auto executed = execute(); !executed)
    return std::unexpected(executed.error());
  return read_outputs();
}

}  // namespace kestrel::nn
