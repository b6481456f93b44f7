import { join } from 'node:path';
import type {
  ConfigurationBound,
  Endpoint,
  Fault,
  LinkEnd,
  LinkReport,
  NetworkAttachment,
  Rule,
} from '../../schema/generated/types.js';
import type { NetworkNamespace } from '../linux/namespace.js';
import { readState, replaceFile, writeState } from '../linux/state-file.js';
import type { VnetCore, VnetCounters, VnetCurrent } from '../substrate.js';
import { readLocalMatrix } from '../vttif/local-matrix.js';
import { readLinkCounters } from '../wren/link-counters.js';
import { sumCounters } from './bpf-map.js';
import type { Carriage, Carrier } from './carrier.js';
import { type CompiledRules, compileRules } from './compile-rules.js';
import { connectionOf } from './connection.js';
import { CoreDevices, carriageDevice } from './core-devices.js';
import { dropReasons } from './drops.js';
import { showPicture } from './forwarding-picture.js';
import type { GuestPort, GuestPorts } from './guest-ports.js';
import type { KernelCore } from './kernel-core.js';
import { encodeIndex, linkMax } from './layout.js';
import { KernelRefusal } from './libbpf.js';
import { decodeLiveness, linkReport } from './link-report.js';
import type { NetworkIndex } from './network-index.js';
import { linkFault, networkFault, tooManyPeers, underlays } from './provision-faults.js';
import { PulseSource } from './pulse-source.js';
import { ruleImage } from './rule-image.js';
import { RuleTable } from './rule-table.js';
import { UnderlayDevices } from './underlay-devices.js';
import { isSameWay, type LinkState, monotonicMs, readVnetState, type VnetState } from './vnet-state.js';

export interface EbpfVnetOptions {
  namespace: NetworkNamespace;
  core: KernelCore;
  /** Where this host keeps what it has to remember. */
  folder: string;
  /** Guests that are here. */
  ports: readonly GuestPort[];
  carriers: readonly Carrier[];
  networkIndex: NetworkIndex;
  /** In [0, 1). */
  random(): number;
}

/** The VNET core in the kernel: tc programs that forward between guest ports, links and the LAN. */
export class EbpfVnet implements VnetCore, GuestPorts {
  readonly #options: EbpfVnetOptions;
  readonly #core: KernelCore;
  readonly #devices: CoreDevices;
  readonly #underlays: UnderlayDevices;
  readonly #pulse: PulseSource;
  readonly #table: RuleTable;
  readonly #ports: Map<string, GuestPort>;
  readonly #statePath: string;
  readonly #rulesPath: string;
  #state: VnetState;
  #rules: Rule[];
  /** As in their file. */
  #rulesText: string;
  #compiled: CompiledRules = { compiled: [], inactive: [], faults: [] };

  private constructor(options: EbpfVnetOptions) {
    const { namespace, core, folder, ports } = options;
    this.#options = options;
    this.#core = core;
    this.#devices = new CoreDevices(namespace, core);
    this.#underlays = new UnderlayDevices(namespace, core);
    this.#pulse = new PulseSource(namespace, folder, options.random);
    this.#table = new RuleTable(core);
    this.#ports = new Map(ports.map((port) => [port.guest, port]));
    this.#statePath = join(folder, 'vnet.json');
    this.#rulesPath = join(folder, 'vnet-rules.json');
    this.#state = readVnetState(this.#statePath, core);
    this.#rules = readState<Rule[]>(this.#rulesPath) ?? [];
    this.#rulesText = JSON.stringify(this.#rules);
  }

  /**
   * Takes up forwarding as it is.
   * @throws if the kernel refuses what it had accepted before.
   */
  static async open(options: EbpfVnetOptions): Promise<EbpfVnet> {
    const vnet = new EbpfVnet(options);
    writeState(vnet.#statePath, vnet.#state);
    options.networkIndex.assign(vnet.#state.networks);
    vnet.#provideDevices();
    vnet.#settle();
    await vnet.#keepPulse();
    return vnet;
  }

  async keepAlive(keepAliveMs: number): Promise<Fault[]> {
    if (keepAliveMs === this.#state.keepAliveMs && this.#core.config.keepAliveMs === keepAliveMs) return [];
    return [...this.#become({ ...this.#state, keepAliveMs }), ...(await this.#keepPulse())];
  }

  async provide(networks: NetworkAttachment[], links: LinkEnd[]): Promise<Fault[]> {
    const faults: Fault[] = [];
    let attached = this.#state.networks;
    for (const network of networks) {
      const others = attached.filter(({ name }) => name !== network.name);
      const fault = networkFault(network, others);
      if (fault) faults.push(fault);
      else attached = [...others, network];
    }
    faults.push(...this.#number(attached));
    const { state, fresh } = await this.#carry({ ...this.#state, networks: attached }, links, faults);
    faults.push(...this.#become(state), ...(await this.#keepPulse()));
    // What was heard before was another link's.
    for (const { peer } of fresh) this.#core.maps.liveness.remove(encodeIndex(state.numbers[peer] ?? 0));
    // A link that can carry is up now, not after a period.
    if (fresh.length > 0) this.#options.namespace.within(() => this.#core.pulse());
    return faults;
  }

  async forward(rules: Rule[]): Promise<Fault[]> {
    const startedMs = monotonicMs();
    const text = JSON.stringify(rules);
    if (text !== this.#rulesText) replaceFile(this.#rulesPath, text);
    this.#rules = rules;
    this.#rulesText = text;
    return attempt(() => {
      if (this.#settle()) this.#measure({ switchMs: monotonicMs() - startedMs });
      return this.#compiled.faults;
    });
  }

  async retire(networks: NetworkAttachment[], links: LinkEnd[]): Promise<Fault[]> {
    const { carriers } = this.#options;
    const kept = this.#state.links.filter(({ link }) => links.some(({ peer }) => peer === link.peer));
    const attached = this.#state.networks.filter(({ name }) => networks.some((each) => each.name === name));
    const faults = this.#become({ ...this.#state, networks: attached, links: kept });
    faults.push(...this.#number(attached));
    for (const carrier of carriers)
      faults.push(
        ...(await carrier.retire(kept.map(({ link }) => link).filter(({ type }) => carrier.types.includes(type)))),
      );
    faults.push(...this.#devices.retireLinks(kept.map(({ carriage }) => carriage)));
    if (kept.length > 0) return faults;
    const failed = await this.#pulse.end();
    return failed ? [...faults, coreFault(failed.message)] : faults;
  }

  async current(): Promise<VnetCurrent> {
    const links = this.#state.links.map((each) => this.#report(each));
    const faulty = new Set(this.#compiled.compiled.map(({ rule }) => rule).concat(this.#compiled.inactive));
    return {
      networks: this.#state.networks,
      links: links.sort((a, b) => (a.link.peer < b.link.peer ? -1 : 1)),
      rules: this.#table.isInEffect ? this.#rules.filter((rule) => faulty.has(rule)) : [],
      ...this.#bound(),
    };
  }

  async counters(): Promise<VnetCounters> {
    const { matrix, traffic, drops } = this.#core.maps;
    const { networks, links, numbers } = this.#state;
    return {
      epoch: this.#core.epoch,
      matrix: readLocalMatrix(matrix, networks),
      links: readLinkCounters(
        traffic,
        links.map(({ link }) => [link.peer, numbers[link.peer] ?? 0] as const),
      ),
      drops: dropReasons.map((reason, index) => ({
        reason,
        frames: sumCounters(drops.get(encodeIndex(index)) ?? Buffer.alloc(0), 0, 8),
      })),
    };
  }

  async endpoints(): Promise<Endpoint[]> {
    return this.#options.carriers.flatMap((carrier) => carrier.endpoints());
  }

  /** Links by the number that the kernel has for each. */
  linkNumbers(): Map<number, LinkEnd> {
    const { links, numbers } = this.#state;
    return new Map(links.map(({ link }) => [numbers[link.peer] ?? 0, link]));
  }

  network(name: string): NetworkAttachment | undefined {
    return this.#state.networks.find((network) => network.name === name);
  }

  attach(port: GuestPort): Fault[] {
    const known = this.#ports.get(port.guest);
    if (known && JSON.stringify(known) === JSON.stringify(port)) return [];
    if (known) this.#devices.forget(known.device);
    this.#ports.set(port.guest, port);
    return attempt(() => {
      this.#settle();
      return [];
    });
  }

  detach(guest: string): Fault[] {
    const known = this.#ports.get(guest);
    if (!known) return [];
    this.#ports.delete(guest);
    this.#devices.forget(known.device);
    return attempt(() => {
      this.#settle();
      return [];
    });
  }

  /** Lets go of what this process holds; forwarding, carriers and keep-alives go on. */
  close(): void {
    this.#pulse.close();
    for (const carrier of this.#options.carriers) carrier.close();
    this.#core.close();
  }

  /** Numbers the networks, and has the carriers know. */
  #number(networks: readonly NetworkAttachment[]): Fault[] {
    const { networkIndex, carriers } = this.#options;
    const before = JSON.stringify([networkIndex.numbers, this.#state.networks]);
    const faults = networkIndex.assign(networks);
    if (JSON.stringify([networkIndex.numbers, networks]) !== before)
      for (const carrier of carriers) carrier.renumber(networks);
    return faults;
  }

  /** Has the links' carriers exist; which links are new or other than before. */
  async #carry(before: VnetState, links: readonly LinkEnd[], faults: Fault[]) {
    const state = { ...before, links: [...before.links], numbers: { ...before.numbers } };
    const fresh: LinkEnd[] = [];
    const carriages: [LinkEnd, Carriage][] = [];
    for (const link of links) {
      const carriage = await this.#carriage(link, state.networks);
      if ('message' in carriage) faults.push(carriage);
      else carriages.push([link, carriage]);
    }
    const interfaces = this.#options.namespace.within(underlays);
    for (const [link, carriage] of carriages) {
      const number = state.numbers[link.peer] ?? Object.keys(state.numbers).length + 1;
      const others = state.links.filter((each) => each.link.peer !== link.peer);
      const fault =
        number < linkMax ? linkFault(link, carriage, others, state.networks, interfaces) : tooManyPeers(link.peer);
      if (fault) {
        faults.push(fault);
        continue;
      }
      const known = state.links.find((each) => isSameWay(each.link, link));
      if (!known) fresh.push(link);
      state.numbers[link.peer] = number;
      state.links = [...others, { ...(known ?? { providedMs: monotonicMs(), setUpMs: 0 }), link, carriage }];
    }
    return { state, fresh };
  }

  async #carriage(link: LinkEnd, networks: readonly NetworkAttachment[]): Promise<Carriage | Fault> {
    const carrier = this.#carrier(link.type);
    if (carrier) return await carrier.provide(link, networks);
    const message = `This host cannot set up links of type ${link.type}: allow another type between the two hosts.`;
    return { kind: 'link', subject: link.peer, message };
  }

  #carrier(type: LinkEnd['type']): Carrier | undefined {
    return this.#options.carriers.find(({ types }) => types.includes(type));
  }

  #become(state: VnetState): Fault[] {
    // Written first: an agent that dies here finishes the change when it starts again.
    if (JSON.stringify(state) !== JSON.stringify(this.#state)) writeState(this.#statePath, state);
    const lans = new Set(state.networks.map(({ lan }) => lan));
    const released = this.#state.networks.flatMap(({ lan }) => (lan === undefined || lans.has(lan) ? [] : [lan]));
    this.#state = state;
    return attempt(() => {
      const faults = this.#provideDevices();
      this.#settle();
      this.#devices.releaseLans(released);
      return faults;
    });
  }

  #provideDevices(): Fault[] {
    const { links, networks } = this.#state;
    const carriages = links.map(({ carriage }) => carriage);
    this.#underlays.provide(links);
    const faults = [
      ...this.#devices.provideLinks(carriages, this.#largestPacket()),
      ...this.#devices.provideLans(networks),
    ];
    if (links.length === 0) return faults;
    const pulse = this.#pulse.provideDevice();
    if (typeof pulse !== 'number') return [...faults, coreFault(pulse.message)];
    this.#devices.attach('pulse', pulse);
    return faults;
  }

  async #keepPulse(): Promise<Fault[]> {
    if (this.#state.links.length > 0) await this.#pulse.start(this.#state.keepAliveMs, this.#largestPacket());
    return [];
  }

  #largestPacket(): number {
    return Math.max(576, ...this.#state.networks.map(({ mtu }) => mtu));
  }

  /** Makes the kernel's maps say what the state and the ports say. Says whether the rules had to change. */
  #settle(): boolean {
    const { keepAliveMs, networks, numbers, links } = this.#state;
    const { networkIndex } = this.#options;
    const numbered = networks.flatMap((network) => {
      const number = networkIndex.indexOf(network.vni);
      return number === undefined ? [] : [{ ...network, number }];
    });
    const lans = numbered.flatMap(({ name, lan, number }) => {
      const device = lan === undefined ? undefined : this.#devices.index(lan);
      return device === undefined ? [] : [{ name, device, network: number }];
    });
    const guests = [...this.#ports.values()].flatMap(({ device, network, mac }) => {
      const of = numbered.find(({ name }) => name === network);
      return of ? [{ device, network: of.number, mac }] : [];
    });
    const ends = links.flatMap(({ link, carriage }) => {
      const device = this.#devices.index(carriageDevice(carriage));
      const known = { number: numbers[link.peer] ?? 0, connection: connectionOf(link), stamped: link.stamped === true };
      return device === undefined ? [] : [{ ...known, device, carriage }];
    });
    this.#compiled = compileRules(this.#rules, {
      networks: numbered,
      links: new Map(links.map(({ link }) => [link.peer, numbers[link.peer] ?? 0])),
      ports: new Map([...this.#ports].map(([guest, { device, network, peer }]) => [guest, { device, network, peer }])),
      lans: new Map(lans.map(({ name, device }) => [name, device])),
    });
    const bridged = new Set(numbered.filter(({ name }) => lans.some((lan) => lan.name === name)).map(({ vni }) => vni));
    this.#core.config = { ...this.#core.config, keepAliveMs };
    const changed = showPicture(this.#core, this.#table, {
      networks: numbered,
      links: ends,
      ports: [...lans, ...guests],
      rules: ruleImage(this.#compiled.compiled, bridged),
    });
    for (const { device } of guests) this.#devices.attach('port', device);
    for (const { device } of lans) this.#devices.attach('lan', device);
    for (const { device, carriage } of ends)
      this.#devices.attach(carriage.kind === 'vxlan' ? 'link' : 'carrier', device);
    return changed;
  }

  #report(state: LinkState): LinkReport {
    const { link, carriage } = state;
    const { numbers, keepAliveMs } = this.#state;
    const key = encodeIndex(numbers[link.peer] ?? 0);
    const liveness = decodeLiveness(this.#core.maps.liveness.get(key) ?? Buffer.alloc(0));
    if (state.setUpMs === 0 && liveness.firstMs > 0) {
      // The clock that the core reads is coarse.
      state.setUpMs = Math.max(0.1, liveness.firstMs - state.providedMs);
      this.#measure({ links: { [link.type]: state.setUpMs } });
    }
    const device = carriageDevice(carriage);
    const gone = `Its device ${device} is gone: it is made again when the host is told its state.`;
    return linkReport(link, liveness, {
      setUpMs: state.setUpMs,
      carrier: this.#carrier(link.type)?.state(link) ?? { connections: 0 },
      keepAliveMs,
      largestPacket: this.#largestPacket(),
      silence: this.#devices.index(device) === undefined ? gone : this.#pulse.trouble,
    });
  }

  /** Keeps the largest times. */
  #measure({ switchMs = 0, links = {} }: Partial<VnetState['bound']>): void {
    const { bound } = this.#state;
    const larger = { switchMs: Math.max(bound.switchMs, switchMs), links: { ...bound.links } };
    for (const [type, setUpMs] of Object.entries(links) as [LinkEnd['type'], number][])
      larger.links[type] = Math.max(larger.links[type] ?? 0, setUpMs);
    this.#state = { ...this.#state, bound: larger };
    writeState(this.#statePath, this.#state);
  }

  #bound(): { bound?: ConfigurationBound } {
    const { switchMs, links } = this.#state.bound;
    if (switchMs === 0 && Object.keys(links).length === 0) return {};
    const types = Object.entries(links) as [LinkEnd['type'], number][];
    return { bound: { switchMs, links: types.map(([type, setUpMs]) => ({ type, setUpMs })) } };
  }
}

function coreFault(message: string): Fault {
  return { kind: 'core', subject: 'vnet', message };
}

/** What the kernel refuses is a fault of the core. */
function attempt(task: () => Fault[]): Fault[] {
  try {
    return task();
  } catch (error) {
    if (!(error instanceof KernelRefusal)) throw error;
    return [coreFault(error.message)];
  }
}
