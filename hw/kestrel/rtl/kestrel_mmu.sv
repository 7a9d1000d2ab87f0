// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// Memory management unit: a port for reads and one for writes, which share a TLB, a page table
/// walker, and the lookup of address spaces.
///
/// Index 0 of everything that exists twice is the port of reads, index 1 that of writes.
module kestrel_mmu
  import kestrel_pkg::*;
  import kestrel_mmu_pkg::*;
(
  input  logic              clk_i,
  input  logic              rst_ni,
  /// Forget everything but an invalidation.
  input  logic              clear_i,

  /// Requests, as kestrel_mmu_port has them.
  input  logic [1:0]        req_valid_i,
  input  logic [SpaceW-1:0] req_space_i [2],
  output logic [1:0]        req_take_o,
  input  bus_req_t          req_i [2],
  input  logic [AxiIdW-1:0] req_id_i [2],
  output logic [1:0]        ready_o,
  output logic [1:0]        refuse_o,
  output refusal_t          refusal_o [2],

  /// Address spaces, one cycle later.
  output logic [SpaceW-1:0] space_o,
  input  space_t            space_i,

  /// Invalidation.
  input  logic              inv_start_i,
  input  invalidate_t       inv_i,
  output logic              inv_busy_o,

  /// Stalled faults; which one refusal_o says.
  input  logic              stall_faults_i,
  output logic [1:0]        stalled_o,
  input  logic              retry_i,
  input  logic              abort_i,

  /// Translated requests.
  output logic [1:0]        ax_valid_o,
  input  logic [1:0]        ax_ready_i,
  output axi_ax_t           ax_o [2],

  /// Reads of page tables.
  output logic              walk_ar_valid_o,
  input  logic              walk_ar_ready_i,
  output axi_ax_t           walk_ar_o,
  input  logic              walk_r_valid_i,
  input  r_beat_t           walk_r_i,

  /// Nothing is outstanding on the bus.
  input  logic              bus_idle_i,
  /// A walk for an access begins, one cycle.
  output logic              tlb_miss_o,
  /// A request waits for its translation.
  output logic              waiting_o,
  /// The clock is needed.
  output logic              busy_o
);

  logic            hold, drop;
  invalidate_t     invalidate;
  logic [1:0]      quiet, waiting, port_busy;
  logic            ahead_busy, walk_busy;

  ///////////
  // Ports //
  ///////////

  logic [1:0]        space_valid, space_ready;
  logic [SpaceW-1:0] space [2];
  logic [1:0]        lookup_valid, lookup_ready;
  page_t             page [2];
  logic              hit;
  line_t             line;
  logic [PpnW-1:0]   line_page [LineEntries];
  logic [1:0]        walk_valid, walk_done;
  logic [PpnW-1:0]   walk_root [2];
  logic              walk_idle;
  refusal_t          walk_refusal;
  logic              fill;
  logic [1:0]        ahead_valid, ahead_ready;
  page_t             ahead [2];

  for (genvar i = 0; i < 2; i++) begin : gen_port
    kestrel_mmu_port #(
      .Write (i == 1)
    ) u_port (
      .clk_i          (clk_i),
      .rst_ni         (rst_ni),
      .clear_i        (clear_i),
      .req_valid_i    (req_valid_i[i]),
      .req_space_i    (req_space_i[i]),
      .req_take_o     (req_take_o[i]),
      .req_i          (req_i[i]),
      .req_id_i       (req_id_i[i]),
      .ready_o        (ready_o[i]),
      .refuse_o       (refuse_o[i]),
      .refusal_o      (refusal_o[i]),
      .space_valid_o  (space_valid[i]),
      .space_o        (space[i]),
      .space_ready_i  (space_ready[i]),
      .space_i        (space_i),
      .lookup_valid_o (lookup_valid[i]),
      .lookup_ready_i (lookup_ready[i]),
      .page_o         (page[i]),
      .hit_i          (hit),
      .line_i         (line),
      .line_page_i    (line_page),
      .walk_valid_o   (walk_valid[i]),
      .walk_root_o    (walk_root[i]),
      .walk_idle_i    (walk_idle),
      .walk_done_i    (walk_done[i]),
      .walk_refusal_i (walk_refusal),
      .fill_i         (fill),
      .ahead_valid_o  (ahead_valid[i]),
      .ahead_ready_i  (ahead_ready[i]),
      .ahead_o        (ahead[i]),
      .hold_i         (hold),
      .quiet_o        (quiet[i]),
      .drop_i         (drop),
      .invalidate_i   (invalidate),
      .stall_faults_i (stall_faults_i),
      .stalled_o      (stalled_o[i]),
      .retry_i        (retry_i),
      .abort_i        (abort_i),
      .ax_valid_o     (ax_valid_o[i]),
      .ax_ready_i     (ax_ready_i[i]),
      .ax_o           (ax_o[i]),
      .waiting_o      (waiting[i]),
      .busy_o         (port_busy[i])
    );
  end

  // Reads go first. They cannot keep writes out: no port looks up its space, or the TLB, in two
  // cycles that follow each other.
  assign space_ready = {space_valid[1] && !space_valid[0], space_valid[0]};
  assign space_o     = space_valid[0] ? space[0] : space[1];

  //////////////////
  // Walking ahead //
  //////////////////

  logic  ahead_lookup_valid, ahead_lookup_ready;
  logic  ahead_walk_valid, ahead_walk_ready;
  page_t ahead_page;

  kestrel_walk_ahead u_ahead (
    .clk_i          (clk_i),
    .rst_ni         (rst_ni),
    .clear_i        (clear_i),
    .ahead_valid_i  (ahead_valid),
    .ahead_ready_o  (ahead_ready),
    .ahead_i        (ahead),
    .lookup_valid_o (ahead_lookup_valid),
    .lookup_ready_i (ahead_lookup_ready),
    .page_o         (ahead_page),
    .hit_i          (hit),
    .walk_valid_o   (ahead_walk_valid),
    .walk_ready_i   (ahead_walk_ready),
    .busy_o         (ahead_busy)
  );

  /////////
  // TLB //
  /////////

  line_t           fill_line;
  logic [PpnW-1:0] fill_page [LineEntries];
  logic            tlb_valid;
  page_t           tlb_page;

  assign lookup_ready       = {!lookup_valid[0], 1'b1};
  assign ahead_lookup_ready = lookup_valid == '0;
  assign tlb_valid          = |lookup_valid || ahead_lookup_valid;

  always_comb begin
    tlb_page = ahead_page;
    if (lookup_valid[1]) tlb_page = page[1];
    if (lookup_valid[0]) tlb_page = page[0];
  end

  kestrel_tlb u_tlb (
    .clk_i          (clk_i),
    .rst_ni         (rst_ni),
    .clear_i        (clear_i),
    .lookup_valid_i (tlb_valid),
    .lookup_page_i  (tlb_page),
    .lookup_write_i (!lookup_valid[0]),
    .lookup_any_i   (lookup_valid == '0),
    .hit_o          (hit),
    .line_o         (line),
    .page_o         (line_page),
    .fill_i         (fill),
    .fill_line_i    (fill_line),
    .fill_page_i    (fill_page),
    .drop_i         (drop),
    .invalidate_i   (invalidate)
  );

  ////////////
  // Walker //
  ////////////

  logic  walk_start, walk_ended;
  walk_t walk;
  logic  pick;                    // Port whose walk begins.
  logic  served_d, served_q;      // Port whose walk began last.

  // In turns: a port that faults again and again must not keep the other one out. What lies ahead
  // waits until no access does.
  assign pick             = walk_valid[1] && (!walk_valid[0] || !served_q);
  assign walk_start       = walk_idle && !hold && !clear_i && (|walk_valid || ahead_walk_valid);
  assign ahead_walk_ready = walk_idle && !hold && walk_valid == '0;
  assign tlb_miss_o       = walk_start && |walk_valid;
  assign served_d         = tlb_miss_o ? pick : served_q;
  assign walk_done        = {walk_ended && served_q, walk_ended && !served_q};

  always_comb begin
    walk = '0;
    if (walk_start) begin
      walk.page  = walk_valid == '0 ? ahead_page : page[pick];
      walk.root  = walk_root[pick];
      walk.write = pick;
      walk.ahead = walk_valid == '0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) served_q <= 1'b0;
    else         served_q <= served_d;
  end

  kestrel_walker u_walker (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .clear_i      (clear_i),
    .start_i      (walk_start),
    .walk_i       (walk),
    .idle_o       (walk_idle),
    .done_o       (walk_ended),
    .refusal_o    (walk_refusal),
    .fill_o       (fill),
    .fill_line_o  (fill_line),
    .fill_page_o  (fill_page),
    .drop_i       (drop),
    .invalidate_i (invalidate),
    .ar_valid_o   (walk_ar_valid_o),
    .ar_ready_i   (walk_ar_ready_i),
    .ar_o         (walk_ar_o),
    .r_valid_i    (walk_r_valid_i),
    .r_i          (walk_r_i),
    .busy_o       (walk_busy)
  );

  //////////////////
  // Invalidation //
  //////////////////

  kestrel_mmu_invalidate u_invalidate (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .start_i      (inv_start_i),
    .invalidate_i (inv_i),
    .busy_o       (inv_busy_o),
    .hold_o       (hold),
    .quiet_i      (&quiet && walk_idle),
    .bus_idle_i   (bus_idle_i),
    .drop_o       (drop),
    .invalidate_o (invalidate)
  );

  assign waiting_o = |waiting;
  assign busy_o    = |port_busy || ahead_busy || walk_busy || drop;

endmodule : kestrel_mmu
