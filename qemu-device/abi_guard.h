/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * Proves the declarations of qemu_abi.h against the running QEMU.
 *
 * The layouts used are nobody's promise. Before the device is registered the
 * guard checks each against something that QEMU itself shows; when one does not
 * match, the module says so in one sentence and registers nothing.
 */
#ifndef PRESIL_ABI_GUARD_H
#define PRESIL_ABI_GUARD_H

#include "qemu_abi.h"

/*
 * For tests: take this one expectation wrong, to see the guard refuse. One of
 * the names in presil_guard_test_names[], by index; -1: none.
 */
typedef enum PresilGuardTest {
    GUARD_TEST_NONE = -1,
    GUARD_TEST_TARGET,
    GUARD_TEST_SYMBOL,
    GUARD_TEST_IDS,
    GUARD_TEST_SLOTS,
    GUARD_TEST_TYPE_INFO,
    GUARD_TEST_REGION_SIZE,
    GUARD_TEST_SPACE_SIZE,
    GUARD_TEST_TIMER_SIZE,
    GUARD_TEST_NOTIFIER_SIZE,
    GUARD_TEST_OPS,
    GUARD_TEST_ATTRS,
    GUARD_TEST_BUILD_ID, /* takes the build for one that was never tested */
    GUARD_TESTS,
} PresilGuardTest;

extern const char *const presil_guard_test_names[GUARD_TESTS];

/* What did not match; one clause. */
typedef struct PresilMismatch {
    char text[240];
} PresilMismatch;

/* Attributes of an access that reaches RAM and nothing else. */
extern MemTxAttrs presil_ram_only;

/*
 * Runs all checks. True: the device may be registered, with its class part at
 * `*class_offset`. False: said why on stderr.
 */
bool presil_guard_pass(const qemu_info_t *info, PresilGuardTest test,
                       size_t *class_offset);

/* abi_selftest.c: the checks that call QEMU with objects of our own. */
bool presil_guard_selftest(PresilGuardTest test, PresilMismatch *mismatch);

#define presil_mismatch(mismatch, ...)                                         \
    (snprintf((mismatch)->text, sizeof((mismatch)->text), __VA_ARGS__), false)

#endif
