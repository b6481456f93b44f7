import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../schema/generated/types.js';
import { hostCarriers, type LinkIdentity } from './host-carriers.js';
import { NetworkNamespace } from './linux/namespace.js';
import type { Substrate } from './substrate.js';
import { HostVmm } from './vmm/host-vmm.js';
import { NetnsVmm, presentPorts } from './vmm/netns-vmm.js';
import { ImageStore } from './vmm/qemu/image-store.js';
import { defaultTimes, type MachineTimes, type MachineWorld } from './vmm/qemu/machine-world.js';
import { type AcceleratorChoice, probeQemu, type QemuFound } from './vmm/qemu/probe-qemu.js';
import { presentMachinePorts, QemuVmm, readRecords } from './vmm/qemu/qemu-vmm.js';
import { EbpfVnet } from './vnet/ebpf-vnet.js';
import { KernelCore } from './vnet/kernel-core.js';
import { recordBytes } from './vnet/layout.js';
import { NetworkIndex } from './vnet/network-index.js';
import { NftVnet } from './vnet/nft/nft-vnet.js';
import { objectFile } from './vnet/object-file.js';
import { type CoreChoice, chooseCore, nftablesTrouble } from './vnet/probe-core.js';
import { HostVsched } from './vsched/host-vsched.js';
import { type HostSchedulerOptions, openHostScheduler } from './vsched/open-host-scheduler.js';
import type { ChosenBackend } from './vsched/probe-backends.js';
import { scheduleCapability } from './vsched/scheduler-backend.js';
import { CaptureWren } from './wren/capture-wren.js';
import { type TracedPeers, TraceRecorder } from './wren/trace-recorder.js';
import { TraceRing } from './wren/trace-ring.js';

export interface NetnsSubstrateOptions {
  host: string;
  /** Says whose the BPF programs of this host are, for people and for clean-up: at most 63 bytes. */
  owner: string;
  /** Shared by all hosts of this machine; what they have to remember is in a folder each. */
  stateFolder: string;
  /** A folder of a mounted bpffs; the pins of this host are in a folder of its name. */
  pinFolder: string;
  /** Path of a host's network namespace; undefined if it is not a host of this machine. */
  hostNamespacePath(host: string): string | undefined;
  /** Name of a guest's network namespace. */
  guestNamespace(guest: string): string;
  /** What it proves itself with on links that ask for it; without it there are only `udp` links. */
  identity?: LinkIdentity;
  /** What forwards frames; `auto` when left out. */
  core?: CoreChoice;
  /** Peers whose links are recorded; none when left out. */
  traced?: TracedPeers | undefined;
  /** What schedules guests; nothing when left out. */
  schedules?: HostSchedulerOptions | undefined;
  /** What machines of driver `qemu` are made from; left out: there are none. */
  machines?: MachineOptions | undefined;
}

export interface MachineOptions {
  /** Folder with the images that they may start from. */
  images: string;
  /** What runs their processors; `auto` takes KVM where a trial machine runs by it. */
  accelerator: AcceleratorChoice;
  times?: MachineTimes;
}

/**
 * A Linux host, or a network namespace that plays one: eBPF or nftables core, VXLAN links, guests in network namespaces. Takes up what an
 * earlier agent left running.
 * @throws if the machine cannot do it (no root, no libbpf, no compiler, no such namespace); the message has the remedy.
 */
export async function netnsSubstrate(options: NetnsSubstrateOptions): Promise<Substrate> {
  const { host, owner, stateFolder, pinFolder } = options;
  const path = options.hostNamespacePath(host);
  if (path === undefined) throw new Error(`${host} has no network namespace on this machine: bring its lab up first`);
  const namespace = new NetworkNamespace(path);
  const folder = join(stateFolder, host);
  const pins = join(pinFolder, host);
  const chosen = chooseCore(options.core ?? 'auto', {
    folder,
    loadEbpf: () => KernelCore.open(pins, objectFile(), owner),
    nftablesTrouble: () => namespace.within(nftablesTrouble),
  });
  if (chosen.kind === 'refused') throw new Error(`${host} cannot forward: ${chosen.message}`);
  const guestsPath = (of: string): string => join(stateFolder, of, 'guests.json');
  const ports = [...presentPorts(namespace, guestsPath(host)), ...presentMachinePorts(namespace, folder)];
  const base = { namespace, folder, ports, random: Math.random };
  const networkIndex = new NetworkIndex(folder);
  const { carriers, capabilities } = hostCarriers({
    ...{ host, owner, namespace, folder, tagsFile: networkIndex.tagsFile },
    identity: chosen.kind === 'ebpf' ? options.identity : undefined,
    keepAliveMs: () => (chosen.kind === 'ebpf' ? chosen.core.config.keepAliveMs : 0),
  });
  const vnet =
    chosen.kind === 'ebpf'
      ? await EbpfVnet.open({ ...base, core: chosen.core, carriers, networkIndex })
      : await NftVnet.open(base);
  const wren =
    chosen.kind === 'ebpf' && vnet instanceof EbpfVnet ? capture(chosen.core, vnet, options.traced) : undefined;
  if (chosen.kind === 'ebpf') KernelCore.forgetOthers(pins, objectFile());
  const { hostNamespacePath, guestNamespace } = options;
  const letGo = async (guest: string): Promise<Fault[]> => (await vsched?.letGo(guest)) ?? [];
  const netns = new NetnsVmm({ host, namespace, vnet, hostNamespacePath, guestsPath, guestNamespace, letGo });
  const qemu = options.machines && (await probeQemu(options.machines.images, options.machines.accelerator));
  const machines =
    options.machines && (await openMachines(options, options.machines, qemu, { namespace, vnet, letGo }));
  const vmm = new HostVmm(netns, machines);
  const scheduler = options.schedules && (await openHostScheduler(owner, options.schedules));
  const vsched: HostVsched | undefined = scheduler && schedules(host, folder, scheduler, vmm);
  // Only from here on can guests be let go.
  machines?.resume();
  return {
    capabilities: {
      core: chosen.kind,
      ...(machines ? { drivers: ['netns', 'qemu'], staying: ['qemu'] } : { drivers: ['netns'] }),
      ...(qemu?.kind === 'usable' ? { accelerator: qemu.accelerator } : {}),
      ...(wren ? { stamps: true } : {}),
      ...capabilities,
      ...(vsched ? { schedules: scheduleCapability(vsched.backend.ability) } : {}),
      lacks: [...chosen.lacks, ...capabilities.lacks, ...(scheduler?.lacks ?? []), ...lacksOf(qemu)],
    },
    vnet,
    vmm,
    ...(vsched ? { vsched } : {}),
    ...(wren ? { wren } : {}),
    close: async () => {
      machines?.close();
      await vsched?.backend.close();
      wren?.close();
      vnet.close();
      namespace.close();
    },
  };
}

function lacksOf(qemu: QemuFound | undefined): string[] {
  if (qemu === undefined) return [];
  return qemu.kind === 'missing' ? [qemu.message] : qemu.lacks;
}

/** Undefined: this computer runs none. */
async function openMachines(
  { host, stateFolder }: NetnsSubstrateOptions,
  { images, times = defaultTimes }: MachineOptions,
  found: QemuFound | undefined,
  world: Pick<MachineWorld, 'namespace' | 'vnet' | 'letGo'>,
): Promise<QemuVmm | undefined> {
  if (found?.kind !== 'usable') return undefined;
  const recordsOf = (name: string) => ({ host: name, records: readRecords(join(stateFolder, name)) });
  return QemuVmm.open({
    ...world,
    ...{ host, folder: join(stateFolder, host), images: new ImageStore(images), accelerator: found.accelerator, times },
    random: Math.random,
    allRecords: () => (existsSync(stateFolder) ? readdirSync(stateFolder).map(recordsOf) : []),
  });
}

function capture(core: KernelCore, vnet: EbpfVnet, traced: TracedPeers | undefined): CaptureWren {
  const ring = new TraceRing(core.records, recordBytes);
  const traces = traced && new TraceRecorder(traced);
  return new CaptureWren({ ring, links: () => vnet.linkNumbers(), traces });
}

function schedules(host: string, folder: string, scheduler: ChosenBackend, vmm: HostVmm): HostVsched | undefined {
  if (scheduler.kind === 'none') return undefined;
  const { backend } = scheduler;
  const adjustmentsPath = join(folder, 'adjusted.json');
  return new HostVsched({ host, backend, adjustmentsPath, processes: () => vmm.processes() });
}
