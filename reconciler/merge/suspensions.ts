import type { GuestSpec, NetworkAttachment } from '../../schema/generated/types.js';
import type { LocatedDocument } from '../../schema/validate/document.js';
import { isSuspendable, isSuspended, type SuspendableKind } from '../../schema/validate/suspension.js';
import type { FleetState } from '../model/fleet-state.js';
import type { Snapshot, SnapshotVm, Suspended } from '../model/snapshot.js';
import { withNeighbours } from './inventory.js';

type Picture = Pick<Snapshot, 'hosts' | 'networks' | 'vms' | 'strays' | 'current'>;

/** By object: what carries the annotation. */
type Causes = Map<string, string>;

/**
 * The picture with what is suspended in it as it runs: what documents say of that since then does not count. A VM that no document
 * names any more stays, too, where the set that it may have been of is suspended: taking a member out of a set does not resume it.
 */
export function withSuspensions<P extends Picture>(picture: P, documents: readonly LocatedDocument[]): P {
  const annotated = annotatedIn(documents);
  if (annotated.size === 0) return picture;
  const { current } = picture;
  const causes: Causes = new Map();
  for (const object of annotated) if (!object.startsWith('site/')) causes.set(object, object);
  for (const { name, site } of picture.hosts) {
    if (annotated.has(`site/${site}`)) add(causes, `host/${name}`, `site/${site}`);
  }
  const attachments = picture.networks.map((network) => suspendedNetwork(network, current, causes));
  const vms = picture.vms.map((vm) => suspendedVm(vm, current, causes));
  const { kept, strays } = keptStrays({ ...picture, vms }, causes);
  const all = [...vms, ...kept].sort((a, b) => (a.name < b.name ? -1 : 1));
  const there = all.filter(({ name, host }) => host !== null || !causes.has(`vm/${name}`));
  const suspended = [...causes].map(([object, by]): Suspended => ({ object, by }));
  return {
    ...picture,
    networks: attachments.map((network) =>
      causes.has(`virtual-network/${network.name}`) ? network : withNeighbours(network, there),
    ),
    vms: all,
    strays,
    suspended: suspended.sort((a, b) => (a.object < b.object ? -1 : 1)),
  };
}

const prefixes: Record<SuspendableKind, string> = {
  Host: 'host',
  Site: 'site',
  VirtualNetwork: 'virtual-network',
  VMSet: 'vm-set',
};

function annotatedIn(documents: readonly LocatedDocument[]): Set<string> {
  const objects = documents.flatMap(({ document }) =>
    isSuspendable(document.kind) && isSuspended(document)
      ? [`${prefixes[document.kind]}/${document.metadata.name}`]
      : [],
  );
  return new Set(objects);
}

function add(causes: Causes, object: string, by: string): void {
  if (!causes.has(object)) causes.set(object, by);
}

/** A network goes with its Proxy: a star cannot change where its middle may not. */
function suspendedNetwork(network: NetworkAttachment, current: FleetState, causes: Causes): NetworkAttachment {
  const object = `virtual-network/${network.name}`;
  const running = attachmentIn(current, network.name);
  const proxy = [running?.proxy, network.proxy].find((host) => causes.has(`host/${host}`));
  if (proxy !== undefined) add(causes, object, `host/${proxy}`);
  return causes.has(object) && running ? running : network;
}

/** A network as it runs: on its Proxy, which alone knows of its LAN; else on any host. */
function attachmentIn(current: FleetState, name: string): NetworkAttachment | undefined {
  const found = [...current].flatMap(([host, { networks }]) => {
    const attachment = networks.get(name);
    return attachment ? [{ host, attachment }] : [];
  });
  return (found.find(({ host, attachment }) => host === attachment.proxy) ?? found[0])?.attachment;
}

function suspendedVm(vm: SnapshotVm, current: FleetState, causes: Causes): SnapshotVm {
  const running = current.get(vm.host ?? '')?.guests.get(vm.name);
  const wider = [`vm-set/${vm.set}`, ...networksOf(vm.spec, running), ...(vm.host === null ? [] : [`host/${vm.host}`])];
  const cause = wider.find((object) => causes.has(object));
  if (cause === undefined) return vm;
  add(causes, `vm/${vm.name}`, causes.get(cause) ?? cause);
  return running ? asItRuns(vm, running, current) : vm;
}

const networksOf = (...specs: (GuestSpec | undefined)[]) =>
  specs.flatMap((spec) => (spec ? [`virtual-network/${spec.network}`] : []));

/** Its size and its schedule are those that it has, whatever is stated now. */
function asItRuns({ schedule: _, ...vm }: SnapshotVm, running: GuestSpec, current: FleetState): SnapshotVm {
  const kept = current.get(vm.host ?? '')?.schedules.get(vm.name);
  if (kept === undefined) return { ...vm, spec: running };
  const { vm: _vm, cpus, phaseUs, ...stated } = kept;
  return { ...vm, spec: running, schedule: { ...stated, threads: cpus.length, lockStep: phaseUs !== undefined } };
}

function keptStrays(
  { vms, strays, current }: Picture,
  causes: Causes,
): { kept: SnapshotVm[]; strays: Picture['strays'] } {
  const ofSets = new Map<string, string>();
  for (const { set, spec } of vms) if (causes.has(`vm-set/${set}`)) ofSets.set(spec.network, `vm-set/${set}`);
  const left: Picture['strays'] = [];
  const kept: SnapshotVm[] = [];
  for (const stray of strays) {
    const { guest, host } = stray;
    const network = causes.get(`virtual-network/${guest.network}`);
    const cause = network ?? ofSets.get(guest.network) ?? causes.get(`host/${host}`);
    if (cause === undefined || kept.some(({ name }) => name === guest.name)) {
      left.push(stray);
      continue;
    }
    add(causes, `vm/${guest.name}`, cause);
    const vm = { name: guest.name, set: '', spec: guest, pin: null, sites: null, initialHost: null, host };
    kept.push(asItRuns(vm, guest, current));
  }
  return { kept, strays: left };
}
