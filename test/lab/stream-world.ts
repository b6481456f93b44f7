import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ip } from '../../agents/linux/ip.js';
import { NetworkNamespace, namespacePath } from '../../agents/linux/namespace.js';
import { setSysctls, withoutIpv6 } from '../../agents/linux/sysctl.js';
import { type SshKey, sshKey } from '../../agents/vnet/carriers/ssh-key.js';
import { sshSocket } from '../../agents/vnet/carriers/ssh-socket.js';
import { StreamCarrier } from '../../agents/vnet/carriers/stream-carrier.js';
import { tapName } from '../../agents/vnet/carriers/tap-devices.js';
import { nativeProgram } from '../../agents/vnet/native-program.js';
import { NetworkIndex } from '../../agents/vnet/network-index.js';
import { down } from '../../lab/down.js';
import { isEmpty } from '../../lab/leftovers.js';
import { type LabNames, labNames, memberVariable } from '../../lab/names.js';
import type { LinkEnd, NetworkAttachment } from '../../schema/generated/types.js';
import { loadIdentity } from '../../wire/identity.js';
import { framesReceived, sendTagged } from './tagged-frame.js';

export const red: NetworkAttachment = { name: 'red', vni: 7, mtu: 1400, proxy: 'a' };
const blue: NetworkAttachment = { name: 'blue', vni: 9, mtu: 1400, proxy: 'a' };

/** One of two hosts that have links, and no core yet. */
export interface StreamHost {
  name: string;
  address: string;
  namespace: NetworkNamespace;
  pin: string;
  key: SshKey;
  networks: NetworkAttachment[];
  carrier: StreamCarrier;
  /** Another agent takes over. */
  restart(): void;
  provide(link: LinkEnd): Promise<void>;
  run(line: string): number | null;
  /** Names of the folders of its links. */
  folders(): string[];
}

/** Two namespaces that a cable joins. */
export interface StreamWorld {
  names: LabNames;
  a: StreamHost;
  b: StreamHost;
  /** Whether frames of the network `red`, which the hosts number differently, come through the link both ways. */
  carries(link: { type: LinkEnd['type'] }): Promise<boolean>;
  remove(): Promise<void>;
}

export async function streamWorld(lab: string): Promise<StreamWorld> {
  await down(lab);
  const names = labNames(lab);
  const [variable = '', value = ''] = memberVariable(lab).split('=');
  process.env[variable] = value;
  mkdirSync(names.stateFolder, { recursive: true });
  const all = ['a', 'b'].map((host) => names.host(host));
  must(
    ip([
      ...all.map((each) => `netns add ${each}`),
      `link add eth0 netns ${all[0]} type veth peer name eth0 netns ${all[1]}`,
    ]),
  );
  const a = await streamHost(names, 'a', '10.77.0.1', [red]);
  const b = await streamHost(names, 'b', '10.77.0.2', [blue, red]);
  return {
    names,
    a,
    b,
    carries: async ({ type }) => {
      const [near, far] = [tapName({ type, peer: 'b' }), tapName({ type, peer: 'a' })];
      const [hadA, hadB] = [framesReceived(a.namespace, near), framesReceived(b.namespace, far)];
      for (let round = 0; round < 100; round++) {
        if (framesReceived(a.namespace, near) > hadA && framesReceived(b.namespace, far) > hadB) return true;
        sendTagged(a.namespace, near, 1);
        sendTagged(b.namespace, far, 2);
        await sleep(20);
      }
      return false;
    },
    remove: async () => {
      delete process.env[variable];
      for (const host of [a, b]) {
        host.carrier.close();
        host.namespace.close();
      }
      const left = await down(lab);
      if (!isEmpty(left)) throw new Error(`left behind: ${JSON.stringify(left)}`);
    },
  };
}

async function streamHost(
  names: LabNames,
  name: string,
  address: string,
  networks: NetworkAttachment[],
): Promise<StreamHost> {
  const namespace = new NetworkNamespace(namespacePath(names.host(name)));
  must(
    namespace.within(() => {
      setSysctls(withoutIpv6);
      return ip(['link set lo up', `addr add ${address}/24 dev eth0`, 'link set eth0 up']);
    }),
  );
  const folder = join(names.stateFolder, name);
  const identityFolder = join(folder, 'identity');
  const identity = await loadIdentity(identityFolder, name, Date.now());
  const index = new NetworkIndex(folder);
  index.assign(networks);
  const start = (): StreamCarrier =>
    new StreamCarrier({
      host: name,
      namespace,
      folder: join(folder, 'streams'),
      tagsFile: index.tagsFile,
      identity: { keyFile: join(identityFolder, 'key.pem'), certificateFile: join(identityFolder, 'certificate.pem') },
      sshKeyFolder: join(folder, 'ssh'),
      sshSocket: (host) => sshSocket(join(names.folder, 'sockets'), host),
      keepAliveMs: () => 20_000, // nothing pulses here
      pump: () => nativeProgram('pump'),
      random: Math.random,
    });
  const host: StreamHost = {
    name,
    address,
    namespace,
    pin: identity.pin,
    key: sshKey(join(folder, 'ssh'), name),
    networks,
    carrier: start(),
    restart: () => {
      host.carrier.close();
      host.carrier = start();
    },
    provide: async (link) => {
      const answer = await host.carrier.provide(link, networks);
      if (answer.kind !== 'device') throw new Error(JSON.stringify(answer));
    },
    run: (line) => namespace.within(() => spawnSync('sh', ['-c', line], { stdio: 'ignore' }).status),
    folders: () =>
      readdirSync(join(folder, 'streams'), { withFileTypes: true }).flatMap((each) =>
        each.isDirectory() ? [each.name] : [],
      ),
  };
  return host;
}

function must(failed: { message: string } | undefined): void {
  if (failed) throw new Error(failed.message);
}

/** Both ends of a link; b listens. */
export function ends(
  { a, b }: StreamWorld,
  type: LinkEnd['type'],
  details: Partial<LinkEnd> = {},
): { near: LinkEnd; far: LinkEnd } {
  const pinned = type === 'tls' || details.http?.secure === true;
  const end = (own: StreamHost, other: StreamHost, role: 'listen' | 'connect'): LinkEnd => ({
    ...{ peer: other.name, type, role, local: own.address, remote: other.address, port: 7444 },
    ...(pinned ? { peerKey: other.pin } : {}),
    ...details,
  });
  return { near: end(a, b, 'connect'), far: end(b, a, 'listen') };
}

export const connected = (host: StreamHost, link: LinkEnd): boolean => host.carrier.state(link).trouble === undefined;

/** Provides both ends and waits for them. */
export async function connect({ a, b }: StreamWorld, near: LinkEnd, far: LinkEnd): Promise<void> {
  await b.provide(far);
  await a.provide(near);
  await until(
    () => connected(a, near) && connected(b, far),
    () => [a.carrier.state(near), b.carrier.state(far)],
  );
}

/** Waits for the trouble that one end sees. */
export const trouble = async (host: StreamHost, link: LinkEnd, pattern: RegExp): Promise<void> =>
  until(
    () => pattern.test(host.carrier.state(link).trouble ?? ''),
    () => host.carrier.state(link),
  );

/** Waits until `what` gives true; after 15 seconds it fails with what `tell` gives. */
export async function until(what: () => boolean, tell: () => unknown = () => what.toString()): Promise<void> {
  for (const startMs = performance.now(); !what(); await sleep(20)) {
    if (performance.now() - startMs > 15_000) throw new Error(`waited in vain: ${JSON.stringify(tell())}`);
  }
}
