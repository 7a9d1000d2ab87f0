// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/record/recorder.hpp"

#include <presil_link.h>
#include <xxhash.h>

#include <utility>

#include "sim/record/record_text.hpp"

namespace presil {
namespace {

// Longest record, bytes; longer texts are cut.
constexpr std::ptrdiff_t kMaxRecordBytes = 512;

const char* status_name(std::uint32_t status) {
  switch (status) {
    case PRESIL_STATUS_SUCCESS:
      return "ok";
    case PRESIL_STATUS_UNSUPPORTED_REQUEST:
      return "ur";
    case PRESIL_STATUS_COMPLETER_ABORT:
      return "ca";
    case PRESIL_STATUS_COMPLETION_TIMEOUT:
      return "cto";
    default:
      return "invalid";
  }
}

}  // namespace

Recorder::Recorder(const std::filesystem::path& path) {
  if (!path.empty())
    file_ = std::make_unique<LogFile>(path);
}

template <typename... Arguments>
void Recorder::line(Picoseconds time_ps, std::format_string<Arguments...> format,
                    Arguments... arguments) {
  if (!file_)
    return;
  char text[kMaxRecordBytes];
  char* const limit = text + kMaxRecordBytes - 1;  // Keeps room for the line's end.
  char* end = std::format_to_n(text, limit - text, "{} ", time_ps).out;
  end = std::format_to_n(end, limit - end, format, std::forward<Arguments>(arguments)...).out;
  *end++ = '\n';
  file_->append({text, end});
}

void Recorder::mmio_read(std::uint32_t bar, std::uint64_t offset, std::uint32_t size,
                         std::uint32_t status, std::uint64_t data) {
  ++totals_.mmio_reads;
  line(now_ps(), "mmio-read bar={} offset={:#x} size={} status={} data={:#x}", bar, offset, size,
       status_name(status), data);
}

void Recorder::mmio_write(std::uint32_t bar, std::uint64_t offset, std::uint32_t size,
                          std::uint64_t data) {
  ++totals_.mmio_writes;
  line(now_ps(), "mmio-write bar={} offset={:#x} size={} data={:#x}", bar, offset, size, data);
}

void Recorder::dma_read(Picoseconds time_ps, std::uint64_t addr, std::uint64_t attr,
                        std::uint32_t status, std::span<const std::byte> data) {
  dma(time_ps, "dma-read", addr, attr, status, data);
}

void Recorder::dma_write(Picoseconds time_ps, std::uint64_t addr, std::uint64_t attr,
                         std::uint32_t status, std::span<const std::byte> data) {
  dma(time_ps, "dma-write", addr, attr, status, data);
}

void Recorder::dma(Picoseconds time_ps, const char* kind, std::uint64_t addr, std::uint64_t attr,
                   std::uint32_t status, std::span<const std::byte> data) {
  // A failed read has no data worth recording.
  const bool has_data = status == PRESIL_STATUS_SUCCESS || kind[4] == 'w';
  if (status == PRESIL_STATUS_SUCCESS)
    totals_.dma_bytes += data.size();
  if (!file_)
    return;
  RecordText record;
  record.decimal(time_ps).text(" ").text(kind);
  record.text(" addr=").hex(addr).text(" len=").decimal(data.size()).text(" attr=").hex(attr);
  record.text(" status=").text(status_name(status)).text(" xxh3=");
  record.hex16(has_data ? XXH3_64bits(data.data(), data.size()) : 0).text("\n");
  file_->append(record.view());
}

void Recorder::msix(std::uint32_t vector, std::string_view fate) {
  line(now_ps(), "msix vector={} {}", vector, fate);
  if (fate == "sent") {
    ++totals_.interrupts;
    on_msix_sent();
  }
}

void Recorder::error(std::string_view severity, std::uint32_t status_bit) {
  line(now_ps(), "error severity={} status_bit={:#x}", severity, status_bit);
}

void Recorder::config(std::uint32_t flags, std::uint32_t mps_bytes, std::uint32_t mrrs_bytes,
                      std::uint32_t power_state) {
  line(now_ps(), "config flags={:#x} mps={} mrrs={} power_state={}", flags, mps_bytes, mrrs_bytes,
       power_state);
}

void Recorder::reset(std::string_view kind) {
  line(now_ps(), "reset kind={}", kind);
}

void Recorder::note(std::string_view kind, std::string_view text) {
  line(now_ps(), "{} {}", kind, text);
}

void Recorder::rtl_message(Picoseconds time_ps, std::string_view kind, std::string_view text,
                           bool is_failure) {
  totals_.rtl_failures += is_failure;
  // What ends the run comes once, and is worth a record after however many others.
  const bool repeats = is_failure && kind != "rtl-fatal";
  if (!repeats || totals_.rtl_failures <= kMaxRtlRecords)
    line(time_ps, "{} {}", kind, text);
}

void Recorder::close() {
  if (!file_)
    return;
  file_->close();
  failure_ = file_->failure();
  file_.reset();
}

}  // namespace presil
