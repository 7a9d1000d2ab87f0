// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "info.hpp"

#include <array>
#include <string_view>

namespace {

struct Property {
  kestrel_property property;
  const char* key;
  const char* label;
  const char* unit;
};

constexpr Property kProperties[] = {
    {KESTREL_DRIVER_MAJOR, "driver_major", "driver major version", ""},
    {KESTREL_DRIVER_MINOR, "driver_minor", "driver minor version", ""},
    {KESTREL_INTERFACE_MAJOR, "interface_major", "interface major version", ""},
    {KESTREL_INTERFACE_MINOR, "interface_minor", "interface minor version", ""},
    {KESTREL_CLOCK_MHZ, "clock_mhz", "clock", "MHz"},
    {KESTREL_ARRAY_ROWS, "array_rows", "array rows", ""},
    {KESTREL_ARRAY_COLUMNS, "array_columns", "array columns", ""},
    {KESTREL_SCRATCHPAD_BYTES, "scratchpad_bytes", "scratchpad", "bytes"},
    {KESTREL_ACCUMULATOR_ROWS, "accumulator_rows", "accumulator rows", ""},
    {KESTREL_QUEUE_COUNT, "queues", "queues", ""},
    {KESTREL_VM_COUNT, "address_spaces", "address spaces", ""},
    {KESTREL_VA_BITS, "va_bits", "virtual address", "bits"},
    {KESTREL_DMA_BITS, "dma_bits", "DMA address", "bits"},
    {KESTREL_PAGE_SIZES, "page_sizes_mask", "page sizes, mask", ""},
    {KESTREL_COHERENT, "coherent", "coherent with the CPU", ""},
    {KESTREL_CALL_TIME_MAX_MS, "call_time_max_ms", "longest call", "ms"},
    {KESTREL_JOB_CALLS_MAX, "job_calls_max", "most calls of a job", ""},
    {KESTREL_JOB_SYNCS_MAX, "job_syncs_max", "most syncs of a job", ""},
    {KESTREL_BUFFER_BYTES_MAX, "buffer_bytes_max", "largest buffer", "bytes"},
};

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width)
    text.resize(width, ' ');
  return text;
}

/// In quotes; a path may hold anything.
std::string quoted(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string json = "\"";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20) {
      json += "\\u00";
      json += kHex[byte >> 4];
      json += kHex[byte & 15];
      continue;
    }
    if (character == '"' || character == '\\')
      json += '\\';
    json += character;
  }
  return json + "\"";
}

}  // namespace

std::expected<std::vector<Fact>, std::string> facts_of(const kestrel::Device& device) {
  std::vector<Fact> facts;
  for (const Property& property : kProperties) {
    const auto value = device.get(property.property);
    if (!value)
      return std::unexpected(value.error().text);
    facts.push_back({property.key, property.label, property.unit, *value});
  }
  return facts;
}

std::string as_table(const std::string& path, const std::vector<Fact>& facts) {
  constexpr std::size_t kLabelWidth = 25;
  std::string table = padded("device", kLabelWidth) + path + "\n";
  for (const Fact& fact : facts) {
    table += padded(fact.label, kLabelWidth) + std::to_string(fact.value);
    if (*fact.unit != '\0')
      table += std::string(" ") + fact.unit;
    table += "\n";
  }
  return table;
}

std::string as_json(const std::string& path, const std::vector<Fact>& facts) {
  std::string json = "{\n  \"path\": " + quoted(path);
  for (const Fact& fact : facts)
    json += ",\n  " + quoted(fact.key) + ": " + std::to_string(fact.value);
  return json + "\n}\n";
}
