// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/pcie/pcie_endpoint.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <format>

#include "sim/pcie/aer.hpp"

namespace presil {
namespace {

constexpr std::uint64_t kWordBytes = 4;
constexpr std::uint64_t kPageBytes = 4096;
/// The registers' BAR; the shell has no port for others yet.
constexpr std::uint32_t kRegisterBar = 0;

// Random streams. Those below are the RTL's.
constexpr std::uint64_t kReadJitterStream = 8, kMsixJitterStream = 9;

}  // namespace

/// A register access on its way to the accelerator.
struct PcieEndpoint::Request {
  bool is_write = false;
  std::uint32_t bar = 0;
  std::uint32_t size = 0;
  std::uint64_t offset = 0;
  std::array<std::uint8_t, 8> data = {};
  std::uint32_t status = PRESIL_STATUS_SUCCESS;
  Picoseconds due_ps = 0;         // When it reaches the accelerator.
  Picoseconds completion_ps = 0;  // When its completion is back; 0: none yet.
  bool is_awaited = true;         // accept_request() looks at it.
  bool is_pending = false;        // In the queue, or being executed.
};

/// A message on its way to the host.
struct PcieEndpoint::Upstream {
  Picoseconds due_ps;
  bool is_msix;
  std::uint32_t vector;
  presil_error_severity severity;
  std::uint32_t status_bit;
};

PcieEndpoint::PcieEndpoint(const sc_core::sc_module_name& name, const Parameters& parameters,
                           RunControl& control, Recorder& recorder, Faults& faults)
    : sc_module(name),
      requests("requests"),
      registers("registers"),
      dma("dma"),
      memory("memory"),
      interrupts("interrupts"),
      messages("messages"),
      parameters_(parameters),
      control_(control),
      recorder_(recorder),
      faults_(faults),
      up_(parameters.link_latency_ps, femtoseconds_per_byte(parameters.personality.link_speed,
                                                            parameters.personality.link_width)),
      down_(up_),
      read_jitter_(parameters.jitter_ps, parameters.seed, kReadJitterStream),
      msix_jitter_(parameters.jitter_ps, parameters.seed, kMsixJitterStream) {
  requests.register_b_transport(this, &PcieEndpoint::accept_request);
  dma.register_b_transport(this, &PcieEndpoint::forward_dma);
  interrupts.bind(*this);
  SC_THREAD(serve_requests);
  set_stack_size(kThreadStackBytes);
  SC_THREAD(send_upstream);
  set_stack_size(kThreadStackBytes);
  if (faults_.next_error_ps()) {
    SC_THREAD(strike_in_time);
    set_stack_size(kThreadStackBytes);
  }
}

PcieEndpoint::~PcieEndpoint() = default;

void PcieEndpoint::reset() {
  ++generation_;
  // The one being executed is let go by who executes it.
  for (Request* request : queue_)
    request->is_pending = false;
  queue_.clear();
  forget_unused();
  upstream_.clear();
  up_.reset();
  down_.reset();
  room_.notify(sc_core::SC_ZERO_TIME);
}

// --------------------------------------------------------------------------- host to accelerator

void PcieEndpoint::accept_request(tlm::tlm_generic_payload& transaction,
                                  [[maybe_unused]] sc_core::sc_time& delay) {
  sc_assert(delay == sc_core::SC_ZERO_TIME);
  TlpExtension& tlp = *transaction.get_extension<TlpExtension>();
  Request& request = live_.emplace_back();
  request.is_write = transaction.is_write();
  request.bar = tlp.bar;
  request.size = transaction.get_data_length();
  request.offset = transaction.get_address();
  std::memcpy(request.data.data(), transaction.get_data_ptr(), request.size);

  const Picoseconds deadline_ps = now_ps() + parameters_.completion_timeout_ps;
  const bool queued = wait_for_room(deadline_ps);
  const bool lost = request.is_write && faults_.strikes(FaultKind::kDropWrite);
  strike_errors();
  if (queued && !lost) {
    request.due_ps = now_ps() + parameters_.link_latency_ps;
    request.is_pending = true;
    queue_.push_back(&request);
    arrived_.notify(sc_core::SC_ZERO_TIME);
  }

  if (request.is_write) {
    if (!queued) {
      recorder_.note("write-dropped",
                     "the accelerator took no write within the completion timeout");
      report(PRESIL_ERROR_FATAL, aer::kReceiverOverflow);
    }
    request.is_awaited = false;
    forget_unused();
    transaction.set_response_status(tlm::TLM_OK_RESPONSE);
    return;
  }

  while (now_ps() < deadline_ps && (request.completion_ps == 0 || now_ps() < request.completion_ps))
    wait(to_sc_time(deadline_ps - now_ps()), completed_);
  if (request.completion_ps == 0 || now_ps() < request.completion_ps) {
    request.status = PRESIL_STATUS_COMPLETION_TIMEOUT;
    request.data.fill(0xff);
    recorder_.note("completion-timeout", std::format("bar={} offset={:#x} size={}", request.bar,
                                                     request.offset, request.size));
    // It is the host that misses the completion, so nothing has to cross the link.
    if (parameters_.personality.capabilities & PRESIL_CAP_AER)
      messages->send_error(PRESIL_ERROR_NONFATAL, aer::kCompletionTimeout);
  }
  tlp.status = request.status;
  std::memcpy(transaction.get_data_ptr(), request.data.data(), request.size);
  transaction.set_response_status(to_tlm(request.status));
  request.is_awaited = false;
  forget_unused();
}

bool PcieEndpoint::wait_for_room(Picoseconds deadline_ps) {
  while (queue_.size() >= kQueueDepth && now_ps() < deadline_ps)
    wait(to_sc_time(deadline_ps - now_ps()), room_);
  return queue_.size() < kQueueDepth;
}

void PcieEndpoint::serve_requests() {
  for (;;) {
    if (queue_.empty()) {
      wait(arrived_);
      continue;
    }
    if (queue_.front()->due_ps > now_ps()) {
      wait(to_sc_time(queue_.front()->due_ps - now_ps()));
      continue;  // A reset may have emptied the queue meanwhile.
    }
    Request& request = *queue_.front();
    queue_.pop_front();
    room_.notify(sc_core::SC_ZERO_TIME);

    const std::uint64_t generation = generation_;
    execute(request);
    if (generation == generation_)
      answer(request);
    request.is_pending = false;
    forget_unused();
  }
}

void PcieEndpoint::answer(Request& request) {
  if (request.status != PRESIL_STATUS_SUCCESS)
    report_failed(request);
  if (request.is_write)
    return;
  if (!request.is_awaited) {
    recorder_.note("late-answer",
                   std::format("bar={} offset={:#x} dropped", request.bar, request.offset));
    return;
  }
  if (faults_.strikes(FaultKind::kSilentRead))
    return;
  request.completion_ps = up_.send(now_ps(), request.size) + up_.latency_ps();
  completed_.notify(to_sc_time(request.completion_ps - now_ps()));
}

void PcieEndpoint::forget_unused() {
  live_.remove_if(
      [](const Request& request) { return !request.is_awaited && !request.is_pending; });
}

void PcieEndpoint::execute(Request& request) {
  const presil_bar& bar = parameters_.personality.bars[request.bar];
  const bool is_decoded = config_.decodes_memory() && request.bar == kRegisterBar &&
                          request.size <= bar.size_bytes &&
                          request.offset <= bar.size_bytes - request.size;
  std::uint64_t offset = request.offset & ~(kWordBytes - 1);
  const std::uint64_t end = request.offset + request.size;
  if (!is_decoded)
    request.status = PRESIL_STATUS_UNSUPPORTED_REQUEST;

  // As the byte enables of a memory request do it: every word that is touched, low first.
  const std::uint64_t generation = generation_;
  for (; is_decoded && offset < end; offset += kWordBytes) {
    std::uint32_t word = 0;
    std::array<std::uint8_t, kWordBytes> enables = {};
    const std::uint64_t first = std::max(offset, request.offset);
    const std::uint64_t last = std::min(offset + kWordBytes, end);
    auto* const bytes = reinterpret_cast<std::uint8_t*>(&word);
    for (std::uint64_t byte = first; byte < last; ++byte) {
      enables[byte - offset] = TLM_BYTE_ENABLED;
      bytes[byte - offset] = request.data[byte - request.offset];
    }

    const std::uint32_t status = access_word(request.is_write, offset, word, enables.data());
    if (generation != generation_)
      return;
    if (!request.is_write)
      std::memcpy(&request.data[first - request.offset], bytes + (first - offset), last - first);
    if (status != PRESIL_STATUS_SUCCESS)
      request.status = status;
    // A failed read has one completion, so nothing more is asked for; a write goes on, word by
    // word.
    if (status != PRESIL_STATUS_SUCCESS && !request.is_write)
      break;
  }
  if (request.status != PRESIL_STATUS_SUCCESS)
    request.data.fill(0xff);
}

std::uint32_t PcieEndpoint::access_word(bool is_write, std::uint64_t offset, std::uint32_t& word,
                                        const std::uint8_t* byte_enables) {
  auto& transaction = word_access_;
  transaction.set_command(is_write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  transaction.set_address(offset);
  transaction.set_data_ptr(reinterpret_cast<unsigned char*>(&word));
  transaction.set_data_length(kWordBytes);
  transaction.set_streaming_width(kWordBytes);
  transaction.set_byte_enable_ptr(is_write ? const_cast<unsigned char*>(byte_enables) : nullptr);
  transaction.set_byte_enable_length(is_write ? kWordBytes : 0);
  transaction.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  registers->b_transport(transaction, delay);
  if (delay != sc_core::SC_ZERO_TIME)
    wait(delay);
  return to_pcie(transaction.get_response_status());
}

void PcieEndpoint::report_failed(const Request& request) {
  // What fails a posted write is an error of its own. What fails a read is the requester's to
  // handle, and only advised (PCIe Base 6.0, 6.2.3.2.4.1).
  const std::uint32_t cause = request.status == PRESIL_STATUS_UNSUPPORTED_REQUEST
                                  ? aer::kUnsupportedRequest
                                  : aer::kCompleterAbort;
  if (request.is_write)
    report(PRESIL_ERROR_NONFATAL, cause);
  else
    report(PRESIL_ERROR_CORRECTABLE, aer::kAdvisoryNonfatal);
}

// --------------------------------------------------------------------------- accelerator to host

void PcieEndpoint::forward_dma(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
  const bool is_write = transaction.is_write();
  const Picoseconds ready_ps = now_ps() + to_picoseconds(delay);
  const std::uint64_t limit = is_write ? config_.mps_bytes : config_.mrrs_bytes;
  const auto* attributes = transaction.get_extension<TlpExtension>();
  piece_tlp_.status = PRESIL_STATUS_SUCCESS;
  piece_tlp_.attr = attributes ? attributes->attr : 0;
  piece_.set_command(transaction.get_command());
  piece_.set_extension(&piece_tlp_);
  std::uint32_t status = PRESIL_STATUS_SUCCESS;
  Picoseconds done_ps = ready_ps;
  std::uint64_t address = transaction.get_address();
  unsigned char* data = transaction.get_data_ptr();
  std::uint64_t left = transaction.get_data_length();

  while (left != 0) {
    const std::uint64_t bytes = std::min({left, limit, kPageBytes - address % kPageBytes});
    if (config_.masters_bus()) {
      piece_.set_address(address);
      piece_.set_data_ptr(data);
      piece_.set_data_length(static_cast<unsigned>(bytes));
      piece_.set_streaming_width(static_cast<unsigned>(bytes));
      sc_core::sc_time start = delay;
      memory->b_transport(piece_, start);
      strike_errors();
    } else {
      piece_tlp_.status = PRESIL_STATUS_UNSUPPORTED_REQUEST;
      const std::span contents(reinterpret_cast<const std::byte*>(data), bytes);
      is_write
          ? recorder_.dma_write(ready_ps, address, piece_tlp_.attr, piece_tlp_.status, contents)
          : recorder_.dma_read(ready_ps, address, piece_tlp_.attr, piece_tlp_.status, contents);
    }
    if (is_write) {
      done_ps = up_.send(ready_ps, bytes);
    } else {
      const Picoseconds requested_ps = up_.send(ready_ps, 0) + up_.latency_ps();
      const Picoseconds host_ps = parameters_.host_latency_ps + read_jitter_.next();
      done_ps = down_.send(requested_ps + host_ps, bytes) + down_.latency_ps();
    }
    if (piece_tlp_.status != PRESIL_STATUS_SUCCESS)
      status = piece_tlp_.status;
    // A failed read has no data; the writes of a burst are messages of their own.
    if (status != PRESIL_STATUS_SUCCESS && !is_write)
      break;
    address += bytes;
    data += bytes;
    left -= bytes;
  }
  piece_.clear_extension(&piece_tlp_);
  delay = to_sc_time(done_ps - now_ps());
  transaction.set_response_status(to_tlm(status));
}

void PcieEndpoint::raise(std::uint32_t vector) {
  if (vector >= parameters_.personality.msix_vectors || !config_.msix_enabled())
    recorder_.msix(vector, "disabled");
  else if (!config_.masters_bus())
    recorder_.msix(vector, "refused");
  else
    queue_upstream(
        {.due_ps = up_.send(now_ps(), kWordBytes) + up_.latency_ps() + msix_jitter_.next(),
         .is_msix = true,
         .vector = vector,
         .severity = {},
         .status_bit = 0});
}

void PcieEndpoint::report(presil_error_severity severity, std::uint32_t status_bit) {
  if (!(parameters_.personality.capabilities & PRESIL_CAP_AER))
    return;
  queue_upstream({.due_ps = up_.send(now_ps(), 0) + up_.latency_ps(),
                  .is_msix = false,
                  .vector = 0,
                  .severity = severity,
                  .status_bit = status_bit});
}

void PcieEndpoint::queue_upstream(const Upstream& message) {
  upstream_.push_back(message);
  if (upstream_.size() > 1)
    upstream_.back().due_ps = std::max(message.due_ps, upstream_[upstream_.size() - 2].due_ps);
  upstream_changed_.notify(sc_core::SC_ZERO_TIME);
}

void PcieEndpoint::send_upstream() {
  for (;;) {
    if (upstream_.empty()) {
      wait(upstream_changed_);
      continue;
    }
    if (upstream_.front().due_ps > now_ps()) {
      wait(to_sc_time(upstream_.front().due_ps - now_ps()));
      continue;  // A reset may have emptied the queue meanwhile.
    }
    if (control_.stop_at_event()) {
      control_.stop();
      wait(sc_core::SC_ZERO_TIME);
      continue;
    }
    const Upstream message = upstream_.front();
    upstream_.pop_front();
    if (!message.is_msix)
      messages->send_error(message.severity, message.status_bit);
    else
      send_msix(message.vector);
  }
}

void PcieEndpoint::send_msix(std::uint32_t vector) {
  faults_.count(Faults::Site::kMsix);
  if (faults_.strikes(FaultKind::kDropMsix))
    recorder_.msix(vector, "lost");
  else
    messages->send_msix(vector);
  strike_errors();
}

// ---------------------------------------------------------------------------- errors on purpose

// Waits by itself, so that `next` counts it and an idle guest is woken.
void PcieEndpoint::strike_in_time() {
  while (const auto due_ps = faults_.next_error_ps()) {
    if (*due_ps > now_ps())
      wait(to_sc_time(*due_ps - now_ps()));
    strike_errors();
  }
}

void PcieEndpoint::strike_errors() {
  if (faults_.strikes(FaultKind::kErrorNonfatal))
    report(PRESIL_ERROR_NONFATAL, aer::kPoisonedTlp);
  if (faults_.strikes(FaultKind::kErrorFatal))
    report(PRESIL_ERROR_FATAL, aer::kMalformedTlp);
}

}  // namespace presil
