import type { Fault, LinkEnd, NetworkAttachment, Output, Rule } from '../../schema/generated/types.js';
import type { VnetCore, VnetCounters, VnetCurrent } from '../substrate.js';
import type { EmulatedHost } from './emulated-host.js';
import type { Emulation } from './emulation.js';
import { fault } from './fault.js';
import { ForwardingTable, ruleKey } from './forwarding-table.js';

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
    const held = new Map<string, Rule>();
    const faults = rules.flatMap((rule) => this.#admit(rule, held));
    this.#host.table = new ForwardingTable([...held.values()]);
    this.#emulation.traffic.hostChanged(this.#host);
    return faults;
  }

  async retire(networks: NetworkAttachment[], links: LinkEnd[]): Promise<Fault[]> {
    this.#emulation.now();
    keepOnly(
      this.#host.networks,
      networks.map(({ name }) => name),
    );
    keepOnly(
      this.#host.links,
      links.map(({ peer }) => peer),
    );
    this.#emulation.traffic.hostChanged(this.#host);
    return [];
  }

  async current(): Promise<VnetCurrent> {
    this.#emulation.now();
    const { overlay } = this.#emulation;
    const links = sorted(this.#host.links).map(({ end, setUpMs }) => {
      const peer = overlay.find(end.peer);
      return { link: end, up: peer !== undefined && overlay.isUp(this.#host, peer), setUpMs };
    });
    return { networks: sorted(this.#host.networks), links, rules: [...this.#host.table.rules] };
  }

  async counters(): Promise<VnetCounters> {
    const nowMs = this.#emulation.now();
    const { counters, links, noise } = this.#host;
    return counters.read(this.#emulation.ledger, nowMs, noise, links.keys());
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
    const there = this.#emulation.overlay.edge(here, peer);
    const back = this.#emulation.overlay.edge(peer, here);
    if (!there || !back)
      return fault(
        'link',
        end.peer,
        `No underlay network joins ${here.name} and ${peer.name} in both directions: give them interfaces on a common Network.`,
      );
    // One round trip to agree with the peer, and the work at both ends.
    const setUpMs = this.#host.links.get(end.peer)?.setUpMs ?? there.latencyMs + back.latencyMs + 1;
    this.#host.links.set(end.peer, { end, setUpMs });
    return undefined;
  }

  /** Holds the rule, or as much of it as can be. */
  #admit(rule: Rule, held: Map<string, Rule>): Fault[] {
    const key = ruleKey(rule);
    const broken = (what: string) => fault('rule', key, `Rule ${key} on ${this.#host.name} ${what}.`);
    if (!this.#host.networks.has(rule.network))
      return [broken(`is for network ${rule.network}, which the host has not joined: attach it first`)];
    if (held.has(key)) return [broken('is there twice: remove one')];
    if (rule.destination !== 'group' && rule.to.length !== 1)
      return [broken(`has ${rule.to.length} outputs: only rules for group frames copy them`)];
    const isPossible = (output: Output) => output.kind !== 'link' || this.#host.links.has(output.peer);
    const to = rule.to.filter(isPossible);
    if (to.length > 0) held.set(key, to.length === rule.to.length ? rule : { ...rule, to });
    return rule.to.flatMap((output) =>
      output.kind === 'link' && !isPossible(output)
        ? broken(`goes over a link to ${output.peer} that is not there: add the link first`)
        : [],
    );
  }
}

function keepOnly<T>(map: Map<string, T>, names: string[]): void {
  const kept = new Set(names);
  for (const name of [...map.keys()]) if (!kept.has(name)) map.delete(name);
}

function sorted<T>(map: Map<string, T>): T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
