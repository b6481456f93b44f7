import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ip } from '../../agents/linux/ip.js';
import { NetworkNamespace, namespacePath } from '../../agents/linux/namespace.js';
import { netnsSubstrate } from '../../agents/netns-substrate.js';
import type { Substrate } from '../../agents/substrate.js';
import { down } from '../../lab/down.js';
import { isEmpty } from '../../lab/leftovers.js';
import { type LabNames, memberVariable } from '../../lab/names.js';
import { startProcess } from '../../lab/process.js';
import { labIdentity, labSubstrateOptions } from '../../lab/substrate.js';
import { up } from '../../lab/up.js';
import { packageRoot } from '../../package-root.js';
import { loadIdentity } from '../../wire/identity.js';
import { randomLab } from './lab-world.js';

export type NatHost = 'a' | 'b';
export const natHosts: readonly NatHost[] = ['a', 'b'];

/** By host: its own address, and how its NAT shows UDP port 3479 of it. */
export const natAddresses = {
  a: { local: '10.1.0.2', publicAddress: '203.0.113.1', publicPort: 40_001 },
  b: { local: '10.2.0.2', publicAddress: '203.0.113.2', publicPort: 40_002 },
} as const;
export const stunServer = { address: '203.0.113.254', port: 3478 };

/**
 * Two hosts that reach each other through NATs alone, which let in what answers (address and port) what has left:
 *
 *   a (10.1.0.2) ── NAT (203.0.113.1) ── public (203.0.113.254, STUN server) ── NAT (203.0.113.2) ── b (10.2.0.2)
 */
export interface NatWorld {
  names: LabNames;
  substrate(host: NatHost): Substrate;
  /** Another agent takes over. */
  restart(host: NatHost): Promise<void>;
  /** Runs a command in a namespace; gives what it printed. */
  run(namespace: string, ...command: string[]): string;
  close(): Promise<void>;
}

export async function natWorld(): Promise<NatWorld> {
  const lab = randomLab();
  const hosts = natHosts.map((name) => ({
    ...{ name, site: `site-${name}` },
    interfaces: [{ name: 'eth0', network: `network-${name}`, address: `${natAddresses[name].local}/24` }],
  }));
  const built = await up(lab, { hosts, trunks: [] });
  if (built.kind === 'refused') throw new Error(built.message);
  const { names } = built;
  joinNats(names);
  const [variable = '', value = ''] = memberVariable(lab).split('=');
  process.env[variable] = value;
  await startServer(names);
  const substrates = new Map<NatHost, Substrate>();
  const open = async (host: NatHost): Promise<void> => {
    const folder = join(names.stateFolder, `keys-${host}`);
    await loadIdentity(join(folder, 'identity'), host, Date.now());
    const options = { ...labSubstrateOptions(names, host), identity: labIdentity(names, folder) };
    substrates.set(host, await netnsSubstrate({ ...options, core: 'ebpf' }));
  };
  for (const host of natHosts) await open(host);
  const substrate = (host: NatHost): Substrate => {
    const found = substrates.get(host);
    if (!found) throw new Error(`no host ${host}`);
    return found;
  };
  return {
    ...{ names, substrate, run },
    restart: async (host) => {
      await substrate(host).close();
      await open(host);
    },
    close: async () => {
      delete process.env[variable];
      for (const host of natHosts) await substrate(host).close();
      const left = await down(lab);
      if (!isEmpty(left)) throw new Error(`left behind: ${JSON.stringify(left)}`);
    },
  };
}

function joinNats(names: LabNames): void {
  const outside = `${names.lab}.public`;
  must(ip([`netns add ${outside}`]));
  const { address } = stunServer;
  inside(outside, ['link add wan type bridge', `addr add ${address}/24 dev wan`, 'link set wan up']);
  for (const [index, host] of natHosts.entries()) {
    const { local, publicAddress, publicPort } = natAddresses[host];
    const nat = `${names.lab}.nat-${host}`;
    const gateway = local.replace(/\d+$/, '1');
    must(ip([`netns add ${nat}`]));
    const plug = (port: string, end: string, bridge: string) => [
      `link add ${port} type veth peer name ${end} netns ${nat}`,
      `link set ${port} master ${bridge} up`,
    ];
    inside(names.switches, plug(`n${index}`, 'inside', `br${index}`));
    inside(outside, plug(`n${index}`, 'outside', 'wan'));
    const set = (device: string, own: string) => [`addr add ${own}/24 dev ${device}`, `link set ${device} up`];
    inside(nat, [...set('inside', gateway), ...set('outside', publicAddress)]);
    run(nat, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
    run(nat, 'nft', natRules(publicPort));
    inside(names.host(host), [`route add default via ${gateway}`]);
  }
}

/** What comes unasked is dropped before connection tracking notes it down, as on any router with a firewall. */
const natRules = (publicPort: number): string => `
table ip nat {
  chain leaving {
    type nat hook postrouting priority srcnat
    oifname outside udp sport 3479 masquerade to :${publicPort}
    oifname outside masquerade
  }
}
table ip firewall {
  chain own {
    type filter hook input priority filter
    iifname outside ct state new drop
  }
  chain through {
    type filter hook forward priority filter; policy drop
    iifname inside accept
    ct state established,related accept
  }
}`;

async function startServer(names: LabNames): Promise<void> {
  const { address, port } = stunServer;
  const script = join(packageRoot(), 'test/lab/stun-server.mjs');
  const started = await startProcess(names, {
    ...{ namespace: `${names.lab}.public`, command: process.execPath },
    args: [script, address, String(port)],
  });
  let said = '';
  started.output?.on('data', (text: Buffer) => {
    said += text.toString();
  });
  for (let waitedMs = 0; !said.includes('ready'); waitedMs += 20) {
    if (waitedMs > 10_000) throw new Error('the STUN server does not start');
    await sleep(20);
  }
}

function inside(namespace: string, lines: readonly string[]): void {
  const entered = new NetworkNamespace(namespacePath(namespace));
  try {
    must(entered.within(() => ip(lines)));
  } finally {
    entered.close();
  }
}

function run(namespace: string, ...command: string[]): string {
  const done = spawnSync('nsenter', [`--net=${namespacePath(namespace)}`, ...command], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command.join(' ')}: ${done.stdout}${done.stderr}`);
  return done.stdout;
}

function must(failed: { message: string } | undefined): void {
  if (failed) throw new Error(failed.message);
}
