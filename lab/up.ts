import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { type CommandFailure, ip, tc } from '../agents/linux/ip.js';
import { setSysctls, withoutIpv6 } from '../agents/linux/sysctl.js';
import { libbpf } from '../agents/vnet/libbpf.js';
import { objectFile } from '../agents/vnet/object-file.js';
import { isEmpty, leftovers } from './leftovers.js';
import { linkEmulator } from './link-emulator.js';
import { type LabNames, labNames } from './names.js';
import { shape } from './shape.js';
import {
  control,
  controlAddress,
  type LabTopology,
  lanSwitch,
  switches,
  switchOf,
  topologyFaults,
} from './topology.js';
import { joinSites } from './trunks.js';
import { within } from './within.js';

export type LabUp = { kind: 'up'; names: LabNames } | { kind: 'refused'; message: string };

/**
 * Builds hosts as network namespaces, joined by shaped or emulated links through the switches of their sites, and a management
 * network apart:
 *
 *   host ──veth── switch of site A ══trunk══ switch of site B ──veth── host
 *     └──────────────── control (reconciler) ────────────────────────┘
 *
 * Needs root. What was built stays when it fails half way: `down` removes it.
 */
export async function up(lab: string, topology: LabTopology): Promise<LabUp> {
  const names = labNames(lab);
  const faults = topologyFaults(topology);
  if (faults.length > 0) return refused(faults.join('\n'));
  const missing = prerequisiteFault(topology);
  if (missing) return refused(missing);
  if (!isEmpty(leftovers(lab))) return refused(`The lab ${lab} is up, or left something behind: take it down first.`);
  for (const folder of [names.stateFolder, names.logFolder, names.pinFolder]) mkdirSync(folder, { recursive: true });
  const mount = spawnSync('mount', ['-t', 'bpf', 'bpf', names.pinFolder], { encoding: 'utf8' });
  if (mount.status !== 0) return refused(`Cannot mount a bpffs at ${names.pinFolder}: ${mount.stderr}Run as root.`);
  const failed = addNamespaces(names, topology) ?? joinHosts(names, topology) ?? (await joinSites(names, topology));
  if (failed) return refused(failed.message);
  const controlFailed = joinControl(names, topology) ?? joinLans(names, topology);
  return controlFailed ? refused(controlFailed.message) : { kind: 'up', names };
}

/** What this machine lacks, found before anything is made; agents would find it later, each for itself. */
function prerequisiteFault({ trunks }: LabTopology): string | undefined {
  if (process.getuid?.() !== 0)
    return 'A lab makes network namespaces and loads BPF programs: run it as root on Linux.';
  try {
    libbpf();
    objectFile();
    if (trunks.some((trunk) => 'emulated' in trunk)) linkEmulator();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const refused = (message: string): LabUp => ({ kind: 'refused', message });

function addNamespaces(names: LabNames, { hosts, lans = [] }: LabTopology): CommandFailure | undefined {
  const places = [...hosts.map(({ name }) => names.host(name)), ...lans.map(({ name }) => names.lan(name))];
  const all = [names.switches, names.control, ...places];
  const failed = ip(all.map((namespace) => `netns add ${namespace}`));
  if (failed) return failed;
  for (const namespace of all) {
    const inside = within(namespace, () => {
      setSysctls(withoutIpv6);
      return ip(['link set lo up']);
    });
    if (inside) return inside;
  }
  return undefined;
}

function joinHosts(names: LabNames, topology: LabTopology): CommandFailure | undefined {
  const all = switches(topology);
  const bridge = (network: string, site: string): string => `br${all.indexOf(switchOf(network, site))}`;
  const bridges = all.flatMap((_, index) => [`link add br${index} type bridge`, `link set br${index} up`]);
  const failed = within(names.switches, () => ip(bridges));
  if (failed) return failed;
  let count = 0;
  for (const host of topology.hosts) {
    for (const { name, network, address, rateMbps } of host.interfaces) {
      const port = `h${count++}`;
      const add = `link add ${name} type veth peer name ${port} netns ${names.switches}`;
      const set = [`addr add ${address} dev ${name}`, `link set ${name} up`];
      const join = `link set ${port} master ${bridge(network, host.site)} up`;
      const rate = (device: string): string[] => (rateMbps === undefined ? [] : [shape(device, rateMbps)]);
      const broken =
        within(names.host(host.name), () => ip([add, ...set]) ?? tc(rate(name))) ??
        within(names.switches, () => ip([join]) ?? tc(rate(port)));
      if (broken) return broken;
    }
  }
  return addRoutes(names, topology);
}

/** Every interface of an underlay network is one hop away, whatever prefixes the sites use. */
function addRoutes(names: LabNames, { hosts }: LabTopology): CommandFailure | undefined {
  for (const host of hosts) {
    const routes = host.interfaces.flatMap((own) =>
      hosts
        .filter((other) => other !== host)
        .flatMap((other) => other.interfaces.filter(({ network }) => network === own.network))
        .map((other) => `route replace ${other.address.split('/')[0]}/32 dev ${own.name}`),
    );
    const failed = within(names.host(host.name), () => ip(routes));
    if (failed) return failed;
  }
  return undefined;
}

function joinControl(names: LabNames, { hosts }: LabTopology): CommandFailure | undefined {
  const { address, prefixLength, device } = control;
  const bridge = ['link add hosts type bridge', `addr add ${address}/${prefixLength} dev hosts`, 'link set hosts up'];
  const ports = hosts.flatMap(({ name }, index) => [
    `link add c${index} type veth peer name ${device} netns ${names.host(name)}`,
    `link set c${index} master hosts up`,
  ]);
  const failed = within(names.control, () => ip([...bridge, ...ports]));
  if (failed) return failed;
  for (const [index, { name }] of hosts.entries()) {
    const set = [`addr add ${controlAddress(index)}/${prefixLength} dev ${device}`, `link set ${device} up`];
    const broken = within(names.host(name), () => ip(set));
    if (broken) return broken;
  }
  return undefined;
}

function joinLans(names: LabNames, { lans = [] }: LabTopology): CommandFailure | undefined {
  for (const { name, host, device, address } of lans) {
    const lan = names.lan(name);
    const build = [
      `link add ${lanSwitch} type bridge`,
      `addr add ${address} dev ${lanSwitch}`,
      `link set ${lanSwitch} up`,
    ];
    const plug = [`link add ${device} type veth peer name uplink netns ${lan}`, `link set ${device} up`];
    const failed =
      within(lan, () => ip(build)) ??
      within(names.host(host), () => ip(plug)) ??
      within(lan, () => ip([`link set uplink master ${lanSwitch} up`]));
    if (failed) return failed;
  }
  return undefined;
}
