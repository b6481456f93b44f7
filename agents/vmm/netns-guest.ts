import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { GuestSpec } from '../../schema/generated/types.js';
import { deviceIndex } from '../linux/device.js';
import { type CommandFailure, ip } from '../linux/ip.js';
import { NetworkNamespace, namespacePath } from '../linux/namespace.js';
import { endProcesses, processesInNamespaces } from '../linux/processes.js';
import { setSysctls, withoutIpv6, withoutIpv6On } from '../linux/sysctl.js';

/** The guest's own interface. */
const guestDevice = 'eth0';

/** A port takes whatever its guest sends: what is too big the core refuses aloud, while a device would drop it in silence. */
const portMtu = 65535;

/** A guest as this machine knows it: a network namespace joined by a veth pair to its host's namespace. */
export interface NetnsGuest {
  spec: GuestSpec;
  /** Name of its namespace. */
  namespace: string;
  mtu: number;
}

/** Name of the port device in the host's namespace: short enough for the kernel, the same on every host. */
export function portDevice(guest: string): string {
  return `p-${createHash('sha256').update(guest).digest('hex').slice(0, 12)}`;
}

/**
 * Makes the guest exist with its port in `host`, or takes up one that exists. May be repeated after a crash at any point.
 * Refuses if its port is in another host's namespace.
 */
export function provideGuest(host: NetworkNamespace, guest: NetnsGuest): CommandFailure | undefined {
  const { namespace, spec } = guest;
  if (!existsSync(namespacePath(namespace))) {
    const failed = ip([`netns add ${namespace}`]);
    if (failed) return failed;
  }
  const inside = new NetworkNamespace(namespacePath(namespace));
  const port = portDevice(spec.name);
  const here = host.within(() => deviceIndex(port)) !== undefined;
  const joined = inside.within(() => deviceIndex(guestDevice)) !== undefined;
  inside.close();
  if (joined && !here) {
    const message = `${spec.name} runs already on another host: move it from there with a departure.`;
    return { kind: 'failed', message };
  }
  const addPair = `link add ${port} type veth peer name ${guestDevice} netns ${namespace}`;
  return (here ? undefined : host.within(() => ip([addPair]))) ?? configureGuest(host, guest);
}

/** Gives the guest's interface and its port what the spec says; changes nothing that is so already. */
export function configureGuest(host: NetworkNamespace, guest: NetnsGuest): CommandFailure | undefined {
  const { spec, mtu } = guest;
  const inside = new NetworkNamespace(namespacePath(guest.namespace));
  const failed = inside.within(() => {
    setSysctls(withoutIpv6);
    const address = spec.address === undefined ? [] : [`addr replace ${spec.address} dev ${guestDevice}`];
    return ip(['link set lo up', `link set ${guestDevice} address ${spec.mac} mtu ${mtu} up`, ...address]);
  });
  inside.close();
  if (failed) return failed;
  const port = portDevice(spec.name);
  return host.within(() => {
    setSysctls(withoutIpv6On(port));
    return ip([`link set ${port} mtu ${portMtu} up`]);
  });
}

/** Moves the guest's port to another host: in one step of the kernel, so that it is always on exactly one. */
export function movePort(from: NetworkNamespace, guest: string, toPath: string): CommandFailure | undefined {
  return from.within(() => ip([`link set dev ${portDevice(guest)} netns ${toPath}`]));
}

/** Ends the guest's processes and removes its namespace and port. */
export async function removeGuest(
  host: NetworkNamespace,
  guest: string,
  namespace: string,
): Promise<CommandFailure | undefined> {
  const path = namespacePath(namespace);
  await endProcesses(() => processesInNamespaces([path]));
  const left = processesInNamespaces([path]);
  if (left.length > 0) return { kind: 'failed', message: `processes of ${guest} do not end: ${left.join(', ')}` };
  const failed = existsSync(path) ? ip([`netns del ${namespace}`]) : undefined;
  if (failed) return failed;
  // The kernel takes the port away with the namespace, but later; either may come first.
  const port = portDevice(guest);
  return host.within(() => {
    const broken = deviceIndex(port) === undefined ? undefined : ip([`link del ${port}`]);
    return deviceIndex(port) === undefined ? undefined : broken;
  });
}
