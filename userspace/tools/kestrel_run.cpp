// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-run: runs a quantised ONNX model on a kestrel accelerator.

#include <cstdio>
#include <exception>
#include <filesystem>
#include <format>
#include <new>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <kestrel/kestrel.hpp>

#include "array.hpp"
#include "command_line.hpp"
#include "data.hpp"
#include "device_machine.hpp"
#include "examples.hpp"
#include "idx.hpp"
#include "nn/cache.hpp"
#include "nn/sha256.hpp"
#include "npy.hpp"
#include "one_line.hpp"
#include "outputs.hpp"
#include "picture_file.hpp"
#include "profile.hpp"
#include "report.hpp"
#include "run_options.hpp"

namespace {

using namespace kestrel::run;
namespace nn = kestrel::nn;

/// The facts of a device that matter here.
struct DeviceFacts {
  nn::Device device;  ///< for the compiler
  ArraySize array;
  std::string text;
};

Outcome<DeviceFacts> facts_of(const kestrel::Device& device) {
  std::uint64_t clock_mhz = 0, rows = 0, columns = 0, scratchpad = 0, accumulators = 0;
  for (const auto& [property, value] : {std::pair{KESTREL_CLOCK_MHZ, &clock_mhz},
                                        {KESTREL_ARRAY_ROWS, &rows},
                                        {KESTREL_ARRAY_COLUMNS, &columns},
                                        {KESTREL_SCRATCHPAD_BYTES, &scratchpad},
                                        {KESTREL_ACCUMULATOR_ROWS, &accumulators}}) {
    const auto answer = device.get(property);
    if (!answer)
      return std::unexpected(answer.error().text);
    *value = *answer;
  }
  DeviceFacts facts;
  facts.device.scratchpad_bytes = static_cast<std::int64_t>(scratchpad);
  facts.device.accumulator_rows = static_cast<std::int64_t>(accumulators);
  facts.device.array_rows = static_cast<std::int64_t>(rows);
  facts.device.array_columns = static_cast<std::int64_t>(columns);
  facts.array = {.clock_mhz = clock_mhz, .cells = rows * columns};
  facts.text = std::format("kestrel, {} MHz, {} x {} array, {} KiB scratchpad", clock_mhz, rows,
                           columns, scratchpad >> 10);
  return facts;
}

Outcome<nn::Program> compile(const RunOptions& options, std::span<const std::uint8_t> model,
                             const nn::Device& device) {
  std::optional<nn::ProgramCache> cache;
  if (options.cache)
    cache.emplace(*options.cache);
  nn::CompileOptions compile_options;
  compile_options.device = device;
  auto prepared =
      nn::prepare(std::as_bytes(model), {.batch = 1}, compile_options, cache ? &*cache : nullptr);
  if (!prepared)
    return std::unexpected("'" + options.model + "': " + prepared.error().text);
  if (prepared->not_stored)
    std::fprintf(stderr, "kestrel-run: warning: %s\n",
                 one_line(prepared->not_stored->text).c_str());
  nn::Program& program = prepared->program;
  if (program.input_ports.size() != 1 || program.output_ports.empty()) {
    return std::unexpected(
        std::format("'{}': it has {} inputs and {} outputs; one input and an "
                    "output are wanted",
                    options.model, program.input_ports.size(), program.output_ports.size()));
  }
  return std::move(program);
}

Outcome<std::vector<Example>> data_set_examples(const RunOptions& options,
                                                const nn::InputPort& input) {
  const auto images = read_idx(*options.images, options.first, options.count);
  if (!images)
    return std::unexpected(images.error());
  auto examples = examples_of(*images, input, *options.images, options.first);
  if (!examples || !options.labels)
    return examples;
  const auto labels = read_idx(*options.labels, options.first, options.count);
  if (!labels)
    return std::unexpected(labels.error());
  if (auto added = add_labels(*examples, *labels, *options.labels); !added)
    return std::unexpected(added.error());
  return examples;
}

Outcome<std::vector<Example>> read_examples(const RunOptions& options, const nn::InputPort& input) {
  if (options.images)
    return data_set_examples(options, input);
  // Images are N, C, H, W; what has fewer dimensions has one channel.
  const std::int64_t channels = input.shape.size() == 4 ? input.shape[1] : 1;
  std::vector<Example> all;
  for (const std::string& path : options.inputs) {
    const auto array = read_picture(path, channels);
    if (!array)
      return std::unexpected(array.error());
    auto some = examples_of(*array, input, path, all.size());
    if (!some)
      return std::unexpected(some.error());
    all.insert(all.end(), std::make_move_iterator(some->begin()),
               std::make_move_iterator(some->end()));
  }
  return all;
}

/// Names of the classes, of which there are `count`.
Outcome<std::vector<std::string>> class_names(const RunOptions& options, std::size_t count) {
  std::vector<std::string> names;
  if (!options.classes) {
    for (std::size_t i = 0; i < count; ++i)
      names.push_back(std::to_string(i));
    return names;
  }
  const auto file = read_whole(*options.classes);
  if (!file)
    return std::unexpected(file.error());
  std::istringstream lines(std::string(file->begin(), file->end()));
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r'))
      line.pop_back();
    names.push_back(line);
  }
  if (names.size() != count) {
    return std::unexpected(std::format("'{}': {} names, but the model's output has {} elements",
                                       *options.classes, names.size(), count));
  }
  return names;
}

/// Runs the program with all examples, into the report.
Outcome<void> run_examples(const kestrel::Device& device, nn::Program& program,
                           const std::vector<Example>& examples, Report& report) {
  auto machine = DeviceMachine::create(device, program);
  if (!machine)
    return std::unexpected(machine.error());
  // The session then gives what the device left; the host's steps come after.
  const auto steps = std::exchange(program.output_ports[0].steps, {});
  report.is_unsigned = program.output_ports[0].is_unsigned;
  auto session = nn::Session::create(program, **machine);
  if (!session)
    return std::unexpected(session.error().text);

  for (const Example& example : examples) {
    const auto failed = [&example](const nn::Error& error) {
      return std::unexpected(
          std::format("input {} ('{}'): {}", example.index, example.source, error.text));
    };
    auto values = values_of(example, program.input_ports[0]);
    if (!values)
      return std::unexpected(values.error());
    if (auto written = session->write_inputs(std::vector{*std::move(values)}); !written)
      return failed(written.error());
    if (auto ran = session->execute(); !ran)
      return failed(ran.error());
    auto raw = std::get<std::vector<std::uint8_t>>(session->read_outputs()[0]);
    if (report.profile) {
      (*machine)->set_counting(true);
      const auto ran = session->execute_growing();
      (*machine)->set_counting(false);
      if (!ran)
        return failed(ran.error());
      report.profile->add((*machine)->counts());
    }
    const nn::Values made = nn::take_steps(raw, steps);
    const bool is_unsigned =
        steps.empty() ? report.is_unsigned : program.output_ports[0].yields_unsigned;
    report.rows.push_back(output_row(example.index, std::move(raw), made, is_unsigned));
  }
  return {};
}

Outcome<void> write_output(const std::string& path, const Array& array) {
  const auto file = Output::create(path);
  if (!file)
    return std::unexpected(file.error());
  const std::string bytes = npy_file(array);
  if (auto written = (*file)->write(std::as_bytes(std::span(bytes))); !written)
    return written;
  return (*file)->finish();
}

Outcome<Comparison> compare_with(const std::string& path, const Report& report) {
  const auto file = read_whole(path);
  if (!file)
    return std::unexpected(file.error());
  const auto array = parse_npy(*file);
  if (!array)
    return std::unexpected("'" + path + "': " + array.error());
  return compare(report.rows, report.is_unsigned, *array, path);
}

/// What comes after the running.
Outcome<void> conclude(const RunOptions& options, Report& report) {
  if (options.output) {
    if (auto written = write_output(*options.output, raw_array(report.rows, report.is_unsigned));
        !written)
      return written;
  }
  if (options.expected) {
    auto comparison = compare_with(*options.expected, report);
    if (!comparison)
      return std::unexpected(comparison.error());
    report.comparison = *std::move(comparison);
  }
  const std::string text = options.wants_json ? as_json(report) : as_table(report);
  if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
    return std::unexpected("writing what was found failed");
  if (report.comparison && !report.comparison->first_difference.empty()) {
    return std::unexpected(std::format("{} of {} outputs are not those of '{}': {}",
                                       report.comparison->compared - report.comparison->equal,
                                       report.comparison->compared, report.comparison->file,
                                       report.comparison->first_difference));
  }
  return {};
}

Outcome<void> run_model(const RunOptions& options) {
  const auto model = read_whole(options.model);
  if (!model)
    return std::unexpected(model.error());
  const auto device = kestrel::Device::open(options.device ? options.device->c_str() : nullptr);
  if (!device)
    return std::unexpected(device.error().text);
  const auto facts = facts_of(*device);
  if (!facts)
    return std::unexpected(facts.error());
  auto program = compile(options, *model, facts->device);
  if (!program)
    return std::unexpected(program.error());
  const auto examples = read_examples(options, program->input_ports[0]);
  if (!examples)
    return std::unexpected(examples.error());

  Report report;
  report.model_name = std::filesystem::path(options.model).stem().string();
  report.model_sha256 = nn::to_hex(nn::Sha256::of(std::as_bytes(std::span(*model))));
  report.device = facts->text;
  report.examples = &*examples;
  const auto elements = nn::element_count(program->output_ports[0].shape);
  auto names = class_names(options, static_cast<std::size_t>(elements));
  if (!names)
    return std::unexpected(names.error());
  report.classes = *std::move(names);
  if (options.wants_profile)
    report.profile.emplace(*program, facts->array);
  if (auto ran = run_examples(*device, *program, *examples, report); !ran)
    return ran;
  return conclude(options, report);
}

int fail(const std::string& text, int status) {
  // Names of nodes and tensors are in it, and those are whatever the model says.
  std::fprintf(stderr, "kestrel-run: %s\n", one_line(text).c_str());
  return status;
}

int run(int argc, char** argv) {
  const auto options = parse_run_options(argc, argv);
  if (!options)
    return fail(options.error(), kExitUsage);
  if (options->wants_help) {
    std::fputs(kRunHelp, stdout);
    return 0;
  }
  const auto done = run_model(*options);
  return done ? 0 : fail(done.error(), kExitFailure);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    return fail("out of memory", kExitFailure);
  } catch (const std::exception& exception) {
    return fail(exception.what(), kExitFailure);
  }
}
