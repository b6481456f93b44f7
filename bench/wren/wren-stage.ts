import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { converge } from '../../agents/converge.js';
import { namespacePath } from '../../agents/linux/namespace.js';
import { setSysctls } from '../../agents/linux/sysctl.js';
import { netnsSubstrate } from '../../agents/netns-substrate.js';
import type { Substrate } from '../../agents/substrate.js';
import { down } from '../../lab/down.js';
import { labProcesses } from '../../lab/leftovers.js';
import { type LinkLogLine, readLinkLog } from '../../lab/link-log.js';
import { type LabNames, labNames } from '../../lab/names.js';
import { labIdentity, labSubstrateOptions } from '../../lab/substrate.js';
import { trunkName } from '../../lab/trunks.js';
import { up } from '../../lab/up.js';
import { within } from '../../lab/within.js';
import type { HostState, LinkEnd, NetworkAttachment, Output, Rule } from '../../schema/generated/types.js';
import { measuringProgram } from '../vnet/native.js';
import { guestAddress, guestMac, guestSpec, hostAddress, vxlanMtu } from '../vnet/stage.js';
import { labPrefix } from '../vnet/sweep.js';
import { rule, udpLink } from '../vnet/virtuoso.js';
import type { Cell, LinkKind } from './cells.js';

const network: NetworkAttachment = {
  name: 'bench',
  vni: 77,
  mtu: vxlanMtu,
  proxy: 'host-1',
  neighbours: [1, 2].map((n) => ({ address: guestAddress(n), mac: guestMac(n) })),
};
const hosts = [1, 2] as const;
export const streamPort = 7400;
/** Packets come out of the path within some 3 µs of when they should, instead of 30. */
const spinUs = 60;
/** How long guests may take to reach each other. */
const connectMs = 20_000;

/** A line of what the emulator tells at its end: lab/native/truth.h. */
interface WayStatistics {
  released: number;
  late: number;
  leastTransitUs: number;
}

/** Two hosts at the ends of an emulated path, one guest on each, and the link that a cell asks for:  g1 - host-1 ==path== host-2 - g2. */
export class WrenStage {
  readonly names: LabNames = labNames(`${labPrefix}${process.pid}-wren`);
  readonly #substrates = new Map<number, Substrate>();
  readonly #cell: Cell;
  readonly #seed: number;

  constructor(cell: Cell, seed: number) {
    this.#cell = cell;
    this.#seed = seed;
  }

  /** @throws if the lab or the link cannot be had; the message says why. */
  async build(): Promise<void> {
    const { hops, congestion, link } = this.#cell;
    const back = hops.map(({ rateMbps, latencyMs = 0 }) => ({ rateMbps, latencyMs }));
    const result = await up(this.names.lab, {
      hosts: hosts.map((n) => ({
        name: `host-${n}`,
        site: `site-${n}`,
        interfaces: [{ name: 'eth0', network: 'wan', address: `${hostAddress(n)}/24` }],
      })),
      trunks: [
        { network: 'wan', sites: ['site-1', 'site-2'], emulated: { seed: this.#seed, there: hops, back, spinUs } },
      ],
    });
    if (result.kind === 'refused') throw new Error(result.message);
    within(this.names.switches, () => setSysctls({ 'net.bridge.bridge-nf-call-iptables': '0' }));
    for (const n of hosts) this.#chooseCongestionControl(n, congestion);
    for (const n of hosts) await this.#startAgent(n, link);
    await this.#connected();
  }

  /** What the agent of a host stands on. @throws before the stage is built. */
  substrate(host: number): Substrate {
    const found = this.#substrates.get(host);
    if (!found) throw new Error('the stage is not built');
    return found;
  }

  /** What the emulated path has done up to now. */
  log(): LinkLogLine[] {
    return readLinkLog(join(this.names.logFolder, `${trunkName(0)}.truth`));
  }

  /**
   * Ends the emulator: the least time that a packet took there and back together, halved; and the share of the packets there that came
   * out more than 0.25 ms late, which says how far the path is to be trusted.
   */
  async endPath(): Promise<{ latencyMs: number; lateShare: number }> {
    const pid = labProcesses(this.names.lab).find((each) => commandLine(each).includes('virtuoso-link-emulator'));
    if (pid !== undefined) process.kill(pid, 'SIGTERM');
    const file = join(this.names.logFolder, `${trunkName(0)}.log`);
    for (let waitedMs = 0; waitedMs < 2000; waitedMs += 20) {
      const ways = readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('{'));
      if (ways.length === 2) {
        const [there, back] = ways.map((line): WayStatistics => JSON.parse(line));
        const transitUs = (there?.leastTransitUs ?? Number.NaN) + (back?.leastTransitUs ?? Number.NaN);
        return {
          latencyMs: transitUs / 2000,
          lateShare: there === undefined ? Number.NaN : there.late / there.released,
        };
      }
      await sleep(20);
    }
    throw new Error(`the link emulator did not tell its statistics: ${readFileSync(file, 'utf8')}`);
  }

  /** May be repeated, also after a set-up that failed half way. @throws if something is left behind. */
  async tearDown(): Promise<void> {
    for (const substrate of this.#substrates.values()) await substrate.close();
    this.#substrates.clear();
    const found = Object.values(await down(this.names.lab)).flat();
    if (found.length > 0) throw new Error(`${this.names.lab} left behind: ${found.join(', ')}`);
  }

  /** Of the host's own connections, which carry stream links: by route, as a namespace has no default of its own. */
  #chooseCongestionControl(host: number, congestion: string): void {
    const route = ['route', 'replace', `${hostAddress(3 - host)}/32`, 'dev', 'eth0', 'congctl', congestion];
    const { status, stderr } = this.#run(this.names.host(`host-${host}`), 'ip', route);
    if (status !== 0) throw new Error(`congestion control ${congestion}: ${stderr.trim()}`);
  }

  async #startAgent(host: number, link: LinkKind): Promise<void> {
    const identity = labIdentity(this.names, join(this.names.folder, `agent-${host}`));
    const substrate = await netnsSubstrate({ ...labSubstrateOptions(this.names, `host-${host}`), identity });
    this.#substrates.set(host, substrate);
    const faults = await converge(substrate, state(host, link));
    if (faults.length > 0) throw new Error(faults.map(({ subject, message }) => `${subject}: ${message}`).join('; '));
  }

  async #connected(): Promise<void> {
    for (const begunMs = performance.now(); performance.now() - begunMs < connectMs; await sleep(50)) {
      const { stdout } = this.#run(this.names.guest('g1'), measuringProgram('echo'), [guestAddress(2), '1', '500']);
      if (stdout.trim().endsWith(' 0')) return;
    }
    throw new Error(`the guests do not reach each other within ${connectMs} ms`);
  }

  #run(namespace: string, command: string, args: readonly string[]) {
    return spawnSync('nsenter', [`--net=${namespacePath(namespace)}`, command, ...args], { encoding: 'utf8' });
  }
}

function state(host: number, link: LinkKind): HostState {
  return {
    host: `host-${host}`,
    generation: 1,
    samplingIntervalMs: 1000,
    networks: [network],
    links: [linkEnd(host, link)],
    guests: [guestSpec(host)],
    departures: [],
    removals: [],
    rules: rules(host),
  };
}

function linkEnd(host: number, kind: LinkKind): LinkEnd {
  const peer = 3 - host;
  if (kind !== 'tcp') return { ...udpLink(host, peer), ...(kind === 'two-sided' ? { stamped: true } : {}) };
  const ends = { peer: `host-${peer}`, local: hostAddress(host), remote: hostAddress(peer) };
  return { ...ends, type: 'tcp', role: host === 2 ? 'listen' : 'connect', port: streamPort };
}

function rules(host: number): Rule[] {
  const port: Output = { kind: 'port', guest: `g${host}` };
  const link: Output = { kind: 'link', peer: `host-${3 - host}` };
  return [
    rule('any', guestMac(host), port),
    rule(guestMac(host), guestMac(3 - host), link),
    rule('any', 'group', port, link),
  ];
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has just ended
  }
}
