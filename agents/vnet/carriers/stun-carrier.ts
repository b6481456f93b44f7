import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Endpoint, Fault, LinkEnd } from '../../../schema/generated/types.js';
import { DetachedProcess } from '../../linux/detached-process.js';
import type { NetworkNamespace } from '../../linux/namespace.js';
import { readState, writeState } from '../../linux/state-file.js';
import type { Carriage, Carrier, CarrierState } from '../carrier.js';
import { KernelRefusal } from '../libbpf.js';
import { vxlanPort } from '../vxlan-devices.js';
import { PunchPrograms } from './punch-programs.js';
import { type StunLink, type StunStatus, stunStatus, stunTrouble } from './stun-client.js';

export interface StunCarrierOptions {
  namespace: NetworkNamespace;
  /** Belongs to this carrier alone. */
  folder: string;
  /** Name of the underlay interface with this address. */
  underlayDevice(address: string): string | undefined;
  /** Path of virtuoso-stun; throws, with the remedy, if there is none. */
  client(): string;
  /** Path of the programs that rewrite ports, likewise. */
  programs(): string;
  /** In [0, 1): spreads retries. */
  random(): number;
}

/** What an agent that starts again has to know. */
interface StunState {
  links: StunLink[];
  /** Names of devices that have the programs. */
  devices: string[];
  /** By the port that they hold, see `portName`: the STUN server that is asked. */
  servers: Record<string, StunLink['stun']>;
}

/**
 * Links of the type `stun`: VXLAN of the kernel's, whose UDP ports are rewritten on the underlay device to those that NATs let through.
 * A client for each local port finds out how they show it, and keeps them from forgetting it.
 */
export class StunCarrier implements Carrier {
  readonly types: readonly LinkEnd['type'][] = ['stun'];
  readonly #options: StunCarrierOptions;
  readonly #punch: PunchPrograms;
  readonly #statePath: string;
  readonly #clients = new Map<string, DetachedProcess>();
  #state: StunState;

  /** Takes up the links of an earlier agent: they are looked after again once one is provided. */
  constructor(options: StunCarrierOptions) {
    this.#options = options;
    this.#punch = new PunchPrograms(options.namespace);
    this.#statePath = join(options.folder, 'links.json');
    this.#state = readState<StunState>(this.#statePath) ?? { links: [], devices: [], servers: {} };
  }

  async provide(link: LinkEnd): Promise<Carriage | Fault> {
    const fault = (message: string): Fault => ({ kind: 'link', subject: link.peer, message });
    const { stun, port, local, remote } = link;
    if (!stun || port === undefined)
      return fault('It names no STUN server and UDP port to hold: state address and port of one, and the local port.');
    const others = this.#state.links.filter(({ peer }) => peer !== link.peer);
    const wrong = this.#fault({ ...link, stun, port }, others);
    if (wrong !== undefined) return fault(wrong);
    try {
      await this.#become([...others, { ...link, stun, port }].sort(byPeer));
    } catch (error) {
      if (error instanceof KernelRefusal) return fault(error.message);
      throw error;
    }
    return { kind: 'vxlan', local, remote, port: vxlanPort };
  }

  async retire(kept: readonly LinkEnd[]): Promise<Fault[]> {
    const names = new Set(kept.filter(({ type }) => type === 'stun').map(({ peer }) => peer));
    const links = this.#state.links.filter(({ peer }) => names.has(peer));
    if (links.length === this.#state.links.length) return [];
    try {
      await this.#become(links);
      return [];
    } catch (error) {
      if (error instanceof KernelRefusal) return [{ kind: 'link', subject: 'stun', message: error.message }];
      throw error;
    }
  }

  renumber(): void {
    // A VXLAN header has the VNI itself.
  }

  state(link: LinkEnd): CarrierState {
    const own = this.#state.links.find(({ peer }) => peer === link.peer);
    const client = own && this.#clients.get(portName(own));
    if (!own || !client) return { trouble: 'It is not set up yet.', connections: 0 };
    const server = this.#state.servers[portName(own)] ?? own.stun;
    const trouble = stunTrouble(own, server, client, this.#status(portName(own), client));
    return trouble === undefined ? { connections: 0 } : { trouble, connections: 0 };
  }

  endpoints(): Endpoint[] {
    return [...this.#clients].flatMap(([name, client]): Endpoint[] => {
      const link = this.#state.links.find((each) => portName(each) === name);
      const status = this.#status(name, client);
      if (!link || !status || status.publicPort === 0) return [];
      const { publicAddress, publicPort } = status;
      return [{ local: link.local, port: link.port, publicAddress, publicPort }];
    });
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#punch.close();
  }

  /** Why the link cannot be beside these. */
  #fault({ local, port, remote, remotePort }: StunLink, others: readonly StunLink[]): string | undefined {
    if (port === vxlanPort) return `Port ${vxlanPort} is VXLAN's own: write another.`;
    if (this.#options.underlayDevice(local) === undefined)
      return `No interface of this host has the address ${local}: correct the inventory.`;
    const twin = others.find((each) => each.remote === remote && isKnown(each));
    if (twin && remotePort !== undefined)
      return `Its peer is behind the public address ${remote}, and so is ${twin.peer}: one host has one \`stun\` link to an address. Let one of the two have a link of another type, or reach it by way of the other.`;
    try {
      this.#options.client();
      this.#options.programs();
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** Makes clients and programs be what the links ask for. Noted down before anything is made, and after it is gone. */
  async #become(links: StunLink[]): Promise<void> {
    const { folder, underlayDevice } = this.#options;
    const before = this.#state;
    const servers = serversOf(links, before.servers);
    for (const name of Object.keys(before.servers)) if (servers[name] === undefined) await this.#end(name);
    const devices = [...new Set(links.flatMap(({ local }) => underlayDevice(local) ?? []))].sort();
    this.#note({ links, servers, devices: [...new Set([...before.devices, ...devices])].sort() });
    for (const link of links) await this.#keep(link, servers[portName(link)] ?? link.stun);
    const gone = this.#state.devices.filter((device) => !devices.includes(device));
    if (links.length > 0) this.#punch.provide(this.#options.programs(), peersOf(links), devices);
    this.#punch.release(gone);
    if (gone.length > 0) this.#note({ links, servers, devices });
    if (links.length > 0) return;
    this.#punch.close();
    rmSync(folder, { recursive: true, force: true });
  }

  #note(state: StunState): void {
    if (isDeepStrictEqual(state, this.#state)) return;
    writeState(this.#statePath, state);
    this.#state = state;
  }

  async #keep(link: StunLink, { address, port }: StunLink['stun']): Promise<void> {
    const name = portName(link);
    const cwd = join(this.#options.folder, name);
    mkdirSync(cwd, { recursive: true, mode: 0o700 });
    const args = [link.local, String(link.port), `${address}:${port}`, this.#statusFile(name)];
    await this.#client(name).keep({ program: this.#options.client(), args, cwd });
  }

  async #end(name: string): Promise<void> {
    await this.#client(name).end();
    this.#clients.delete(name);
    rmSync(join(this.#options.folder, name), { recursive: true, force: true });
  }

  #client(name: string): DetachedProcess {
    const { namespace, folder, random } = this.#options;
    const within = <T>(task: () => T extends Promise<unknown> ? never : T): T => namespace.within(task);
    const client =
      this.#clients.get(name) ?? new DetachedProcess({ path: join(folder, name, 'client'), within, random });
    this.#clients.set(name, client);
    return client;
  }

  #status = (name: string, client: DetachedProcess): StunStatus | undefined =>
    stunStatus(this.#statusFile(name), client);

  #statusFile = (name: string): string => join(this.#options.folder, name, 'status');
}

/** Names the port that a link's client holds. Links may share it: to a NAT that lets links through, all servers are the same. */
const portName = ({ local, port }: StunLink): string => `${local}-${port}`;

const byPeer = (a: LinkEnd, b: LinkEnd): number => (a.peer < b.peer ? -1 : 1);

/** Whether it is known how the peer's NAT shows it. */
const isKnown = (link: StunLink): link is StunLink & { remotePort: number } => link.remotePort !== undefined;

/** Which server each port's client asks: the one that it asks already, as long as a link names it, else that of the first link. */
function serversOf(links: readonly StunLink[], before: StunState['servers']): StunState['servers'] {
  const servers: StunState['servers'] = {};
  for (const link of links) {
    const name = portName(link);
    const asked = before[name];
    const isAsked = asked?.address === link.stun.address && asked.port === link.stun.port;
    if (servers[name] === undefined || isAsked) servers[name] = link.stun;
  }
  return servers;
}

const peersOf = (links: readonly StunLink[]) =>
  links.filter(isKnown).map(({ remote, remotePort, port }) => ({
    address: remote,
    publicPort: remotePort,
    localPort: port,
  }));
