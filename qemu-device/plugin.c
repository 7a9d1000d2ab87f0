/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * Entry: QEMU loads this module with -plugin, before it makes the devices of
 * the command line. It instruments nothing; it registers a device type.
 *
 * Options: guard-test=NAME (abi_guard.h), for the tests of the guard.
 */
#include <stdio.h>
#include <string.h>

#include "abi_guard.h"
#include "presil_pci.h"

#define PLUGIN_EXPORT __attribute__((visibility("default")))

/* QEMU compares this with the range of plugin interfaces that it offers. */
PLUGIN_EXPORT int qemu_plugin_version = 4;

/* QEMU 11.1 offers 7 and up; it is told by a function that 10.0 lacks. */
extern __attribute__((weak)) void pcie_pri_init(void);

__attribute__((constructor)) static void choose_plugin_version(void)
{
    if (pcie_pri_init) {
        qemu_plugin_version = 7;
    }
}

static bool parse_option(const char *option, PresilGuardTest *test)
{
    static const char prefix[] = "guard-test=";

    if (!strncmp(option, prefix, sizeof(prefix) - 1)) {
        for (int i = 0; i < GUARD_TESTS; i++) {
            if (!strcmp(option + sizeof(prefix) - 1,
                        presil_guard_test_names[i])) {
                *test = (PresilGuardTest)i;
                return true;
            }
        }
    }
    fprintf(stderr, "presil-pci: no such option: %s\n", option);
    return false;
}

PLUGIN_EXPORT int qemu_plugin_install(uint64_t id, const qemu_info_t *info,
                                      int argc, char **argv)
{
    PresilGuardTest test = GUARD_TEST_NONE;
    size_t class_offset;

    (void)id;
    for (int i = 0; i < argc; i++) {
        if (!parse_option(argv[i], &test)) {
            return 1;
        }
    }
    /*
     * A refusal is not QEMU's end: it goes on, and finds no such device if the
     * command line asks for one.
     */
    if (presil_guard_pass(info, test, &class_offset)) {
        presil_pci_register(class_offset);
    }
    return 0;
}
