// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/link/link_endpoint.hpp"

#include <unistd.h>

#include <cstring>
#include <limits>
#include <utility>

#include "sim/base/error.hpp"
#include "sim/link/validate.hpp"

namespace presil {
namespace {

// A type that no version of the protocol gives a meaning.
constexpr std::uint32_t kNonsenseType = 0xdeadbeef;

std::uint64_t low_bytes(std::uint64_t value, std::uint32_t size) {
  return size == 8 ? value : value & ((std::uint64_t{1} << (size * 8)) - 1);
}

const char* severity_name(presil_error_severity severity) {
  switch (severity) {
    case PRESIL_ERROR_CORRECTABLE:
      return "correctable";
    case PRESIL_ERROR_NONFATAL:
      return "nonfatal";
    default:
      return "fatal";
  }
}

}  // namespace

LinkEndpoint::LinkEndpoint(const sc_core::sc_module_name& name, Channel& channel,
                           RunControl& control, Recorder& recorder, Faults& faults)
    : sc_module(name),
      requests("requests"),
      memory("memory"),
      messages("messages"),
      channel_(channel),
      control_(control),
      recorder_(recorder),
      faults_(faults) {
  memory.register_b_transport(this, &LinkEndpoint::transfer);
  messages.bind(*this);
  SC_THREAD(make_accesses);
  set_stack_size(kThreadStackBytes);
  SC_METHOD(stop);
  sensitive << stop_due_;
  dont_initialize();
}

// ------------------------------------------------------------------------------------------ calls

std::optional<presil_message> LinkEndpoint::next_call() {
  Message call;
  if (!failure_.empty())
    return std::nullopt;
  if (!channel_.receive(call)) {
    fail(channel_.failure());
    return std::nullopt;
  }
  if (std::string rule = broken_rule_of_call(call.head); !rule.empty()) {
    fail(std::move(rule));
    return std::nullopt;
  }
  if (call.head.header.type == PRESIL_CALL_MMIO_READ)
    faults_.count(Faults::Site::kRead);
  if (call.head.header.type == PRESIL_CALL_MMIO_WRITE)
    faults_.count(Faults::Site::kWrite);
  return call.head;
}

MmioResult LinkEndpoint::access(bool is_write, const presil_message& call) {
  access_is_write_ = is_write;
  access_call_ = call;
  access_result_ = {};
  access_done_ = false;
  access_wanted_.notify(sc_core::SC_ZERO_TIME);
  // The endpoint ends every access within the completion timeout, so this needs no limit of its
  // own.
  while (!access_done_ && !control_.over()) {
    if (control_.run_to(kLatestTime))
      throw Error(ExitStatus::kInternal, "a register access does not end");
  }
  // What else is due at this very time, so that nothing of now is left over for `next`.
  control_.run_to(now_ps());

  const auto& mmio = call.u.mmio;
  if (is_write) {
    recorder_.mmio_write(mmio.bar, mmio.offset, mmio.size, low_bytes(mmio.data, mmio.size));
  } else {
    access_result_.data = low_bytes(access_result_.data, mmio.size);
    recorder_.mmio_read(mmio.bar, mmio.offset, mmio.size, access_result_.status,
                        access_result_.data);
  }
  return access_result_;
}

void LinkEndpoint::make_accesses() {
  for (;;) {
    wait(access_wanted_);
    std::uint64_t data = access_call_.u.mmio.data;
    access_tlp_ = {};
    access_tlp_.bar = access_call_.u.mmio.bar;
    auto& transaction = access_transaction_;
    transaction.set_command(access_is_write_ ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    transaction.set_address(access_call_.u.mmio.offset);
    transaction.set_data_ptr(reinterpret_cast<unsigned char*>(&data));
    transaction.set_data_length(access_call_.u.mmio.size);
    transaction.set_streaming_width(access_call_.u.mmio.size);
    transaction.set_extension(&access_tlp_);
    transaction.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    requests->b_transport(transaction, delay);
    transaction.clear_extension(&access_tlp_);

    access_result_ = {access_tlp_.status, data};
    access_done_ = true;
    control_.stop();
  }
}

void LinkEndpoint::send_return(std::uint32_t status, std::uint64_t data, Picoseconds next_ps) {
  presil_message message = {};
  message.header.type = PRESIL_RETURN;
  message.u.ret.next_ps = next_ps;
  message.u.ret.data = data;
  message.u.ret.status = status;
  send(message, {}, now_ps());
}

// ---------------------------------------------------------------------------------------- upcalls

void LinkEndpoint::transfer(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
  TlpExtension& tlp = *transaction.get_extension<TlpExtension>();
  const Picoseconds time_ps = now_ps() + to_picoseconds(delay);
  const std::span data(reinterpret_cast<std::byte*>(transaction.get_data_ptr()),
                       transaction.get_data_length());
  faults_.count(Faults::Site::kDma);

  presil_message message = {};
  message.header.type = transaction.is_write() ? PRESIL_UPCALL_DMA_WRITE : PRESIL_UPCALL_DMA_READ;
  message.u.dma.addr = transaction.get_address();
  message.u.dma.attr = tlp.attr;
  message.u.dma.len_bytes = static_cast<std::uint32_t>(data.size());
  if (faults_.strikes(FaultKind::kDmaError))
    tlp.status = PRESIL_STATUS_COMPLETER_ABORT;
  else if (transaction.is_write())
    tlp.status = upcall(message, time_ps, data);
  else
    tlp.status = upcall(message, time_ps, {}, data);

  if (transaction.is_write())
    recorder_.dma_write(time_ps, message.u.dma.addr, tlp.attr, tlp.status, data);
  else
    recorder_.dma_read(time_ps, message.u.dma.addr, tlp.attr, tlp.status, data);
  transaction.set_response_status(to_tlm(tlp.status));
  if (tlp.status != PRESIL_STATUS_SUCCESS && control_.stop_at_event())
    stop_due_.notify(delay);
}

void LinkEndpoint::send_msix(std::uint32_t vector) {
  recorder_.msix(vector, "sent");
  presil_message message = {};
  message.header.type = PRESIL_UPCALL_MSIX;
  message.u.msix.vector = vector;
  upcall(message, now_ps());
}

void LinkEndpoint::send_error(presil_error_severity severity, std::uint32_t status_bit) {
  recorder_.error(severity_name(severity), status_bit);
  presil_message message = {};
  message.header.type = PRESIL_UPCALL_ERROR;
  message.u.error.severity = severity;
  message.u.error.status_bit = status_bit;
  upcall(message, now_ps());
}

std::uint32_t LinkEndpoint::upcall(presil_message& message, Picoseconds time_ps,
                                   std::span<const std::byte> payload,
                                   std::span<std::byte> answer_data) {
  if (failure_.empty())
    send(message, payload, time_ps);
  if (!failure_.empty())
    return PRESIL_STATUS_UNSUPPORTED_REQUEST;

  if (!channel_.receive(answer_)) {
    fail(channel_.failure());
    return PRESIL_STATUS_UNSUPPORTED_REQUEST;
  }
  std::string rule =
      broken_rule_of_answer(answer_.head, static_cast<std::uint32_t>(answer_data.size()));
  if (!rule.empty()) {
    fail(std::move(rule));
    return PRESIL_STATUS_UNSUPPORTED_REQUEST;
  }
  if (answer_.head.u.answer.status == PRESIL_STATUS_SUCCESS && !answer_data.empty())
    std::memcpy(answer_data.data(), answer_.payload.data(), answer_data.size());
  return answer_.head.u.answer.status;
}

void LinkEndpoint::send(presil_message& message, std::span<const std::byte> payload,
                        Picoseconds time_ps) {
  message.header.payload_bytes = static_cast<std::uint32_t>(payload.size());
  message.header.time_ps = time_ps;

  if (faults_.strikes(FaultKind::kExit))
    ::_exit(static_cast<int>(ExitStatus::kInternal));
  if (faults_.strikes(FaultKind::kHang))
    hang();
  if (faults_.strikes(FaultKind::kClose)) {
    fail("closed on purpose (--fault close)");
    channel_.close();
    return;
  }
  if (faults_.strikes(FaultKind::kNonsense))
    message.header.type = kNonsenseType;
  if (faults_.strikes(FaultKind::kTruncate))
    message.header.payload_bytes = payload.empty() ? 1 : message.header.payload_bytes - 1;
  channel_.send(message, payload);
}

void LinkEndpoint::hang() {
  while (channel_.peer_alive())
    ::usleep(50'000);
  ::_exit(static_cast<int>(ExitStatus::kLinkDown));
}

void LinkEndpoint::fail(std::string reason) {
  if (failure_.empty())
    failure_ = std::move(reason);
  control_.stop_for_good();
}

}  // namespace presil
