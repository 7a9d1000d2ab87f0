/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * Config space: QEMU's own, with our bits laid over it.
 *
 * QEMU keeps config space in a buffer whose place in PCIDevice we do not want
 * to know. It fills capabilities, command register, BARs and MSI-X by its
 * exported functions; what those cannot set (ids that come with the hello,
 * power management, payload sizes) lives in our own bytes, merged on every
 * access.
 */
#include <string.h>

#include "presil_pci.h"

/* PCI Local Bus 3.0, 6.1 */
enum {
    PCI_VENDOR_ID        = 0x00,
    PCI_DEVICE_ID        = 0x02,
    PCI_COMMAND          = 0x04,
    PCI_COMMAND_MEMORY   = 0x2,
    PCI_COMMAND_MASTER   = 0x4,
    PCI_REVISION_ID      = 0x08,
    PCI_CLASS_PROG       = 0x09,
    PCI_SUBSYSTEM_VENDOR = 0x2c,
    PCI_SUBSYSTEM_ID     = 0x2e,
    PCI_CAP_ID_PM        = 0x01,
    PCI_CAP_ID_MSIX      = 0x11,
};

/* PCI Power Management 1.2, 3.2 */
enum {
    PM_SIZE              = 8,
    PM_PMC               = 2,
    PM_PMC_VERSION       = 3,
    PM_CTRL              = 4,
    PM_CTRL_STATE        = 0x3,
    PM_CTRL_NO_SOFT_RST  = 0x8,
    PM_STATE_D3HOT       = 3,
};

/* PCI Express 4.0, 7.5.3 */
enum {
    EXP_DEVCAP           = 0x04,
    EXP_DEVCAP_MPS       = 0x07, /* Max_Payload_Size supported */
    EXP_DEVCTL           = 0x08,
    EXP_DEVCTL_RELAX     = 0x0010,
    EXP_DEVCTL_MPS       = 0x00e0,
    EXP_DEVCTL_MPS_SHIFT = 5,
    EXP_DEVCTL_EXT_TAG   = 0x0100,
    EXP_DEVCTL_NO_SNOOP  = 0x0800,
    EXP_DEVCTL_MRRS      = 0x7000,
    EXP_DEVCTL_MRRS_SHIFT = 12,
    EXP_SIZE_256         = 1, /* 128 << 1 */
    EXP_SIZE_512         = 2,
    EXP_SIZE_4096        = 5,
};
#define EXP_DEVCTL_OURS                                                        \
    (EXP_DEVCTL_RELAX | EXP_DEVCTL_MPS | EXP_DEVCTL_EXT_TAG |                  \
     EXP_DEVCTL_NO_SNOOP | EXP_DEVCTL_MRRS)

/* PCI Express 4.0, 7.8.4 and 7.9.3 */
enum {
    AER_OFFSET  = 0x100,
    AER_VERSION = 2,
    AER_SIZE    = 0x48,
    DSN_SIZE    = 0x0c,
};

/* PCI Local Bus 3.0, 6.8.2 */
enum {
    MSIX_CONTROL          = 2,
    MSIX_CONTROL_MASK_ALL = 0x4000,
    MSIX_CONTROL_ENABLE   = 0x8000,
};

/* ------------------------------------------------------------- overlay ---- */

/* Makes `mask` of the `bytes` at `offset` ours; `writable` by the guest. */
static void overlay(PresilConfig *c, unsigned offset, unsigned bytes,
                    uint32_t mask, uint32_t value, uint32_t writable)
{
    for (unsigned i = 0; i < bytes; i++) {
        c->ours[offset + i] |= (uint8_t)(mask >> (8 * i));
        c->value[offset + i] |= (uint8_t)((value & mask) >> (8 * i));
        c->initial[offset + i] = c->value[offset + i];
        c->writable[offset + i] |= (uint8_t)((writable & mask) >> (8 * i));
    }
}

static uint32_t get_ours(const PresilConfig *c, unsigned offset,
                         unsigned bytes)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < bytes; i++) {
        value |= (uint32_t)c->value[offset + i] << (8 * i);
    }
    return value;
}

static bool in_range(uint32_t address, int len)
{
    return len > 0 && len <= 4 && address <= PRESIL_CONFIG_BYTES - (unsigned)len;
}

/* ------------------------------------------------------ what the sim sees ---- */

uint32_t presil_config_power_state(const PresilPci *s)
{
    const PresilConfig *c = &s->config;

    return c->pm_cap ? get_ours(c, c->pm_cap + PM_CTRL, 1) & PM_CTRL_STATE : 0;
}

bool presil_config_bus_master(const PresilPci *s)
{
    return (pci_default_read_config(s->pci, PCI_COMMAND, 2) &
            PCI_COMMAND_MASTER) &&
           presil_config_power_state(s) == 0;
}

/* Command register and MSI-X message control, as CONFIG's flags. */
static uint32_t current_flags(const PresilPci *s)
{
    const PresilConfig *c = &s->config;
    const uint32_t command = pci_default_read_config(s->pci, PCI_COMMAND, 2);
    uint32_t flags = 0;

    flags |= command & PCI_COMMAND_MEMORY ? PRESIL_CONFIG_MEMORY_SPACE : 0;
    flags |= command & PCI_COMMAND_MASTER ? PRESIL_CONFIG_BUS_MASTER : 0;
    if (c->msix_cap) {
        const uint32_t control =
            pci_default_read_config(s->pci, c->msix_cap + MSIX_CONTROL, 2);

        flags |= control & MSIX_CONTROL_ENABLE ? PRESIL_CONFIG_MSIX_ENABLE : 0;
        flags |=
            control & MSIX_CONTROL_MASK_ALL ? PRESIL_CONFIG_MSIX_MASK_ALL : 0;
    }
    return flags;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Tells the simulator what it does not know yet. */
static void send_config(PresilPci *s, uint32_t flags)
{
    const PresilConfig *c = &s->config;
    const uint32_t devctl = get_ours(c, c->exp_cap + EXP_DEVCTL, 2);
    const uint32_t mps = (devctl & EXP_DEVCTL_MPS) >> EXP_DEVCTL_MPS_SHIFT;
    const uint32_t mrrs = (devctl & EXP_DEVCTL_MRRS) >> EXP_DEVCTL_MRRS_SHIFT;
    struct presil_message ret;
    struct presil_message config = {
        .header = {.type = PRESIL_CALL_CONFIG, .time_ps = presil_guest_ps()},
        .u.config = {
            .flags = flags,
            /* Beyond what we offer is reserved: taken for the most. */
            .mps_bytes = 128u << least(mps, EXP_SIZE_256),
            .mrrs_bytes = 128u << least(mrrs, EXP_SIZE_4096),
            .power_state = presil_config_power_state(s),
        },
    };

    if (!memcmp(&config.u.config, &c->sent.u.config, sizeof(config.u.config)) ||
        presil_link_any_call_in_flight()) {
        return;
    }
    s->config.sent = config;
    if (presil_link_call(&s->link, &config, &ret)) {
        presil_clock_update(s);
    }
}

/* ------------------------------------------------------- QEMU's callbacks ---- */

uint32_t presil_config_read(PCIDevice *pci, uint32_t address, int len)
{
    const PresilPci *s = presil_pci_find(pci);
    uint32_t value = pci_default_read_config(pci, address, len);

    if (!s || !in_range(address, len)) {
        return value;
    }
    if (s->realized && !presil_link_is_up(&s->link)) {
        return len == 4 ? UINT32_MAX : (1u << (8 * len)) - 1;
    }
    for (int i = 0; i < len; i++) {
        const uint32_t ours = (uint32_t)s->config.ours[address + (unsigned)i]
                              << (8 * i);
        const uint32_t byte = (uint32_t)s->config.value[address + (unsigned)i]
                              << (8 * i);

        value = (value & ~ours) | (byte & ours);
    }
    return value;
}

/* There is no D1 and no D2: a write that asks for one changes nothing. */
static void refuse_missing_power_states(PresilPci *s, uint32_t before)
{
    PresilConfig *c = &s->config;
    const uint32_t state = presil_config_power_state(s);

    if (state != 0 && state != PM_STATE_D3HOT) {
        uint8_t *control = &c->value[c->pm_cap + PM_CTRL];

        *control = (uint8_t)((*control & ~PM_CTRL_STATE) | before);
    }
}

void presil_config_write(PCIDevice *pci, uint32_t address, uint32_t value,
                         int len)
{
    PresilPci *s = presil_pci_find(pci);
    uint32_t power_state;

    if (!s || !s->realized || !in_range(address, len)) {
        pci_default_write_config(pci, address, value, len);
        return;
    }
    power_state = presil_config_power_state(s);
    /* Nobody is there. The BARs stay where they are, and read ones. */
    if (!presil_link_is_up(&s->link)) {
        return;
    }
    for (int i = 0; i < len; i++) {
        const unsigned at = address + (unsigned)i;
        const uint8_t writable = s->config.writable[at];

        s->config.value[at] =
            (uint8_t)((s->config.value[at] & ~writable) |
                      ((value >> (8 * i)) & writable));
    }
    refuse_missing_power_states(s, power_state);
    pci_default_write_config(pci, address, value, len);
    if (s->personality.capabilities & PRESIL_CAP_FLR) {
        s->config.in_flr = true;
        pcie_cap_flr_write_config(pci, address, value, len);
        s->config.in_flr = false;
    }
    if (s->config.aer_cap) {
        pcie_aer_write_config(pci, address, value, len);
    }
    send_config(s, current_flags(s));
}

void presil_config_reset(PresilPci *s)
{
    PresilConfig *c = &s->config;
    const unsigned devctl = c->exp_cap + EXP_DEVCTL;
    const uint8_t mps = c->value[devctl] & EXP_DEVCTL_MPS;

    memcpy(c->value, c->initial, sizeof(c->value));
    if (c->in_flr) {
        /* The one setting of ours that outlives an FLR (PCIe 4.0, 6.6.2). */
        c->value[devctl] = (uint8_t)((c->value[devctl] & ~EXP_DEVCTL_MPS) | mps);
    }
    pcie_cap_deverr_reset(s->pci);
    pcie_cap_lnkctl_reset(s->pci);
    /* QEMU clears command register and MSI-X only after this hook. */
    send_config(s, 0);
}

/* ---------------------------------------------------------------- set-up ---- */

static bool init_pm(PresilPci *s, Error **errp)
{
    PresilConfig *c = &s->config;
    const int offset = pci_add_capability(s->pci, PCI_CAP_ID_PM, 0, PM_SIZE,
                                          errp);

    if (offset < 0) {
        return false;
    }
    c->pm_cap = (uint8_t)offset;
    overlay(c, c->pm_cap + PM_PMC, 2, 0xffff, PM_PMC_VERSION, 0);
    /* State survives D3hot, as the simulator's does. */
    overlay(c, c->pm_cap + PM_CTRL, 2, PM_CTRL_STATE | PM_CTRL_NO_SOFT_RST,
            PM_CTRL_NO_SOFT_RST, PM_CTRL_STATE);
    return true;
}

static bool init_express(PresilPci *s, Error **errp)
{
    PresilConfig *c = &s->config;
    const int offset = pcie_endpoint_cap_init(s->pci, 0);

    if (offset < 0) {
        error_setg(errp, "presil-pci: no room for the PCI Express capability");
        return false;
    }
    c->exp_cap = (uint8_t)offset;
    pcie_cap_deverr_init(s->pci);
    pcie_cap_lnkctl_init(s->pci);
    pcie_cap_fill_link_ep_usp(s->pci, s->personality.link_width,
                              s->personality.link_speed, false);
    if (s->personality.capabilities & PRESIL_CAP_FLR) {
        pcie_cap_flr_init(s->pci);
    }
    overlay(c, c->exp_cap + EXP_DEVCAP, 1, EXP_DEVCAP_MPS, EXP_SIZE_256, 0);
    overlay(c, c->exp_cap + EXP_DEVCTL, 2, EXP_DEVCTL_OURS,
            EXP_DEVCTL_RELAX | EXP_DEVCTL_NO_SNOOP |
                EXP_SIZE_512 << EXP_DEVCTL_MRRS_SHIFT,
            EXP_DEVCTL_OURS);
    return true;
}

static bool init_extended(PresilPci *s, Error **errp)
{
    uint16_t offset = AER_OFFSET;

    if (s->personality.capabilities & PRESIL_CAP_AER) {
        if (pcie_aer_init(s->pci, AER_VERSION, offset, AER_SIZE, errp) < 0) {
            return false;
        }
        s->config.aer_cap = offset;
        offset += AER_SIZE;
    }
    if (s->personality.serial_number) {
        pcie_dev_ser_num_init(s->pci, offset, s->personality.serial_number);
    }
    return true;
}

static void init_ids(PresilPci *s)
{
    const struct presil_personality *p = &s->personality;
    PresilConfig *c = &s->config;

    overlay(c, PCI_VENDOR_ID, 2, 0xffff, p->vendor_id, 0);
    overlay(c, PCI_DEVICE_ID, 2, 0xffff, p->device_id, 0);
    overlay(c, PCI_REVISION_ID, 1, 0xff, p->revision, 0);
    overlay(c, PCI_CLASS_PROG, 3, 0xffffff, p->class_code, 0);
    overlay(c, PCI_SUBSYSTEM_VENDOR, 2, 0xffff, p->subsystem_vendor_id, 0);
    overlay(c, PCI_SUBSYSTEM_ID, 2, 0xffff, p->subsystem_id, 0);
}

static bool init_msix(PresilPci *s, Error **errp)
{
    const struct presil_personality *p = &s->personality;

    if (!p->msix_vectors) {
        return true;
    }
    if (msix_init_exclusive_bar(s->pci, p->msix_vectors, p->msix_bar, errp)) {
        return false;
    }
    for (unsigned v = 0; v < p->msix_vectors; v++) {
        msix_vector_use(s->pci, v);
    }
    s->config.msix_cap = pci_find_capability(s->pci, PCI_CAP_ID_MSIX);
    return true;
}

bool presil_config_init(PresilPci *s, Error **errp)
{
    init_ids(s);
    if (!init_express(s, errp)) {
        return false;
    }
    if (((s->personality.capabilities & PRESIL_CAP_PM) && !init_pm(s, errp)) ||
        !init_extended(s, errp) || !init_msix(s, errp)) {
        presil_config_exit(s);
        return false;
    }
    /* What the simulator begins with. */
    s->config.sent.u.config.mps_bytes = 128;
    s->config.sent.u.config.mrrs_bytes = 512;
    return true;
}

void presil_config_exit(PresilPci *s)
{
    if (s->config.msix_cap) {
        msix_unuse_all_vectors(s->pci);
        msix_uninit_exclusive_bar(s->pci);
        s->config.msix_cap = 0;
    }
    if (s->config.aer_cap) {
        pcie_aer_exit(s->pci);
        s->config.aer_cap = 0;
    }
    if (s->config.exp_cap) {
        pcie_cap_exit(s->pci);
        s->config.exp_cap = 0;
    }
}
