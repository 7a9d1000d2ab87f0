// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// The way of every access to memory: from the four clients, through translation, to the bus.
///
/// Two read clients share a translation port, and so do two write clients; while a request of one
/// of them walks or stalls, the other one waits. Answers find their client by the id.
module kestrel_bus
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
(
  input  logic              clk_i,
  input  logic              rst_ni,
  /// Forget everything, an invalidation excepted; bus accesses are ended by the isolator.
  input  logic              clear_i,

  /// Read clients: 0 fetch, 1 load. A request stays until it is taken or refused.
  input  logic [1:0]        rd_valid_i,
  output logic [1:0]        rd_ready_o,
  output logic [1:0]        rd_refuse_o,
  input  bus_req_t          rd_req_i [2],
  output refusal_t          rd_refusal_o,
  /// Their data, always taken, in the order of the requests.
  output logic [1:0]        r_valid_o,
  output r_beat_t           r_o,

  /// Write clients: 0 store, 1 control. A request stays until it is taken or refused.
  input  logic [1:0]        wr_valid_i,
  output logic [1:0]        wr_ready_o,
  output logic [1:0]        wr_refuse_o,
  input  bus_req_t          wr_req_i [2],
  output refusal_t          wr_refusal_o,
  /// Their data, after the burst's request was taken; never of both.
  input  logic [1:0]        w_valid_i,
  output logic [1:0]        w_ready_o,
  input  axi_w_t            w_i [2],
  /// Their responses, always taken.
  output logic [1:0]        b_valid_o,
  output logic [1:0]        b_resp_o,

  /// Address spaces: space_i is the one that space_o said in the cycle before.
  output logic [SpaceW-1:0] space_o,
  input  space_t            space_i,

  /// Invalidation: begin, one cycle, ignored while one is under way.
  input  logic              inv_start_i,
  /// Of all spaces, else of inv_space_i.
  input  logic              inv_all_spaces_i,
  /// Pages inv_first_i to inv_last_i only, else all.
  input  logic              inv_range_i,
  input  logic [SpaceW-1:0] inv_space_i,
  input  logic [VaW-13:0]   inv_first_i,
  input  logic [VaW-13:0]   inv_last_i,
  output logic              inv_busy_o,

  /// Refusals of unprivileged requests stall instead.
  input  logic              stall_faults_i,
  /// At least one does; which stays the same until it ends. Ends for at least two cycles with a
  /// retry.
  output logic              stalled_o,
  output refusal_t          stalled_refusal_o,
  output logic [63:0]       stalled_addr_o,
  output access_e           stalled_access_o,
  /// Translate again, or refuse, all that stall; one cycle.
  input  logic              retry_i,
  input  logic              abort_i,

  /// AXI4, to the isolator.
  output logic              aw_valid_o,
  input  logic              aw_ready_i,
  output axi_ax_t           aw_o,
  output logic              w_valid_o,
  input  logic              w_ready_i,
  output axi_w_t            w_o,
  input  logic              b_valid_i,
  output logic              b_ready_o,
  input  axi_b_t            b_i,
  output logic              ar_valid_o,
  input  logic              ar_ready_i,
  output axi_ax_t           ar_o,
  input  logic              r_valid_i,
  output logic              r_ready_o,
  input  axi_r_t            r_i,
  /// Nothing is outstanding.
  input  logic              bus_idle_i,

  /// A page table walk for an access begins, one cycle.
  output logic              tlb_miss_o,
  /// A request waits for its translation.
  output logic              waiting_o,
  /// The clock is needed.
  output logic              busy_o
);

  /////////////
  // Clients //
  /////////////

  // Index 0: reads, 1: writes.
  logic [1:0]        req_valid, req_take, ready, refuse, client;
  logic [SpaceW-1:0] req_space [2];
  bus_req_t          req [2];
  logic [AxiIdW-1:0] req_id [2];
  refusal_t          refusal [2];

  kestrel_bus_arbiter u_reads (
    .clk_i    (clk_i),
    .rst_ni   (rst_ni),
    .clear_i  (clear_i),
    .valid_i  (rd_valid_i),
    .req_i    (rd_req_i),
    .ready_o  (rd_ready_o),
    .refuse_o (rd_refuse_o),
    .valid_o  (req_valid[0]),
    .space_o  (req_space[0]),
    .take_i   (req_take[0]),
    .req_o    (req[0]),
    .client_o (client[0]),
    .ready_i  (ready[0]),
    .refuse_i (refuse[0])
  );

  kestrel_bus_arbiter u_writes (
    .clk_i    (clk_i),
    .rst_ni   (rst_ni),
    .clear_i  (clear_i),
    .valid_i  (wr_valid_i),
    .req_i    (wr_req_i),
    .ready_o  (wr_ready_o),
    .refuse_o (wr_refuse_o),
    .valid_o  (req_valid[1]),
    .space_o  (req_space[1]),
    .take_i   (req_take[1]),
    .req_o    (req[1]),
    .client_o (client[1]),
    .ready_i  (ready[1]),
    .refuse_i (refuse[1])
  );

  assign req_id[0]    = client[0] ? IdLoad : IdFetch;
  assign req_id[1]    = client[1] ? IdWrite : IdStore;
  assign rd_refusal_o = refusal[0];
  assign wr_refusal_o = refusal[1];

  /////////////////
  // Translation //
  /////////////////

  logic [1:0] stalled;
  logic [1:0] ax_valid, ax_ready;
  axi_ax_t    ax [2];
  logic       walk_ar_valid, walk_ar_ready, walk_r_valid;
  axi_ax_t    walk_ar;

  kestrel_mmu u_mmu (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .clear_i         (clear_i),
    .req_valid_i     (req_valid),
    .req_space_i     (req_space),
    .req_take_o      (req_take),
    .req_i           (req),
    .req_id_i        (req_id),
    .ready_o         (ready),
    .refuse_o        (refuse),
    .refusal_o       (refusal),
    .space_o         (space_o),
    .space_i         (space_i),
    .inv_start_i     (inv_start_i),
    .inv_i           ({inv_all_spaces_i, inv_range_i, inv_space_i, inv_first_i, inv_last_i}),
    .inv_busy_o      (inv_busy_o),
    .stall_faults_i  (stall_faults_i),
    .stalled_o       (stalled),
    .retry_i         (retry_i),
    .abort_i         (abort_i),
    .ax_valid_o      (ax_valid),
    .ax_ready_i      (ax_ready),
    .ax_o            (ax),
    .walk_ar_valid_o (walk_ar_valid),
    .walk_ar_ready_i (walk_ar_ready),
    .walk_ar_o       (walk_ar),
    .walk_r_valid_i  (walk_r_valid),
    .walk_r_i        (r_o),
    .bus_idle_i      (bus_idle_i),
    .tlb_miss_o      (tlb_miss_o),
    .waiting_o       (waiting_o),
    .busy_o          (busy_o)
  );

  ////////////////////
  // Stalled faults //
  ////////////////////

  // Both ports may stall; the one that did first is shown.
  logic shown_d, shown_q, shown;

  assign shown   = stalled == 2'b11 ? shown_q : stalled[1];
  assign shown_d = stalled[1] && shown;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) shown_q <= 1'b0;
    else         shown_q <= shown_d;
  end

  assign stalled_o         = |stalled;
  assign stalled_refusal_o = refusal[shown];
  assign stalled_addr_o    = req[shown].addr;
  always_comb begin
    stalled_access_o = client[0] ? AccessLoad : AccessFetch;
    if (shown) stalled_access_o = client[1] ? AccessControl : AccessStore;
  end

  /////////
  // Bus //
  /////////

  // Walks go first: an access waits for them.
  assign ar_valid_o    = walk_ar_valid || ax_valid[0];
  assign ar_o          = walk_ar_valid ? walk_ar : ax[0];
  assign walk_ar_ready = ar_ready_i;
  assign ax_ready[0]   = ar_ready_i && !walk_ar_valid;

  assign aw_valid_o    = ax_valid[1];
  assign aw_o          = ax[1];
  assign ax_ready[1]   = aw_ready_i;

  // One write client is at work at a time, so that the order of requests is that of data.
  assign w_valid_o     = |w_valid_i;
  assign w_o           = w_valid_i[1] ? w_i[1] : w_i[0];
  assign w_ready_o     = {w_ready_i, w_ready_i && !w_valid_i[1]};

  assign b_ready_o     = 1'b1;
  assign b_valid_o     = {b_valid_i && b_i.id == IdWrite, b_valid_i && b_i.id == IdStore};
  assign b_resp_o      = b_i.resp;

  assign r_ready_o     = 1'b1;
  assign r_valid_o     = {r_valid_i && r_i.id == IdLoad, r_valid_i && r_i.id == IdFetch};
  assign walk_r_valid  = r_valid_i && r_i.id == IdWalk;
  assign r_o           = '{resp: r_i.resp, last: r_i.last, data: r_i.data};

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(ReadIdKnown, !r_valid_i || |r_valid_o || walk_r_valid,
               "read data has an id that is not used")
  `PRIM_ASSERT(WriteIdKnown, !b_valid_i || |b_valid_o,
               "a write response has an id that is not used")
  `PRIM_ASSERT(OneWriter, w_valid_i != 2'b11, "both write clients have data at once")

endmodule : kestrel_bus
