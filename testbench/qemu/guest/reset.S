/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * From the reset vector to 64-bit code at 1 MiB, all memory mapped one to one. Serves as -bios: the
 * image is the 64 KiB below 4 GiB, and shows up below 1 MiB as well, which is where it is linked.
 */
        .set PAGE_MAP, 0x10000          /* level 4 */
        .set PAGE_POINTERS, 0x11000     /* level 3: 512 pages of 1 GiB */
        .set ENTRY, 0x100000

        .section .text, "ax"
        .code16
image:
start16:
        cli
        lgdtl %cs:(gdt_pointer - image)
        movl %cr0, %eax
        orl $1, %eax
        movl %eax, %cr0
        ljmpl $0x08, $start32

        .code32
start32:
        movw $0x10, %ax
        movw %ax, %ds
        movw %ax, %es
        movw %ax, %ss

        movl $PAGE_POINTERS + 0x3, PAGE_MAP
        movl $0, PAGE_MAP + 4
        movl $PAGE_POINTERS, %edi
        xorl %ecx, %ecx
1:      /* address ecx << 30; present, writable, large */
        movl %ecx, %eax
        shll $30, %eax
        orl $0x83, %eax
        movl %eax, (%edi)
        movl %ecx, %eax
        shrl $2, %eax
        movl %eax, 4(%edi)
        addl $8, %edi
        incl %ecx
        cmpl $512, %ecx
        jne 1b

        movl $0x620, %eax               /* PAE, SSE state */
        movl %eax, %cr4
        movl $PAGE_MAP, %eax
        movl %eax, %cr3
        movl $0xc0000080, %ecx          /* EFER: long mode */
        rdmsr
        orl $0x100, %eax
        wrmsr
        movl %cr0, %eax
        andl $0xfffffffb, %eax
        orl $0x80000002, %eax           /* paging, SSE */
        movl %eax, %cr0
        ljmpl $0x18, $start64

        .code64
start64:
        movl $0x80000, %esp
        movl $ENTRY, %eax
        jmpq *%rax

        .balign 8
gdt:
        .quad 0
        .quad 0x00cf9b000000ffff        /* 0x08: 32-bit code */
        .quad 0x00cf93000000ffff        /* 0x10: data */
        .quad 0x00af9b000000ffff        /* 0x18: 64-bit code */
gdt_end:
gdt_pointer:
        .word gdt_end - gdt - 1
        .long gdt

        .section .reset, "ax"
        .code16
        ljmpw $0xf000, $0               /* start16, in the copy below 1 MiB */
        .balign 16
