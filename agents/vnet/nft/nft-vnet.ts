import { join } from 'node:path';
import type { Fault, LinkEnd, NetworkAttachment, Rule } from '../../../schema/generated/types.js';
import { deviceName } from '../../linux/device.js';
import type { NetworkNamespace } from '../../linux/namespace.js';
import { readState, writeState } from '../../linux/state-file.js';
import type { VnetCore, VnetCounters, VnetCurrent } from '../../substrate.js';
import type { GuestPort, GuestPorts } from '../guest-ports.js';
import { underlays } from '../provision-faults.js';
import { PulseSource } from '../pulse-source.js';
import {
  type CoreState,
  emptyState,
  reportedBound,
  withConfirmed,
  withEpoch,
  withProvided,
  withRetired,
  withSwitched,
} from './core-state.js';
import { dropCounters, linkCounters, readCounts, readMatrix } from './counts.js';
import { coreFault, presentLans, presentLinks, provideDevices, retireDevices, silenceOf } from './devices.js';
import { KernelTable } from './kernel-table.js';
import { forgetLinks, Liveness } from './liveness.js';
import { NftRefusal } from './nft.js';
import { provisionFaults } from './provision-faults.js';
import type { Table } from './render-table.js';
import { type Selection, selectRules } from './select-rules.js';
import { table } from './transaction.js';

/** How often links that are not confirmed yet are looked at, in a keep-alive period. */
const looksPerPeriod = 4;

export interface NftVnetOptions {
  /** Of the host. */
  namespace: NetworkNamespace;
  /** Where the core keeps what it has to remember. */
  folder: string;
  /** The guests that are here. */
  ports: readonly GuestPort[];
  /** In [0, 1). */
  random(): number;
}

/** The VNET core of hosts without BPF: nftables forwards between guest ports and a VXLAN device for each link and network. */
export class NftVnet implements VnetCore, GuestPorts {
  readonly #options: NftVnetOptions;
  readonly #namespace: NetworkNamespace;
  readonly #statePath: string;
  readonly #kernel: KernelTable;
  #pulse: PulseSource;
  readonly #ports: Map<string, GuestPort>;
  #state: CoreState;
  #selection: Selection = { active: [], inactive: [], faults: [] };
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: NftVnetOptions) {
    this.#options = options;
    this.#namespace = options.namespace;
    this.#statePath = join(options.folder, 'vnet-nft.json');
    this.#kernel = new KernelTable(options.namespace);
    this.#pulse = this.#newPulse();
    this.#state = readState<CoreState>(this.#statePath) ?? emptyState;
    this.#ports = new Map(options.ports.map((port) => [port.guest, port]));
  }

  /**
   * Takes up forwarding as it is.
   * @throws if the kernel refuses what it had accepted before.
   */
  static async open(options: NftVnetOptions): Promise<NftVnet> {
    const vnet = new NftVnet(options);
    const refused = (await vnet.#become(vnet.#state)).find(({ kind }) => kind === 'core');
    if (refused) throw new NftRefusal(refused.message);
    return vnet;
  }

  async keepAlive(keepAliveMs: number): Promise<Fault[]> {
    return keepAliveMs === this.#state.keepAliveMs ? [] : this.#become({ ...this.#state, keepAliveMs });
  }

  async provide(networks: NetworkAttachment[], links: LinkEnd[]): Promise<Fault[]> {
    const { faults, ...accepted } = this.#namespace.within(() =>
      provisionFaults(this.#state, networks, links, underlays()),
    );
    const before = this.#state.links.map(({ link }) => link);
    const state = withProvided(this.#state, accepted.networks, accepted.links, Date.now());
    faults.push(...(await this.#become(state)));
    // What was heard before was another link's.
    const fresh = state.links
      .filter(({ link }) => !before.includes(link))
      .map(({ link }) => state.numbers[link.peer] ?? 0);
    faults.push(
      ...attempt(() => {
        this.#namespace.within(() => forgetLinks(fresh));
        return [];
      }),
    );
    return faults;
  }

  async forward(rules: Rule[]): Promise<Fault[]> {
    this.#save({ ...this.#state, rules });
    return [...this.#settle(), ...this.#selection.faults];
  }

  async retire(networks: NetworkAttachment[], links: LinkEnd[]): Promise<Fault[]> {
    return this.#become(withRetired(this.#state, networks, links));
  }

  async current(): Promise<VnetCurrent> {
    const liveness = this.#judge();
    const nowMs = Date.now();
    const links = this.#namespace.within(() => {
      const interfaces = underlays();
      return this.#state.links.map((held) =>
        liveness.report(held, this.#state, silenceOf(held.link, interfaces) ?? this.#pulse.trouble, nowMs),
      );
    });
    const { networks, rules } = this.#state;
    const { active, inactive } = this.#selection;
    const inEffect = new Set([...inactive, ...this.#kernel.inEffect(active.map(({ rule }) => rule))]);
    return {
      networks,
      links: links.sort((a, b) => (a.link.peer < b.link.peer ? -1 : 1)),
      rules: rules.filter((rule) => inEffect.has(rule)),
      ...reportedBound(this.#state),
    };
  }

  async counters(): Promise<VnetCounters> {
    return this.#namespace.within(() => {
      const counts = readCounts(table, 'counts');
      return {
        epoch: this.#kernel.epoch,
        matrix: readMatrix(this.#state.networks),
        links: linkCounters(counts, this.#state),
        drops: dropCounters(counts),
      };
    });
  }

  network(name: string): NetworkAttachment | undefined {
    return this.#state.networks.find((network) => network.name === name);
  }

  attach(port: GuestPort): Fault[] {
    const known = this.#ports.get(port.guest);
    if (known && JSON.stringify(known) === JSON.stringify(port)) return [];
    this.#ports.set(port.guest, port);
    return this.#settle();
  }

  detach(guest: string): Fault[] {
    return this.#ports.delete(guest) ? this.#settle() : [];
  }

  /** Releases what this process holds; forwarding goes on. */
  close(): void {
    clearInterval(this.#timer);
    this.#pulse.close();
  }

  /** First what is new, then the rules, then what is gone. */
  async #become(state: CoreState): Promise<Fault[]> {
    const before = this.#state;
    // Written first: an agent that dies here finishes the change when it starts again.
    this.#save(state);
    const mtu = Math.max(576, ...state.networks.map((network) => network.mtu));
    const hasLinks = state.links.length > 0;
    const faults = [
      ...(hasLinks ? this.#providePulse() : []),
      ...attempt(() => this.#namespace.within(() => provideDevices(state))),
      ...this.#settle(),
      ...attempt(() => this.#namespace.within(() => retireDevices(state, before))),
    ];
    if (hasLinks) await this.#pulse.start(state.keepAliveMs, mtu);
    else faults.push(...(await this.#endPulse()));
    this.#watch();
    return faults;
  }

  #providePulse(): Fault[] {
    const device = this.#pulse.provideDevice();
    return typeof device === 'number' ? [] : coreFault(device);
  }

  async #endPulse(): Promise<Fault[]> {
    const failed = await this.#pulse.end();
    this.#pulse = this.#newPulse();
    return coreFault(failed);
  }

  #newPulse(): PulseSource {
    const { namespace, folder, random } = this.#options;
    return new PulseSource(namespace, folder, random);
  }

  /** Makes the kernel's table say what the state and the ports say. */
  #settle(): Fault[] {
    return attempt(() => {
      const tookMs = this.#kernel.become(() => this.#table());
      this.#save(withEpoch(withSwitched(this.#state, tookMs ?? 0), this.#kernel.epoch, Date.now()));
      return [];
    });
  }

  #table(): Table {
    const { networks, numbers, rules, keepAliveMs } = this.#state;
    return this.#namespace.within(() => {
      const links = presentLinks(this.#state).map(({ peer }) => ({ peer, number: numbers[peer] ?? 0 }));
      const lans = presentLans(networks);
      const ports = [...this.#ports.values()].flatMap(({ guest, device, network, mac }) => {
        const name = deviceName(device);
        return name === undefined ? [] : [{ guest, device: name, network, mac }];
      });
      this.#selection = selectRules(rules, {
        networks,
        lans,
        ports: new Map(ports.map((port) => [port.guest, port])),
        links: new Map(links.map(({ peer, number }) => [peer, number])),
      });
      return { networks, links, ports, lans, rules: this.#selection.active, keepAliveMs };
    });
  }

  /** Looks at keep-alives, and notes links that they confirm for the first time. */
  #judge(): Liveness {
    const liveness = this.#namespace.within(() => new Liveness(this.#state.numbers));
    this.#save(withConfirmed(this.#state, (peer) => liveness.isUp(peer), Date.now()));
    return liveness;
  }

  /** Measures how long links take to be confirmed, as long as some are not. */
  #watch(): void {
    clearInterval(this.#timer);
    const look = () => {
      if (this.#state.links.every(({ setUpMs }) => setUpMs > 0)) return clearInterval(this.#timer);
      // That the kernel cannot be looked at is told by whoever is asked next.
      attempt(() => {
        this.#judge();
        return [];
      });
    };
    this.#timer = setInterval(look, this.#state.keepAliveMs / looksPerPeriod).unref();
  }

  #save(state: CoreState): void {
    if (state === this.#state) return;
    const changed = JSON.stringify(state) !== JSON.stringify(this.#state);
    this.#state = state;
    if (changed) writeState(this.#statePath, state);
  }
}

/** What the kernel refuses is a fault of the core. */
function attempt(task: () => Fault[]): Fault[] {
  try {
    return task();
  } catch (error) {
    if (!(error instanceof NftRefusal)) throw error;
    return coreFault({ kind: 'failed', message: error.message });
  }
}
