import { type CommandFailure, ip, tc } from '../agents/linux/ip.js';
import type { EmulatedLink } from './emulated-link.js';
import { startLink } from './link-emulator.js';
import type { LabNames } from './names.js';
import { shape } from './shape.js';
import { type LabTopology, switches, switchOf } from './topology.js';
import { within } from './within.js';

/** Name of an emulated trunk's files, by its place in the topology. */
export const trunkName = (index: number): string => `trunk-${index}`;

/** Joins the switches of the sites: by shaped cables, or by emulated links between two TAPs. */
export async function joinSites(names: LabNames, topology: LabTopology): Promise<CommandFailure | undefined> {
  const all = switches(topology);
  for (const [index, trunk] of topology.trunks.entries()) {
    const devices: [string, string] = [`t${index}a`, `t${index}b`];
    const join = trunk.sites.map(
      (site, side) => `link set ${devices[side]} master br${all.indexOf(switchOf(trunk.network, site))} up`,
    );
    const failed =
      'emulated' in trunk
        ? await joinByEmulator(names, trunkName(index), devices, join, trunk.emulated)
        : joinByCable(names, devices, join, trunk.rateMbps);
    if (failed) return failed;
  }
  return undefined;
}

function joinByCable(
  names: LabNames,
  [a, b]: readonly [string, string],
  join: readonly string[],
  rateMbps: number | undefined,
): CommandFailure | undefined {
  const shapes = rateMbps === undefined ? [] : [a, b].map((device) => shape(device, rateMbps));
  return within(names.switches, () => ip([`link add ${a} type veth peer name ${b}`, ...join]) ?? tc(shapes));
}

/** Frames that may wait at a TAP: what the emulator has not taken up has not reached the emulated queue yet. */
const tapFrames = 10_000;

async function joinByEmulator(
  names: LabNames,
  name: string,
  devices: readonly [string, string],
  join: readonly string[],
  link: EmulatedLink,
): Promise<CommandFailure | undefined> {
  const add = devices.flatMap((device) => [
    `tuntap add dev ${device} mode tap`,
    `link set ${device} txqueuelen ${tapFrames}`,
  ]);
  const failed = within(names.switches, () => ip([...add, ...join]));
  if (failed) return failed;
  const [a, b] = devices.map((device) => ({ namespace: names.switches, device }));
  try {
    if (a && b) await startLink(names, name, [a, b], link);
    return undefined;
  } catch (error) {
    return { kind: 'failed', message: (error as Error).message };
  }
}
