/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/*
 * What this module needs of QEMU, declared by hand: QEMU ships no headers.
 *
 * Nothing here is a promised interface. Objects of QEMU stay opaque; the few
 * layouts that cannot be avoided are marked "layout", and the ABI guard
 * (abi_guard.c) proves each of them against the running QEMU before the
 * device is registered.
 *
 * Every function is weak, so that the module loads even where one is missing
 * and the guard can name it.
 */
#ifndef PRESIL_QEMU_ABI_H
#define PRESIL_QEMU_ABI_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct AddressSpace AddressSpace;
typedef struct BusState BusState;
typedef struct CPUState CPUState;
typedef struct DeviceClass DeviceClass;
typedef struct DeviceState DeviceState;
typedef struct Error Error;
typedef struct MemoryRegion MemoryRegion;
typedef struct Object Object;
typedef struct ObjectClass ObjectClass;
typedef struct ObjectProperty ObjectProperty;
typedef struct PCIDevice PCIDevice;
typedef struct QEMUTimer QEMUTimer;
typedef struct QEMUTimerListGroup QEMUTimerListGroup;
typedef struct TypeImpl TypeImpl;
typedef struct VMChangeStateEntry VMChangeStateEntry;
typedef struct Visitor Visitor;

typedef uint64_t hwaddr;
typedef uint32_t MemTxResult;

/*
 * Opaque objects that we must provide room for, bytes: four times what the
 * largest known QEMU needs. The guard checks with canaries that it suffices.
 */
#define PRESIL_MEMORY_REGION_BYTES 1088
#define PRESIL_ADDRESS_SPACE_BYTES 512
#define PRESIL_TIMER_BYTES         192

/* layout: passed by value in one register; the bits differ by version. */
typedef struct MemTxAttrs {
    uint64_t bits;
} MemTxAttrs;

enum { MEMTX_OK = 0 };

/* layout */
typedef struct InterfaceInfo {
    const char *type;
} InterfaceInfo;

/* layout */
typedef struct TypeInfo {
    const char *name;
    const char *parent;
    size_t instance_size; /* 0: the parent's */
    size_t instance_align;
    void (*instance_init)(Object *obj);
    void (*instance_post_init)(Object *obj);
    void (*instance_finalize)(Object *obj);
    bool abstract;
    size_t class_size; /* 0: the parent's */
    void (*class_init)(ObjectClass *klass, const void *data);
    void (*class_base_init)(ObjectClass *klass, const void *data);
    const void *class_data;
    const InterfaceInfo *interfaces;
} TypeInfo;

/* layout */
typedef struct MemoryRegionOps {
    uint64_t (*read)(void *opaque, hwaddr addr, unsigned size);
    void (*write)(void *opaque, hwaddr addr, uint64_t data, unsigned size);
    MemTxResult (*read_with_attrs)(void *opaque, hwaddr addr, uint64_t *data,
                                   unsigned size, MemTxAttrs attrs);
    MemTxResult (*write_with_attrs)(void *opaque, hwaddr addr, uint64_t data,
                                    unsigned size, MemTxAttrs attrs);
    int endianness;
    struct {
        unsigned min_access_size;
        unsigned max_access_size;
        bool unaligned;
        bool (*accepts)(void *opaque, hwaddr addr, unsigned size, bool is_write,
                        MemTxAttrs attrs);
    } valid;
    struct {
        unsigned min_access_size;
        unsigned max_access_size;
        bool unaligned;
    } impl;
} MemoryRegionOps;

enum { DEVICE_LITTLE_ENDIAN = 2 };

/* layout; `node` is a list link */
typedef struct Notifier {
    void (*notify)(struct Notifier *notifier, void *data);
    void *node[2];
} Notifier;

/* layout; what a main loop's poll notifier is given */
typedef struct MainLoopPoll {
    int state;
} MainLoopPoll;

enum { MAIN_LOOP_POLL_FILL = 0 };

/*
 * layout: this part of PCIDeviceClass, whose place the guard finds by the ids
 * of two known devices.
 */
typedef struct PCIClassPart {
    void (*realize)(PCIDevice *dev, Error **errp);
    void (*exit)(PCIDevice *dev);
    uint32_t (*config_read)(PCIDevice *dev, uint32_t address, int len);
    void (*config_write)(PCIDevice *dev, uint32_t address, uint32_t data,
                         int len);
    uint16_t vendor_id;
    uint16_t device_id;
    uint8_t revision;
    uint16_t class_id;
} PCIClassPart;

/* layout */
typedef struct PCIEAERErr {
    uint32_t status; /* the one bit of the (un)correctable status register */
    uint16_t source_id;
    uint16_t flags;
    uint32_t header[4];
    uint32_t prefix[4];
} PCIEAERErr;

enum {
    PCIE_AER_ERR_IS_CORRECTABLE = 0x1,
    PCIE_AER_ERR_HEADER_VALID   = 0x4,
};

/* layout; for messages only */
typedef struct VersionTriple {
    int64_t major, minor, micro;
} VersionTriple;
typedef struct VersionInfo {
    VersionTriple *qemu;
    char *package;
} VersionInfo;

/* layout; the beginning of what qemu_plugin_install() is given */
typedef struct qemu_info_t {
    const char *target_name;
    struct {
        int min;
        int cur;
    } version;
    bool system_emulation;
} qemu_info_t;

enum { QEMU_CLOCK_VIRTUAL = 1, SCALE_NS = 1 };
/* For qemu_clock_deadline_ns_all(): what icount's own idle jump looks at. */
#define QEMU_TIMER_ATTR_NOT_EXTERNAL (~1)

typedef void QEMUTimerCB(void *opaque);
typedef void IOHandler(void *opaque);
typedef void DeviceReset(DeviceState *dev);
typedef void VMChangeStateHandler(void *opaque, bool running, int state);
typedef void RunOnCpuFunc(CPUState *cpu, void *data);
typedef void ObjectPropertyAccessor(Object *obj, Visitor *v, const char *name,
                                    void *opaque, Error **errp);
typedef void ObjectPropertyRelease(Object *obj, const char *name, void *opaque);
typedef char *StringGetter(Object *obj, Error **errp);
typedef void StringSetter(Object *obj, const char *value, Error **errp);

/* Every function used: F(result, name, arguments). */
#define PRESIL_QEMU_FUNCTIONS(F)                                               \
    /* errors */                                                               \
    F(void, error_setg_internal,                                               \
      (Error * *errp, const char *src, int line, const char *func,             \
       const char *fmt, ...))                                                  \
    F(void, error_free, (Error * err))                                         \
    F(VersionInfo *, qmp_query_version, (Error * *errp))                       \
    /* object model */                                                         \
    F(TypeImpl *, type_register_static, (const TypeInfo *info))                \
    F(ObjectClass *, object_class_by_name, (const char *name))                 \
    F(Object *, object_dynamic_cast, (Object * obj, const char *type))         \
    F(void, object_unparent, (Object * obj))                                   \
    F(ObjectProperty *, object_class_property_add,                             \
      (ObjectClass * klass, const char *name, const char *type,                \
       ObjectPropertyAccessor *get, ObjectPropertyAccessor *set,               \
       ObjectPropertyRelease *release, void *opaque))                          \
    F(ObjectProperty *, object_class_property_add_str,                         \
      (ObjectClass * klass, const char *name, StringGetter *get,               \
       StringSetter *set))                                                     \
    F(void, object_class_property_set_description,                             \
      (ObjectClass * klass, const char *name, const char *text))               \
    F(bool, visit_type_uint64,                                                 \
      (Visitor * v, const char *name, uint64_t *value, Error **errp))          \
    F(void, device_class_set_legacy_reset,                                     \
      (DeviceClass * klass, DeviceReset * reset))                              \
    F(BusState *, qdev_get_parent_bus, (const DeviceState *dev))               \
    /* memory */                                                               \
    F(void, memory_region_init,                                                \
      (MemoryRegion * mr, Object * owner, const char *name, uint64_t size))    \
    F(void, memory_region_init_io,                                             \
      (MemoryRegion * mr, Object * owner, const MemoryRegionOps *ops,          \
       void *opaque, const char *name, uint64_t size))                         \
    F(void, memory_region_init_ram_ptr,                                        \
      (MemoryRegion * mr, Object * owner, const char *name, uint64_t size,     \
       void *ptr))                                                             \
    F(void, memory_region_add_subregion,                                       \
      (MemoryRegion * mr, hwaddr offset, MemoryRegion * subregion))            \
    F(void, memory_region_del_subregion,                                       \
      (MemoryRegion * mr, MemoryRegion * subregion))                           \
    F(void, address_space_init,                                                \
      (AddressSpace * as, MemoryRegion * root, const char *name))              \
    F(void, address_space_destroy, (AddressSpace * as))                        \
    F(MemTxResult, address_space_rw,                                           \
      (AddressSpace * as, hwaddr addr, MemTxAttrs attrs, void *buf,            \
       hwaddr len, bool is_write))                                             \
    F(bool, address_space_access_valid,                                        \
      (AddressSpace * as, hwaddr addr, hwaddr len, bool is_write,              \
       MemTxAttrs attrs))                                                      \
    /* PCI */                                                                  \
    F(uint32_t, pci_default_read_config,                                       \
      (PCIDevice * dev, uint32_t address, int len))                            \
    F(void, pci_default_write_config,                                          \
      (PCIDevice * dev, uint32_t address, uint32_t value, int len))            \
    F(void, pci_register_bar,                                                  \
      (PCIDevice * dev, int region, uint8_t attributes, MemoryRegion * mr))    \
    F(int, pci_add_capability,                                                 \
      (PCIDevice * dev, uint8_t id, uint8_t offset, uint8_t size,              \
       Error **errp))                                                          \
    F(uint8_t, pci_find_capability, (PCIDevice * dev, uint8_t id))             \
    F(uint16_t, pci_requester_id, (PCIDevice * dev))                           \
    F(AddressSpace *, pci_device_iommu_address_space, (PCIDevice * dev))       \
    F(int, pcie_endpoint_cap_init, (PCIDevice * dev, uint8_t offset))          \
    F(void, pcie_cap_exit, (PCIDevice * dev))                                  \
    F(void, pcie_cap_deverr_init, (PCIDevice * dev))                           \
    F(void, pcie_cap_deverr_reset, (PCIDevice * dev))                          \
    F(void, pcie_cap_lnkctl_init, (PCIDevice * dev))                           \
    F(void, pcie_cap_lnkctl_reset, (PCIDevice * dev))                          \
    /* newer versions take one more flag, which must be false: pass it */      \
    F(void, pcie_cap_fill_link_ep_usp,                                         \
      (PCIDevice * dev, int width, int speed, bool flit_mode))                 \
    F(void, pcie_cap_flr_init, (PCIDevice * dev))                              \
    F(void, pcie_cap_flr_write_config,                                         \
      (PCIDevice * dev, uint32_t address, uint32_t value, int len))            \
    F(int, pcie_aer_init,                                                      \
      (PCIDevice * dev, uint8_t version, uint16_t offset, uint16_t size,       \
       Error **errp))                                                          \
    F(void, pcie_aer_exit, (PCIDevice * dev))                                  \
    F(void, pcie_aer_write_config,                                             \
      (PCIDevice * dev, uint32_t address, uint32_t value, int len))            \
    F(int, pcie_aer_inject_error, (PCIDevice * dev, const PCIEAERErr *err))    \
    F(void, pcie_dev_ser_num_init,                                             \
      (PCIDevice * dev, uint16_t offset, uint64_t serial_number))              \
    F(int, msix_init_exclusive_bar,                                            \
      (PCIDevice * dev, uint16_t vectors, uint8_t bar, Error **errp))          \
    F(void, msix_uninit_exclusive_bar, (PCIDevice * dev))                      \
    F(void, msix_vector_use, (PCIDevice * dev, unsigned vector))               \
    F(void, msix_unuse_all_vectors, (PCIDevice * dev))                         \
    F(int, msix_enabled, (PCIDevice * dev))                                    \
    F(void, msix_notify, (PCIDevice * dev, unsigned vector))                   \
    /* only to be found again in the classes of other devices (guard) */       \
    F(void, pci_bridge_write_config,                                           \
      (PCIDevice * dev, uint32_t address, uint32_t value, int len))            \
    F(void, usb_uhci_common_realize, (PCIDevice * dev, Error * *errp))         \
    F(uint32_t, vfio_pci_read_config,                                          \
      (PCIDevice * dev, uint32_t address, int len))                            \
    /* time, vCPU, machine state */                                            \
    F(int64_t, qemu_clock_get_ns, (int clock))                                 \
    F(int64_t, qemu_clock_deadline_ns_all, (int clock, int attributes))        \
    F(int64_t, icount_get, (void))                                             \
    F(int64_t, icount_get_raw, (void))                                         \
    F(int64_t, icount_to_ns, (int64_t icount))                                 \
    F(void, icount_start_warp_timer, (void))                                   \
    F(bool, qemu_clock_run_timers, (int clock))                                \
    F(void, timer_init_full,                                                   \
      (QEMUTimer * timer, QEMUTimerListGroup * group, int clock, int scale,    \
       int attributes, QEMUTimerCB *cb, void *opaque))                         \
    F(void, timer_deinit, (QEMUTimer * timer))                                 \
    F(void, timer_mod_ns, (QEMUTimer * timer, int64_t expire_ns))              \
    F(void, timer_del, (QEMUTimer * timer))                                    \
    F(CPUState *, qemu_get_cpu, (int index))                                   \
    F(bool, qemu_cpu_is_self, (CPUState * cpu))                                \
    F(bool, cpu_is_stopped, (CPUState * cpu))                                  \
    F(void, cpu_pause, (CPUState * cpu))                                       \
    F(void, cpu_resume, (CPUState * cpu))                                      \
    F(void, async_run_on_cpu, (CPUState * cpu, RunOnCpuFunc * func, void *d))  \
    F(void, run_on_cpu, (CPUState * cpu, RunOnCpuFunc * func, void *data))     \
    F(bool, all_cpu_threads_idle, (void))                                      \
    F(bool, runstate_is_running, (void))                                       \
    F(void, bql_lock_impl, (const char *file, int line))                       \
    F(void, bql_unlock, (void))                                                \
    F(VMChangeStateEntry *, qemu_add_vm_change_state_handler,                  \
      (VMChangeStateHandler * cb, void *opaque))                               \
    F(void, qemu_del_vm_change_state_handler, (VMChangeStateEntry * entry))    \
    F(void, qemu_add_exit_notifier, (Notifier * notifier))                     \
    F(void, qemu_remove_exit_notifier, (Notifier * notifier))                  \
    F(void, main_loop_poll_add_notifier, (Notifier * notifier))                \
    F(void, qemu_set_fd_handler,                                               \
      (int fd, IOHandler *read, IOHandler *write, void *opaque))               \
    F(int, migrate_add_blocker, (Error * *reason, Error * *errp))              \
    F(void, migrate_del_blocker, (Error * *reason))

#define PRESIL_DECLARE(result, name, arguments)                                \
    extern __attribute__((weak)) result name arguments;
PRESIL_QEMU_FUNCTIONS(PRESIL_DECLARE)
#undef PRESIL_DECLARE

/* Which instruction counter mode QEMU runs in; 0: none. */
extern __attribute__((weak)) int use_icount;

#define error_setg(errp, ...)                                                  \
    error_setg_internal((errp), __FILE__, __LINE__, __func__, __VA_ARGS__)

#endif
