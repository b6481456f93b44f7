import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NetworkNamespace, namespacePath } from '../../agents/linux/namespace.js';
import { setSysctls } from '../../agents/linux/sysctl.js';
import { portDevice, provideGuest } from '../../agents/vmm/netns-guest.js';
import { down } from '../../lab/down.js';
import { type LabNames, labNames } from '../../lab/names.js';
import { type LabProcess, startProcess } from '../../lab/process.js';
import { up } from '../../lab/up.js';
import type { GuestSpec } from '../../schema/generated/types.js';
import type { GuestPair } from './design.js';
import { measuringProgram } from './native.js';
import { labPrefix } from './sweep.js';

/** Largest packet of a guest that kernel VXLAN carries over an underlay of 1500 bytes. */
export const vxlanMtu = 1450;
/** The same for user-level tunnels: the header of the widest (OpenVPN's, around frames) still fits. */
export const tunnelMtu = 1430;

export const hostAddress = (host: number): string => `192.168.77.${host}`;
export const guestAddress = (guest: number): string => `10.99.0.${guest}`;
export const guestMac = (guest: number): string => `02:00:00:00:00:0${guest}`;

/** Guest `n` of the network `bench`. */
export function guestSpec(n: number): GuestSpec {
  const address = `${guestAddress(n)}/24`;
  const shape = { driver: 'netns', computeCores: 0.1, memoryMib: 64 } as const;
  return { name: `g${n}`, network: 'bench', mac: guestMac(n), address, ...shape };
}

/** Of all TCP connections in all designs: what this machine's default is would pace some of them (BBR) and not others. */
export const congestionControl = 'cubic';

/** Three hosts on one switch, as a lab of its own for one design:  g1 -- host-1 -- switch -- host-2 -- g2, and host-3. */
export class Stage {
  readonly names: LabNames;

  constructor(id: string) {
    this.names = labNames(`${labPrefix}${process.pid}-${id}`);
  }

  /** @throws if the lab cannot be brought up. */
  async build(): Promise<void> {
    const hosts = [1, 2, 3].map((n) => ({
      name: `host-${n}`,
      site: 'site',
      interfaces: [{ name: 'eth0', network: 'wan', address: `${hostAddress(n)}/24` }],
    }));
    const result = await up(this.names.lab, { hosts, trunks: [] });
    if (result.kind === 'refused') throw new Error(result.message);
    // No bridge, neither the switch nor a design's, spends time on a packet filter that has no rules.
    for (const namespace of [this.names.switches, ...[1, 2, 3].map((n) => this.host(n))])
      this.within(namespace, () => setSysctls({ 'net.bridge.bridge-nf-call-iptables': '0' }));
    // By route, as a namespace may not choose every algorithm for itself.
    for (const n of [1, 2, 3])
      for (const other of [1, 2, 3].filter((each) => each !== n))
        this.run(
          this.host(n),
          'ip',
          'route',
          'replace',
          `${hostAddress(other)}/32`,
          'dev',
          'eth0',
          'congctl',
          congestionControl,
        );
  }

  async tearDown(): Promise<void> {
    const left = await down(this.names.lab);
    const found = Object.values(left).flat();
    if (found.length > 0) throw new Error(`${this.names.lab} left behind: ${found.join(', ')}`);
  }

  host(n: number): string {
    return this.names.host(`host-${n}`);
  }

  guest(n: number): string {
    return this.names.guest(`g${n}`);
  }

  /** A path in the folder that goes with the stage. */
  path(...parts: string[]): string {
    return join(this.names.folder, ...parts);
  }

  /** A guest on the host of its number, behind the port device that it returns, which nothing forwards for yet. */
  addGuest(n: number, mtu: number): void {
    const host = new NetworkNamespace(namespacePath(this.host(n)));
    const failed = provideGuest(host, { spec: guestSpec(n), namespace: this.guest(n), mtu });
    host.close();
    if (failed) throw new Error(failed.message);
    this.run(this.host(n), 'ip', 'link', 'set', portDevice(`g${n}`), 'mtu', `${mtu}`);
  }

  /** A guest that has no interface yet. */
  addBareGuest(n: number): void {
    this.run(undefined, 'ip', 'netns', 'add', this.guest(n));
    this.run(this.guest(n), 'ip', 'link', 'set', 'lo', 'up');
  }

  /** Makes a device of host `n` the interface of its guest, once a daemon has made it. */
  async giveToGuest(n: number, device: string, mtu: number): Promise<void> {
    await this.until(`${device} on host-${n}`, () =>
      this.within(this.host(n), () => existsSync(`/proc/sys/net/ipv4/conf/${device}`)),
    );
    const guest = this.guest(n);
    this.run(this.host(n), 'ip', 'link', 'set', device, 'netns', guest);
    this.run(guest, 'ip', 'link', 'set', device, 'mtu', `${mtu}`, 'txqueuelen', '1000', 'up');
    this.run(guest, 'ip', 'addr', 'replace', `${guestAddress(n)}/24`, 'dev', device);
  }

  /** Waits until the guests reach each other. */
  async connected(timeoutMs = 20_000): Promise<GuestPair> {
    const echo = (): string => this.run(this.guest(1), measuringProgram('echo'), guestAddress(2), '1', '300');
    await this.until('guests that reach each other', () => echo().trim().endsWith(' 0'), timeoutMs);
    return { sender: this.guest(1), receiver: this.guest(2), address: guestAddress(2) };
  }

  within<T>(namespace: string, task: () => T extends Promise<unknown> ? never : T): T {
    const entered = new NetworkNamespace(namespacePath(namespace));
    try {
      return entered.within(task);
    } finally {
      entered.close();
    }
  }

  /** Runs a program to its end, in a namespace or as it is. @throws if it fails. */
  run(namespace: string | undefined, command: string, ...args: string[]): string {
    const enter = namespace === undefined ? [] : ['nsenter', `--net=${namespacePath(namespace)}`];
    const [program = '', ...rest] = [...enter, command, ...args];
    const { status, stdout, stderr, error } = spawnSync(program, rest, { encoding: 'utf8' });
    if (status !== 0)
      throw new Error(`\`${command} ${args.join(' ')}\`: ${error?.message ?? (stderr || stdout).trim()}`);
    return stdout;
  }

  /** Starts a daemon on host `n`; its log is named for it. */
  start(n: number, command: string, args: readonly string[], environment = {}): Promise<LabProcess> {
    const log = `${basename(command)}-${n}`;
    return startProcess(this.names, { namespace: this.host(n), command, args, log, environment });
  }

  async until(what: string, holds: () => boolean, timeoutMs = 10_000): Promise<void> {
    for (const started = performance.now(); !holds(); await sleep(20))
      if (performance.now() - started > timeoutMs)
        throw new Error(`${this.names.lab}: no ${what} within ${timeoutMs} ms\n${this.#logs()}`);
  }

  #logs(): string {
    return readdirSync(this.names.logFolder)
      .map((file) => `${file}: ${readFileSync(join(this.names.logFolder, file), 'utf8').slice(-2000)}`)
      .join('\n');
  }
}

/** The first of these programs that is not installed, with how to install it. */
export function missing(...programs: [name: string, debianPackage: string][]): string | undefined {
  const absent = programs.find(([name]) => spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status);
  return absent && `${absent[0]} is not installed: \`apt install ${absent[1]}\``;
}
