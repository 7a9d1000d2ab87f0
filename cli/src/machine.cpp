// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "machine.hpp"

#include <format>

namespace presil::cli {
namespace {

/// Measured on a boot of 8 s; docs/architecture.md, "The guest", has the numbers.
constexpr auto kKernelArguments =
    "console=ttyS0 panic=-1 "
    // No address randomisation: debuggers find symbols without help.
    "nokaslr "
    "no_timer_check "
    // The ciphers' self-tests are a quarter of the boot.
    "cryptomgr.notests mitigations=off";

/// The clock counts instructions, so it needs no second opinion and no calibration; the loop that
/// calibrates the local timer alone costs 2.8 s of host time. A host's clock is looked at.
constexpr auto kCountingArguments = " tsc=reliable noapictimer";

/// Milliseconds of host time without a heartbeat after which the device calls its simulator dead.
constexpr auto kDeviceWatchdog = "watchdog=10000";

std::string iommu_arguments(Iommu iommu) {
  switch (iommu) {
    case Iommu::kOff:
      return "";
    case Iommu::kPassThrough:
      return " intel_iommu=on iommu=pt";
    case Iommu::kStrict:
      return " intel_iommu=on iommu.passthrough=0 iommu.strict=1";
  }
  return "";
}

/// A path within one of QEMU's comma-separated option lists.
std::string escaped(const std::filesystem::path& path) {
  std::string text;
  for (const char c : path.string()) {
    text += c == ',' ? std::string(",,") : std::string(1, c);
  }
  return text;
}

void add_serial(std::vector<std::string>& arguments, const std::string& id,
                const std::string& backend) {
  arguments.insert(arguments.end(), {"-chardev", std::format("{},id={}", backend, id), "-serial",
                                     std::format("chardev:{}", id)});
}

void add_devices(std::vector<std::string>& arguments, const Machine& machine) {
  const auto& options = machine.options;
  if (machine.devices == 0) {
    return;
  }
  arguments.insert(arguments.end(), {"-plugin", std::format("file={}", escaped(machine.plugin))});
  for (std::size_t slot = 0; slot < machine.devices; ++slot) {
    std::string device = std::format("presil-pci,bus=rp{},socket={},log={}", slot,
                                     escaped(machine.folder.device_socket(slot)),
                                     escaped(machine.folder.device(slot) / "qemu.log"));
    if (options.free_running) {
      device += ",free-running=1";
    }
    if (options.quantum_ns) {
      device += std::format(",quantum={}", *options.quantum_ns);
    }
    device +=
        std::format(",{}", options.debugger == Debugger::kNone ? kDeviceWatchdog : "watchdog=0");
    for (const auto& property : options.device_args) {
      device += "," + property;
    }
    arguments.insert(arguments.end(), {"-device",
                                       std::format("pcie-root-port,id=rp{},chassis={},slot={}",
                                                   slot, slot + 1, slot + 1),
                                       "-device", device});
  }
}

}  // namespace

std::string kernel_arguments(const RunOptions& options) {
  std::string text = kKernelArguments;
  if (!options.free_running) {
    text += kCountingArguments;
  }
  text += iommu_arguments(options.iommu);
  if (!options.append.empty()) {
    text += " " + options.append;
  }
  return text;
}

std::vector<std::string> qemu_arguments(const Machine& machine) {
  const auto& options = machine.options;
  const auto& folder = machine.folder;
  std::vector<std::string> arguments = {
      "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
      // No controller that nothing is attached to: its driver would only cost boot time.
      "-machine", "q35,sata=off,smbus=off,usb=off,i8042=off,vmport=off,dump-guest-core=off",
      // Root ports that the guest drives itself: else they never say that their link is up, and
      // Linux gives a device up after a fatal error.
      "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off", "-cpu", "qemu64", "-smp",
      std::to_string(options.cpus), "-m", std::format("{}M", options.memory_mib), "-rtc",
      "base=2026-01-01T00:00:00,clock=vm", "-seed", std::to_string(options.seed), "-kernel",
      machine.kernel.image.string(), "-initrd", folder.image().string(), "-append",
      kernel_arguments(options)};
  if (!options.free_running) {
    arguments.insert(arguments.end(), {"-icount", "shift=0,sleep=off"});
  }
  if (machine.interactive) {
    add_serial(arguments, "console",
               std::format("stdio,mux=on,signal=off,logfile={}", escaped(folder.console())));
    arguments.insert(arguments.end(), {"-mon", "chardev=console,mode=readline"});
  } else {
    add_serial(arguments, "console", std::format("file,path={}", escaped(folder.console())));
  }
  add_serial(arguments, "results", std::format("file,path={}", escaped(folder.results())));
  arguments.insert(arguments.end(), {"-qmp", std::format("unix:{},server=on,wait=off",
                                                         escaped(folder.monitor_socket()))});
  if (options.iommu != Iommu::kOff) {
    arguments.insert(arguments.end(), {"-device", "intel-iommu,intremap=on"});
  }
  if (machine.debugger_port != 0) {
    arguments.insert(arguments.end(),
                     {"-S", "-gdb", std::format("tcp:127.0.0.1:{}", machine.debugger_port)});
  }
  add_devices(arguments, machine);
  arguments.insert(arguments.end(), options.qemu_args.begin(), options.qemu_args.end());
  return arguments;
}

}  // namespace presil::cli
