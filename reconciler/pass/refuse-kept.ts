import type { Snapshot, SnapshotVm } from '../model/snapshot.js';
import { type Unsafe, unsafe } from '../plan/unsafe.js';

/** A VM that `prune` keeps, and that could not go on as it is: its network is gone, or another VM has its address now. */
export function refuseKept({ vms, networks, kept = [] }: Snapshot): Unsafe | null {
  const names = new Set(kept);
  for (const vm of vms.filter(({ name }) => names.has(name))) {
    const why = isolated(vm, networks) ?? doubled(vm, vms);
    if (why === null) continue;
    return unsafe(
      'kept-vm',
      `No document wants ${vm.name} any more, and it runs on ${vm.host} because of \`prune\` in the Adaptation, but ${why} Or let it be removed.`,
    );
  }
  return null;
}

function isolated({ spec }: SnapshotVm, networks: Snapshot['networks']): string | null {
  if (networks.some(({ name }) => name === spec.network)) return null;
  return `its virtual network ${spec.network} is gone. Put that network back.`;
}

function doubled({ name, spec }: SnapshotVm, vms: readonly SnapshotVm[]): string | null {
  const others = vms.filter((other) => other.name !== name && other.spec.network === spec.network);
  const mac = others.find((other) => other.spec.mac === spec.mac);
  if (mac) return `${mac.name} has its Ethernet address ${spec.mac}. Give that VM another one.`;
  const address = spec.address && others.find((other) => other.spec.address === spec.address);
  return address ? `${address.name} has its IP address ${spec.address}. Give that VM another one.` : null;
}
