// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Walks the page table of a space: four levels, from the root or from a leaf table that is known
/// from an earlier walk.
///
/// One walk at a time, one read at a time. Of levels 3 and 2 it reads the beat with the entry; of
/// levels 1 and 0, where leaves may be, the eight entries around it, of which it makes a TLB line.
/// A walk ahead is for the first page of a line: it starts at a known leaf table or not at all, and
/// fills the line if any entry is of use.
module kestrel_walker
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
  import kestrel_mmu_pkg::*;
(
  input  logic            clk_i,
  input  logic            rst_ni,
  /// Forget everything; the reads under way are ended by the isolator.
  input  logic            clear_i,

  /// Begin; only while idle.
  input  logic            start_i,
  input  walk_t           walk_i,
  output logic            idle_o,

  /// The walk for an access has ended, one cycle: refused, or without fault the line is filled.
  output logic            done_o,
  output refusal_t        refusal_o,
  /// TLB line, one cycle.
  output logic            fill_o,
  output line_t           fill_line_o,
  output logic [PpnW-1:0] fill_page_o [LineEntries],

  /// Forget upper levels, one cycle; only while idle.
  input  logic            drop_i,
  input  invalidate_t     invalidate_i,

  /// Reads of page tables; data is always taken.
  output logic            ar_valid_o,
  input  logic            ar_ready_i,
  output axi_ax_t         ar_o,
  input  logic            r_valid_i,
  input  r_beat_t         r_i,

  /// The clock is needed.
  output logic            busy_o
);

  typedef enum logic [2:0] {
    StIdle,
    StStart,    // Where to begin.
    StRequest,
    StRead,
    StDecide,   // The wanted entry is there.
    StDone
  } state_e;

  state_e          state_d, state_q;
  walk_t           walk_q;
  logic [1:0]      level_q;    // Of the table that is read.
  logic [PpnW-1:0] table_q;
  logic [1:0]      beat_q;     // Of the read's data.
  entry_t          entry_q;    // The wanted one, and the answer that it came with.
  logic [1:0]      resp_q;
  refusal_t        refusal_q;
  logic            big;        // Leaves are of 2 MiB.

  logic            known;      // The leaf table is.
  logic [PpnW-1:0] known_table;

  // What follows from the wanted entry.
  fault_e          fault;
  logic            descend;

  // Leaves may be in the table: the whole line is read.
  logic            line_read;
  assign line_read = !level_q[1];
  assign big       = level_q[0];

  ////////////
  // States //
  ////////////

  always_comb begin
    fault   = FaultNone;
    descend = 1'b0;
    if (state_q == StDecide) begin
      fault   = resp_q[1] ? FaultTableBus : entry_fault(entry_q, level_q);
      descend = fault == FaultNone && !entry_q.leaf;
      if (fault == FaultNone && entry_q.leaf &&
          !(walk_q.write ? entry_q.writable : entry_q.readable)) begin
        fault = FaultPermission;
      end
    end
  end

  always_comb begin
    state_d = state_q;

    unique case (state_q)
      StIdle:    if (start_i) state_d = StStart;
      StStart:   state_d = !known && walk_q.ahead ? StIdle : StRequest;
      StRequest: if (ar_ready_i) state_d = StRead;
      StRead:    if (r_valid_i && r_i.last) state_d = StDecide;
      StDecide:  state_d = descend ? StRequest : StDone;
      StDone:    state_d = StIdle;
      default:   state_d = StIdle;
    endcase

    if (clear_i) state_d = StIdle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= StIdle;
    else         state_q <= state_d;
  end

  ////////////
  // Levels //
  ////////////

  kestrel_table_cache u_tables (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .clear_i      (clear_i),
    .lookup_i     (state_q == StStart),
    .page_i       (walk_q.page),
    .hit_o        (known),
    .table_o      (known_table),
    .fill_i       (descend && level_q == 2'd1),
    .fill_table_i (entry_q.page),
    .drop_i       (drop_i),
    .invalidate_i (invalidate_i)
  );

  // Nothing here needs a reset: the state gates every use.
  always_ff @(posedge clk_i) begin
    if (state_q != StIdle || start_i) begin
      unique case (state_q)
        StIdle: walk_q <= walk_i;
        StStart: begin
          level_q <= known ? 2'd0 : 2'd3;
          table_q <= known ? known_table : walk_q.root;
        end
        StDecide: begin
          if (descend) begin
            level_q <= level_q - 2'd1;
            table_q <= entry_q.page;
          end
          refusal_q.fault <= fault;
          refusal_q.resp  <= fault == FaultTableBus ? resp_q : '0;
        end
        default: ;
      endcase
    end
  end

  //////////////
  // Requests //
  //////////////

  logic [IndexW-2:0] pair;  // Of entries in the table: a beat.

  always_comb begin
    pair = '0;
    ar_o = '0;
    if (state_q == StRequest) begin
      pair      = walk_q.page.vpn[IndexW*level_q+1+:IndexW-1];
      ar_o.user = UserPrivileged;
      ar_o.id   = IdWalk;
      ar_o.len  = line_read ? 8'd3 : 8'd0;
      ar_o.addr = {12'd0, table_q, line_read ? {pair[IndexW-2:LineW-1], 6'd0} : {pair, 4'd0}};
    end
  end

  assign ar_valid_o = state_q == StRequest;

  /////////////
  // Entries //
  /////////////

  logic [LineEntries-1:0] readable_q, writable_q;
  logic [PpnW-1:0]        page_q [LineEntries];

  always_ff @(posedge clk_i) begin
    if (state_q == StRequest) beat_q <= '0;
    if (state_q == StRead && r_valid_i) begin
      automatic logic [LineW-1:0] wanted = walk_q.page.vpn[IndexW*level_q+:LineW];

      beat_q <= beat_q + 1'b1;
      if (!line_read || beat_q == wanted[LineW-1:1]) begin
        entry_q <= wanted[0] ? r_i.data[64+:64] : r_i.data[0+:64];
        resp_q  <= r_i.resp;
      end

      if (line_read) begin
        for (int unsigned i = 0; i < 2; i++) begin
          automatic entry_t           entry = r_i.data[64*i+:64];
          automatic logic [LineW-1:0] place = {beat_q, 1'(i)};
          automatic logic             of_use = !r_i.resp[1] && entry.leaf &&
                                               entry_fault(entry, level_q) == FaultNone;
          readable_q[place] <= of_use && entry.readable;
          writable_q[place] <= of_use && entry.writable;
          page_q[place]     <= entry.page;
        end
      end
    end
  end

  ////////////
  // Result //
  ////////////

  assign idle_o    = state_q == StIdle;
  assign done_o    = state_q == StDone && !walk_q.ahead;
  assign refusal_o = refusal_q;

  assign fill_o = state_q == StDone &&
                  (walk_q.ahead ? |{readable_q, writable_q} : refusal_q.fault == FaultNone);
  assign fill_line_o.space    = walk_q.page.space;
  assign fill_line_o.big      = big;
  assign fill_line_o.tag      = {walk_q.page.vpn[VpnW-1:IndexW+LineW],
                                 big ? IndexW'(0) : walk_q.page.vpn[IndexW+LineW-1:LineW]};
  assign fill_line_o.readable = readable_q;
  assign fill_line_o.writable = writable_q;
  assign fill_page_o          = page_q;

  // A read that the bus has is the bus's to answer.
  assign busy_o = state_q == StRequest ? ar_ready_i : state_q != StIdle && state_q != StRead;

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(StartWhileIdle, !start_i || idle_o, "a walk is begun while one is under way")
  `PRIM_ASSERT(DropWhileIdle, !drop_i || idle_o, "an invalidation ends while a walk is under way")
  `PRIM_ASSERT(DataExpected, !r_valid_i || state_q == StRead,
               "page table data comes that nobody waits for")
  `PRIM_ASSERT(LastIsTrue, !(state_q == StRead && r_valid_i) ||
               r_i.last == (!line_read || beat_q == 2'd3),
               "the last beat of page table data is not where the request put it")

endmodule : kestrel_walker
