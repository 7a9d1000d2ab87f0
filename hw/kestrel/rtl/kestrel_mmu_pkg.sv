// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// What the blocks of the memory management unit share: page table entries, TLB lines, walks, and
/// invalidations.
package kestrel_mmu_pkg;

  import kestrel_pkg::*;
  import kestrel_cmd_pkg::*;

  /// Width of a page number: virtual (VA bits 47:12), and on the bus (address bits 51:12).
  parameter int unsigned PageW = 12;
  parameter int unsigned VpnW  = VaW - PageW;
  parameter int unsigned PpnW  = 40;
  /// Width of an index into a page table; a table has 2 to the power of this many entries.
  parameter int unsigned IndexW = 9;
  /// Entries in a TLB line: 64 bytes of a page table.
  parameter int unsigned LineEntries = 8;
  parameter int unsigned LineW       = $clog2(LineEntries);
  /// Width of a line's tag: the virtual page number without the place in the line.
  parameter int unsigned TagW = VpnW - LineW;
  /// Leaf tables whose address the walker remembers.
  parameter int unsigned WalkTables = 8;
  /// Privileged access of no process, as AxUSER says it.
  parameter logic [AxiUserW-1:0] UserPrivileged = AxiUserW'(1) << 21;

  /// Page table entry, as it lies in memory.
  typedef struct packed {
    logic [11:0]     reserved_52;
    /// Next table, or page that the leaf maps.
    logic [PpnW-1:0] page;
    logic [7:0]      reserved_4;
    logic            leaf;
    logic            writable;
    logic            readable;
    logic            present;
  } entry_t;

  /// TLB line without its pages.
  typedef struct packed {
    logic [SpaceW-1:0]      space;
    /// Pages of 2 MiB, else of 4 KiB.
    logic                   big;
    /// VA bits 47:15; of a big line only bits 47:24 count.
    logic [TagW-1:0]        tag;
    /// Entries that are valid leaves and permit the access.
    logic [LineEntries-1:0] readable;
    logic [LineEntries-1:0] writable;
  } line_t;

  /// A page of a space.
  typedef struct packed {
    logic [SpaceW-1:0] space;
    logic [VpnW-1:0]   vpn;
  } page_t;

  /// Page table walk.
  typedef struct packed {
    page_t           page;
    /// Root table, in pages.
    logic [PpnW-1:0] root;
    /// For a write, else for a read.
    logic            write;
    /// For nobody yet; then `root` and `write` mean nothing.
    logic            ahead;
  } walk_t;

  /// What to forget.
  typedef struct packed {
    logic              all_spaces;
    /// Pages `first` to `last`, inclusive; else the whole space.
    logic              range;
    logic [SpaceW-1:0] space;
    logic [VpnW-1:0]   first;
    logic [VpnW-1:0]   last;
  } invalidate_t;

  /// What is wrong with an entry of a table of this level, 3 for the root and 0 for leaves.
  /// Permission is not looked at.
  function automatic fault_e entry_fault(entry_t entry, logic [1:0] level);
    if (!entry.present) return FaultNotPresent;
    if (entry.reserved_52 != '0 || entry.reserved_4 != '0) return FaultTableFormat;
    if (entry.leaf) begin
      // A leaf maps a page of 4 KiB or of 2 MiB, the latter aligned.
      if (level > 2'd1) return FaultTableFormat;
      if (level == 2'd1 && entry.page[IndexW-1:0] != '0) return FaultTableFormat;
    end else begin
      if (level == 2'd0) return FaultTableFormat;
      if (entry.readable || entry.writable) return FaultTableFormat;
    end
    return FaultNone;
  endfunction

  /// Place of a page in the line that maps it.
  function automatic logic [LineW-1:0] line_index(logic big, logic [VpnW-1:0] vpn);
    return big ? vpn[IndexW+:LineW] : vpn[0+:LineW];
  endfunction

  /// The line's tag says that it has an entry for the page.
  function automatic logic line_covers(line_t line, page_t page);
    return line.space == page.space && line.tag[TagW-1:IndexW] == page.vpn[VpnW-1:IndexW+LineW] &&
        (line.big || line.tag[IndexW-1:0] == page.vpn[IndexW+LineW-1:LineW]);
  endfunction

  /// The line translates this access.
  function automatic logic line_hits(line_t line, page_t page, logic write);
    logic [LineW-1:0] index;
    index = line_index(line.big, page.vpn);
    return line_covers(line, page) && (write ? line.writable[index] : line.readable[index]);
  endfunction

  /// Page on the bus, from an entry's.
  function automatic logic [PpnW-1:0] bus_page(logic big, logic [PpnW-1:0] page,
                                               logic [VpnW-1:0] vpn);
    return big ? {page[PpnW-1:IndexW], vpn[IndexW-1:0]} : page;
  endfunction

  /// Something that is known of the pages `first` to `last` of a space must be forgotten.
  function automatic logic forgets(invalidate_t invalidate, logic [SpaceW-1:0] space,
                                   logic [VpnW-1:0] first, logic [VpnW-1:0] last);
    return (invalidate.all_spaces || invalidate.space == space) &&
        (!invalidate.range || (first <= invalidate.last && last >= invalidate.first));
  endfunction

  /// The line must be forgotten.
  function automatic logic forgets_line(invalidate_t invalidate, line_t line);
    logic [VpnW-1:0] first, rest;
    rest  = line.big ? VpnW'((1 << (IndexW + LineW)) - 1) : VpnW'((1 << LineW) - 1);
    first = {line.tag, LineW'(0)} & ~rest;
    return forgets(invalidate, line.space, first, first | rest);
  endfunction

endpackage : kestrel_mmu_pkg
