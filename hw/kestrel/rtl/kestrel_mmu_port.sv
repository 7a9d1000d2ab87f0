// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

`include "prim_assert.svh"

/// Translates the requests of one direction, one at a time, in order.
///
/// A request takes two cycles: its space is looked up, then it goes to the bus stage, if its space
/// needs no table or the line that was used last translates it. Else the TLB is asked, and if that
/// does not know, the walker. The answer to the client comes together with the move to the bus
/// stage, or with the refusal. A refusal that is to stall is held back until somebody says to try
/// again, or to refuse after all.
module kestrel_mmu_port
  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;
  import kestrel_mmu_pkg::*;
#(
  /// For writes, else for reads.
  parameter bit Write = 1'b0
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  /// Forget everything.
  input  logic              clear_i,

  /// A request waits, and its space.
  input  logic              req_valid_i,
  input  logic [SpaceW-1:0] req_space_i,
  /// Take it; it comes on req_i from the next cycle on, with the id that it goes to the bus with.
  output logic              req_take_o,
  input  bus_req_t          req_i,
  input  logic [AxiIdW-1:0] req_id_i,
  /// Its answer, one cycle.
  output logic              ready_o,
  output logic              refuse_o,
  output refusal_t          refusal_o,

  /// Lookup of the space, shared; it comes in the cycle after it was granted.
  output logic              space_valid_o,
  output logic [SpaceW-1:0] space_o,
  input  logic              space_ready_i,
  input  space_t            space_i,

  /// Lookup in the TLB, shared, of page_o; it comes in the cycle after it was granted.
  output logic              lookup_valid_o,
  input  logic              lookup_ready_i,
  output page_t             page_o,
  input  logic              hit_i,
  input  line_t             line_i,
  input  logic [PpnW-1:0]   line_page_i [LineEntries],

  /// Walk for page_o. The walk for this port ends with walk_done_i.
  output logic              walk_valid_o,
  output logic [PpnW-1:0]   walk_root_o,
  input  logic              walk_idle_i,
  input  logic              walk_done_i,
  input  refusal_t          walk_refusal_i,
  /// A line of the TLB is filled, for whomever.
  input  logic              fill_i,

  /// First page of the line after the one that was entered; dropped for a later one.
  output logic              ahead_valid_o,
  input  logic              ahead_ready_i,
  output page_t             ahead_o,

  /// Take no request and begin no walk.
  input  logic              hold_i,
  /// No request is on its way to the bus.
  output logic              quiet_o,
  /// Forget, one cycle; only while held and quiet.
  input  logic              drop_i,
  input  invalidate_t       invalidate_i,

  /// Refusals of unprivileged requests stall.
  input  logic              stall_faults_i,
  /// One does; then refusal_o is which.
  output logic              stalled_o,
  /// Translate again, or refuse; one cycle.
  input  logic              retry_i,
  input  logic              abort_i,

  /// Bus stage.
  output logic              ax_valid_o,
  input  logic              ax_ready_i,
  output axi_ax_t           ax_o,

  /// A request waits for its translation.
  output logic              waiting_o,
  /// The clock is needed.
  output logic              busy_o
);

  typedef enum logic [2:0] {
    StIdle,
    StAgain,    // Once more from the beginning.
    StCheck,    // The space is there.
    StLookup,
    StAnswer,   // Of the TLB.
    StWalk,
    StRefuse,
    StStall
  } state_e;

  state_e          state_d, state_q;
  logic            ax_valid_d, ax_valid_q;
  axi_ax_t         ax_q;
  refusal_t        refusal_d, refusal_q;
  logic            refusal_set;
  logic [PpnW-1:0] root_q;

  // The line used last.
  logic            line_valid_q;
  line_t           line_q;
  logic [PpnW-1:0] line_page_q [LineEntries];

  logic            start;        // Room in the bus stage, so that there is in the next cycles, too.
  logic            direct;       // The address goes to the bus as it is.
  logic            line_hit;     // The line used last translates the request.
  logic            enter;        // The TLB's does.

  assign page_o = '{space: req_i.space, vpn: req_i.addr[VaW-1:PageW]};

  ////////////
  // States //
  ////////////

  assign start         = !hold_i && (!ax_valid_q || ax_ready_i) && !clear_i;
  assign space_valid_o = start && (state_q == StAgain || (state_q == StIdle && req_valid_i));

  always_comb begin
    state_d     = state_q;
    refusal_d   = '{fault: FaultNone, resp: '0};
    refusal_set = 1'b0;
    direct      = 1'b0;
    line_hit    = 1'b0;
    enter       = 1'b0;

    unique case (state_q)
      StIdle, StAgain: if (space_valid_o && space_ready_i) state_d = StCheck;

      StCheck: begin
        unique case (space_i.mode)
          SpaceModeOff: begin
            refusal_set     = 1'b1;
            refusal_d.fault = FaultSpaceOff;
          end
          SpaceModeTable: begin
            line_hit = line_valid_q && line_hits(line_q, page_o, Write);
            if (req_i.addr[63:VaW] != '0) begin
              line_hit        = 1'b0;
              refusal_set     = 1'b1;
              refusal_d.fault = FaultNonCanonical;
            end
          end
          default: direct = 1'b1;
        endcase
        state_d = direct || line_hit ? StIdle : StLookup;
      end

      StLookup: if (lookup_ready_i) state_d = StAnswer;

      StAnswer: begin
        enter   = hit_i;
        state_d = hit_i ? StIdle : StWalk;
      end

      // Another walk may bring the line. With the walker idle while it is held none will come.
      StWalk: begin
        if (walk_done_i && walk_refusal_i.fault != FaultNone) begin
          refusal_set = 1'b1;
          refusal_d   = walk_refusal_i;
        end else if (fill_i) begin
          state_d = StLookup;
        end else if (hold_i && walk_idle_i) begin
          state_d = StAgain;
        end
      end

      StRefuse: state_d = StIdle;

      StStall: begin
        if (abort_i)      state_d = StRefuse;
        else if (retry_i) state_d = StAgain;
      end

      default: state_d = StIdle;
    endcase

    if (refusal_set) state_d = stall_faults_i && !req_i.privileged ? StStall : StRefuse;
    if (clear_i)     state_d = StIdle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= StIdle;
    else         state_q <= state_d;
  end

  // Neither needs a reset: the state gates every use.
  always_ff @(posedge clk_i) begin
    if (refusal_set) refusal_q <= refusal_d;
    if (state_q == StCheck) root_q <= space_i.root;
  end

  assign space_o        = state_q == StAgain ? req_i.space : req_space_i;
  assign req_take_o     = state_q == StIdle && space_valid_o && space_ready_i;
  assign ready_o        = direct || line_hit || enter;
  assign refuse_o       = state_q == StRefuse;
  assign refusal_o      = refusal_q;
  assign lookup_valid_o = state_q == StLookup;
  assign walk_valid_o   = state_q == StWalk;
  assign walk_root_o    = root_q;
  assign stalled_o      = state_q == StStall;
  assign waiting_o      = state_q == StLookup || state_q == StAnswer || state_q == StWalk;

  ///////////////
  // Bus stage //
  ///////////////

  always_comb begin
    ax_valid_d = ax_valid_q && !ax_ready_i;
    if (ready_o) ax_valid_d = 1'b1;
    if (clear_i) ax_valid_d = 1'b0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) ax_valid_q <= 1'b0;
    else         ax_valid_q <= ax_valid_d;
  end

  // The request needs no reset: ax_valid_q gates every use.
  always_ff @(posedge clk_i) begin
    if (ready_o) begin
      automatic logic [VpnW-1:0] vpn = page_o.vpn;
      automatic logic [PpnW-1:0] ppn;
      ax_q.id   <= req_id_i;
      ax_q.len  <= req_i.len;
      ax_q.user <= {{AxiUserW - 22{1'b0}}, req_i.privileged, 21'd0};
      if (direct) begin
        ax_q.addr <= req_i.addr;
        if (space_i.mode == SpaceModePasid) begin
          ax_q.user <= {{AxiUserW - 22{1'b0}}, req_i.privileged, 1'b1, space_i.pasid};
        end
      end else begin
        ppn = line_hit ? bus_page(line_q.big, line_page_q[line_index(line_q.big, vpn)], vpn)
                       : bus_page(line_i.big, line_page_i[line_index(line_i.big, vpn)], vpn);
        ax_q.addr <= {12'd0, ppn, req_i.addr[PageW-1:0]};
      end
    end
  end

  assign ax_valid_o = ax_valid_q;
  assign ax_o       = ax_q;

  ////////////////////////
  // The line used last //
  ////////////////////////

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                                           line_valid_q <= 1'b0;
    else if (clear_i)                                      line_valid_q <= 1'b0;
    else if (enter)                                        line_valid_q <= 1'b1;
    else if (drop_i && forgets_line(invalidate_i, line_q)) line_valid_q <= 1'b0;
  end

  // The line needs no reset: line_valid_q gates every use.
  always_ff @(posedge clk_i) begin
    if (enter) begin
      line_q      <= line_i;
      line_page_q <= line_page_i;
    end
  end

  ////////////////
  // Walk ahead //
  ////////////////

  logic  ahead_valid_d, ahead_valid_q;
  page_t ahead_q;
  logic  ahead_set;

  // Only within the leaf table: of the next one nothing is known. A line of 2 MiB pages is worth a
  // walk.
  assign ahead_set = enter && !line_i.big && line_i.tag[IndexW-LineW-1:0] != '1;

  always_comb begin
    ahead_valid_d = ahead_valid_q && !ahead_ready_i;
    if (ahead_set) ahead_valid_d = 1'b1;
    if (clear_i)   ahead_valid_d = 1'b0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) ahead_valid_q <= 1'b0;
    else         ahead_valid_q <= ahead_valid_d;
  end

  // The page needs no reset: ahead_valid_q gates every use.
  always_ff @(posedge clk_i) begin
    if (ahead_set) ahead_q <= '{space: line_i.space, vpn: {line_i.tag + 1'b1, LineW'(0)}};
  end

  assign ahead_valid_o = ahead_valid_q;
  assign ahead_o       = ahead_q;

  ////////////////////
  // Quiet and busy //
  ////////////////////

  assign quiet_o = !ax_valid_q && (state_q == StIdle || state_q == StAgain || state_q == StStall ||
                                   state_q == StRefuse);

  // Stalled, or held, or with the walker at work, it waits for others.
  always_comb begin
    busy_o = ax_valid_q && ax_ready_i;
    unique case (state_q)
      StIdle:           if (start && req_valid_i) busy_o = 1'b1;
      StAgain:          if (start) busy_o = 1'b1;
      StWalk:           if (walk_idle_i) busy_o = 1'b1;
      StStall:          ;
      default:          busy_o = 1'b1;
    endcase
  end

  ////////////////
  // Assertions //
  ////////////////

  `PRIM_ASSERT(BusStageFree, !ready_o || !ax_valid_q,
               "a request goes to the bus stage while another one is there")
  `PRIM_ASSERT(DropWhileQuiet, !drop_i || (hold_i && quiet_o),
               "an invalidation ends while a request uses what it forgets")

endmodule : kestrel_mmu_port
