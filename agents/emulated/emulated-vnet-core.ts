import { isDeepStrictEqual } from 'node:util';
import type {
  Endpoint,
  Fault,
  LinkEnd,
  LinkReport,
  NetworkAttachment,
  Output,
  Rule,
} from '../../schema/generated/types.js';
import { ruleFaults, rulePair } from '../../schema/rule-faults.js';
import type { VnetCore, VnetCounters, VnetCurrent } from '../substrate.js';
import { type EmulatedHost, type EmulatedLink, newLink } from './emulated-host.js';
import type { Emulation } from './emulation.js';
import { fault } from './fault.js';
import { ForwardingTable } from './forwarding-table.js';
import { lackOf } from './link-kinds.js';

/** What a switch of tables takes: always, and for each rule. */
const switchMs = 1;
const switchMsPerRule = 0.01;

/** The VNET core of one emulated host. */
export class EmulatedVnetCore implements VnetCore {
  readonly #emulation: Emulation;
  readonly #host: EmulatedHost;

  constructor(emulation: Emulation, host: EmulatedHost) {
    this.#emulation = emulation;
    this.#host = host;
  }

  async provide(networks: NetworkAttachment[], links: LinkEnd[]): Promise<Fault[]> {
    this.#emulation.now();
    const faults = [
      ...networks.flatMap((network) => this.#join(network) ?? []),
      ...links.flatMap((link) => this.#connect(link) ?? []),
    ];
    this.#emulation.traffic.hostChanged(this.#host);
    return faults;
  }

  async forward(rules: Rule[]): Promise<Fault[]> {
    this.#emulation.now();
    const refused = new Map(ruleFaults(rules).map(({ index, message }) => [index, message]));
    const held: Rule[] = [];
    const faults = rules.flatMap((rule, index) => {
      const message = refused.get(index);
      return message === undefined ? this.#admit(rule, held) : [fault('rule', ruleName(rule), message)];
    });
    this.#host.table = new ForwardingTable(held);
    this.#host.bound.switched(switchMs + held.length * switchMsPerRule);
    this.#emulation.traffic.hostChanged(this.#host);
    return faults;
  }

  async retire(networks: NetworkAttachment[], links: LinkEnd[]): Promise<Fault[]> {
    this.#emulation.now();
    const here = this.#host;
    remove(
      here.networks,
      networks.map(({ name }) => name),
    );
    const gone = remove(
      here.links,
      links.map(({ peer }) => peer),
    );
    for (const peer of gone) this.#emulation.linkChanged(here, peer);
    this.#emulation.traffic.hostChanged(here);
    return [];
  }

  async current(): Promise<VnetCurrent> {
    this.#emulation.now();
    const { networks, links, table } = this.#host;
    const current = {
      networks: sorted(networks),
      links: sorted(links).map((link) => this.#report(link)),
      rules: [...table.rules],
    };
    const bound = this.#host.bound.read();
    return bound ? { ...current, bound } : current;
  }

  async endpoints(): Promise<Endpoint[]> {
    return sorted(this.#host.links).flatMap(({ end: { type, local, port } }) =>
      type === 'stun' && port !== undefined ? [{ local, port, publicAddress: local, publicPort: port }] : [],
    );
  }

  async keepAlive(keepAliveMs: number): Promise<Fault[]> {
    this.#emulation.now();
    this.#host.keepAliveMs = keepAliveMs;
    return [];
  }

  async counters(): Promise<VnetCounters> {
    const nowMs = this.#emulation.now();
    const { counters, links, noise, name } = this.#host;
    return counters.read(this.#emulation.ledger, nowMs, noise, this.#emulation.lie(name), links.keys());
  }

  #report({ end, up, setUpMs, connections }: EmulatedLink): LinkReport {
    const report: LinkReport = { link: end, up, setUpMs };
    if (end.role === 'connect') report.connections = connections;
    if (!up)
      report.trouble =
        `${end.peer} has answered no keep-alive on the ${end.type} link from ${end.local} to ${end.remote} for ` +
        `${this.#host.keepAliveMs} ms: check that it runs and has its end of the link, and that the underlay lets it through.`;
    return report;
  }

  #join(network: NetworkAttachment): Fault | undefined {
    for (const other of this.#host.networks.values())
      if (other.vni === network.vni && other.name !== network.name)
        return fault(
          'network',
          network.name,
          `VNI ${network.vni} on ${this.#host.name} belongs to network ${other.name}: give each network its own.`,
        );
    this.#host.networks.set(network.name, network);
    return undefined;
  }

  #connect(end: LinkEnd): Fault | undefined {
    const here = this.#host;
    const peer = this.#emulation.overlay.find(end.peer);
    if (!peer || peer === here)
      return fault('link', end.peer, `${here.name} cannot link to ${end.peer}: name another host of the inventory.`);
    const lack = lackOf(end);
    if (lack !== undefined) return fault('link', end.peer, lack);
    const { overlay } = this.#emulation;
    if (!overlay.edge(here, peer) || !overlay.edge(peer, here))
      return fault(
        'link',
        end.peer,
        `No underlay network joins ${here.name} and ${peer.name} in both directions: give them interfaces on a common Network.`,
      );
    const before = here.links.get(end.peer);
    if (before && isDeepStrictEqual(before.end, end)) return undefined;
    here.links.set(end.peer, newLink(end));
    this.#emulation.linkChanged(here, end.peer);
    return undefined;
  }

  /** Holds the rule, or as much of it as can be. */
  #admit(rule: Rule, held: Rule[]): Fault[] {
    const name = ruleName(rule);
    const broken = (what: string) => fault('rule', name, `Rule ${rulePair(rule)} ${what}.`);
    if (!this.#host.networks.has(rule.network))
      return [broken(`is for network ${rule.network}, which ${this.#host.name} has not joined: attach it first`)];
    const isPossible = (output: Output) => output.kind !== 'link' || this.#host.links.has(output.peer);
    const to = rule.to.filter(isPossible);
    if (to.length > 0) held.push(to.length === rule.to.length ? rule : { ...rule, to });
    return rule.to.flatMap((output) =>
      output.kind === 'link' && !isPossible(output)
        ? broken(`goes over a link to ${output.peer} that is not there: add the link first`)
        : [],
    );
  }
}

/** Takes away what is not listed, and tells what. */
function remove<T>(map: Map<string, T>, kept: string[]): string[] {
  const names = new Set(kept);
  const gone = [...map.keys()].filter((name) => !names.has(name));
  for (const name of gone) map.delete(name);
  return gone;
}

function ruleName({ network, source, destination }: Rule): string {
  return `${network} ${source} ${destination}`;
}

function sorted<T>(map: Map<string, T>): T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
