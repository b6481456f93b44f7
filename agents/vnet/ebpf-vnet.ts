import type { Fault, LinkEnd, NetworkAttachment, Rule } from '../../schema/generated/types.js';
import { isRunning } from '../linux/device.js';
import { interfacesWithAddresses } from '../linux/ip.js';
import type { NetworkNamespace } from '../linux/namespace.js';
import { readState, writeState } from '../linux/state-file.js';
import type { VnetCore, VnetCounters, VnetCurrent } from '../substrate.js';
import { readLocalMatrix } from '../vttif/local-matrix.js';
import { readLinkCounters } from '../wren/link-counters.js';
import { sumCounters } from './bpf-map.js';
import { type CompiledRules, compileRules } from './compile-rules.js';
import { dropReasons } from './drops.js';
import type { KernelCore } from './kernel-core.js';
import { encodeIndex, encodePort, ipv4Number } from './layout.js';
import { KernelRefusal } from './libbpf.js';
import { linkDevice, provideLinkDevice, removeLinkDevice, vxlanOverhead } from './link-device.js';
import { rulesInEffect, writeRules } from './rule-table.js';

/** The device in the host's namespace that is the other end of a guest's interface. */
export interface GuestPort {
  guest: string;
  /** Interface index in the host's network namespace. */
  device: number;
  network: string;
  mac: string;
}

/** What the agent was last told, kept beside the pinned maps so that an agent that starts again takes up the same names. */
interface CoreState {
  networks: NetworkAttachment[];
  links: { link: LinkEnd; setUpMs: number }[];
  rules: Rule[];
}

/** An interface of the host that links leave by. */
interface Underlay {
  device: string;
  mtu: number;
}

/** The VNET core in the kernel: tc programs that forward between guest ports and VXLAN links. */
export class EbpfVnet implements VnetCore {
  readonly #namespace: NetworkNamespace;
  readonly #core: KernelCore;
  readonly #statePath: string;
  readonly #ports = new Map<string, GuestPort>();
  #state: CoreState;
  #compiled: CompiledRules = { compiled: [], inactive: [], faults: [] };
  #underlays = new Map<string, Underlay>();

  /**
   * Takes up forwarding as it is: `ports` are the guests that are here.
   * @throws if the kernel refuses what it had accepted before.
   */
  constructor(namespace: NetworkNamespace, core: KernelCore, statePath: string, ports: readonly GuestPort[]) {
    this.#namespace = namespace;
    this.#core = core;
    this.#statePath = statePath;
    this.#state = readState<CoreState>(statePath) ?? { networks: [], links: [], rules: [] };
    this.#findUnderlays();
    for (const port of ports) this.#plug(port);
    if (this.#state.links.length > 0) this.#provideDevice();
    this.#settle();
  }

  async provide(networks: NetworkAttachment[], links: LinkEnd[]): Promise<Fault[]> {
    const started = performance.now();
    this.#findUnderlays();
    const faults: Fault[] = [];
    const state = structuredClone(this.#state);
    for (const network of networks) {
      const fault = this.#networkFault(network, state.networks);
      if (fault) faults.push(fault);
      else state.networks = [...state.networks.filter(({ name }) => name !== network.name), network];
    }
    const fresh: LinkEnd[] = [];
    for (const link of links) {
      const known = state.links.find((each) => sameLink(each.link, link));
      const fault = this.#linkFault(link, state.networks);
      if (fault) faults.push(fault);
      else if (!known) fresh.push(link);
    }
    state.links = state.links.filter(({ link }) => !fresh.some(({ peer }) => peer === link.peer));
    state.links.push(...fresh.map((link) => ({ link, setUpMs: 0 })));
    faults.push(...this.#become(state, () => (state.links.length > 0 ? this.#provideDevice() : [])));
    // The bound on the time to change the topology (claim 7 of the seed) is measured where the change is made.
    const setUpMs = performance.now() - started;
    for (const each of state.links) if (fresh.includes(each.link)) each.setUpMs = setUpMs;
    if (fresh.length > 0) writeState(this.#statePath, state);
    return faults;
  }

  async forward(rules: Rule[]): Promise<Fault[]> {
    const faults = this.#become({ ...this.#state, rules });
    return [...faults, ...this.#compiled.faults];
  }

  async retire(networks: NetworkAttachment[], links: LinkEnd[]): Promise<Fault[]> {
    const state: CoreState = {
      networks: this.#state.networks.filter(({ name }) => networks.some((kept) => kept.name === name)),
      links: this.#state.links.filter(({ link }) => links.some((kept) => kept.peer === link.peer)),
      rules: this.#state.rules,
    };
    const faults = this.#become(state);
    const failed = state.links.length === 0 ? this.#namespace.within(removeLinkDevice) : undefined;
    return failed ? [...faults, { kind: 'core', subject: linkDevice, message: failed.message }] : faults;
  }

  async current(): Promise<VnetCurrent> {
    const inEffect = new Set([
      ...this.#compiled.inactive,
      ...rulesInEffect(this.#core, this.#compiled.compiled).map(({ rule }) => rule),
    ]);
    const links = this.#namespace.within(() =>
      this.#state.links.map((each) => ({ ...each, up: isRunning(linkDevice) && this.#carries(each.link) })),
    );
    return {
      networks: this.#state.networks,
      links: links.sort((a, b) => (a.link.peer < b.link.peer ? -1 : 1)),
      rules: this.#state.rules.filter((rule) => inEffect.has(rule)),
    };
  }

  async counters(): Promise<VnetCounters> {
    const { matrix, links, drops } = this.#core.maps;
    return {
      epoch: this.#core.epoch,
      matrix: readLocalMatrix(matrix, this.#state.networks),
      links: readLinkCounters(
        links,
        this.#state.links.map(({ link }) => link),
      ),
      drops: dropReasons.map((reason, index) => ({
        reason,
        frames: sumCounters(drops.get(encodeIndex(index)) ?? Buffer.alloc(0), 0, 8),
      })),
    };
  }

  /** The network of this name, if the host is attached to it. */
  network(name: string): NetworkAttachment | undefined {
    return this.#state.networks.find((network) => network.name === name);
  }

  /** Lets a guest's frames in and the rules into it match. */
  attach(port: GuestPort): Fault[] {
    return attempt(() => {
      this.#plug(port);
      this.#settle();
      return [];
    });
  }

  /** The rules into the guest match no more. */
  detach(guest: string): Fault[] {
    if (!this.#ports.delete(guest)) return [];
    return attempt(() => {
      this.#settle();
      return [];
    });
  }

  #plug(port: GuestPort): void {
    const known = this.#ports.get(port.guest);
    if (known?.device !== port.device) this.#namespace.within(() => this.#core.attach('port', port.device));
    this.#ports.set(port.guest, port);
  }

  #become(state: CoreState, prepare: () => Fault[] = () => []): Fault[] {
    // Written first: an agent that dies here finishes the change when it starts again.
    if (JSON.stringify(state) !== JSON.stringify(this.#state)) writeState(this.#statePath, state);
    this.#state = state;
    return attempt(() => {
      const faults = prepare();
      this.#settle();
      return faults;
    });
  }

  #provideDevice(): Fault[] {
    const mtu = Math.max(576, ...this.#state.networks.map((network) => network.mtu));
    const failed = this.#namespace.within(() => provideLinkDevice(this.#core, mtu));
    return failed ? [{ kind: 'core', subject: linkDevice, message: failed.message }] : [];
  }

  /** Makes the kernel's maps say what the state and the ports say: first what is new, then the rules, then what is gone. */
  #settle(): void {
    const { peers, ports } = this.#core.maps;
    const links = this.#state.links.map(({ link }) => link);
    const wantedPeers = new Map(
      links.map(({ remote }) => [encodeIndex(ipv4Number(remote)).toString('hex'), encodeIndex(1)]),
    );
    const wantedPorts = new Map(
      [...this.#ports.values()].flatMap(({ device, network, mac }) => {
        const vni = this.network(network)?.vni;
        return vni === undefined ? [] : [[encodeIndex(device).toString('hex'), encodePort(vni, mac)] as const];
      }),
    );
    for (const [key, value] of wantedPeers) peers.set(Buffer.from(key, 'hex'), value);
    for (const [key, value] of wantedPorts) ports.set(Buffer.from(key, 'hex'), value);
    const devices = new Map([...this.#ports].map(([guest, { device }]) => [guest, device]));
    this.#compiled = compileRules(this.#state.rules, { networks: this.#state.networks, links, ports: devices });
    writeRules(this.#core, this.#compiled.compiled);
    for (const key of peers.keys()) if (!wantedPeers.has(key.toString('hex'))) peers.remove(key);
    for (const key of ports.keys()) if (!wantedPorts.has(key.toString('hex'))) ports.remove(key);
  }

  #findUnderlays(): void {
    const interfaces = this.#namespace.within(interfacesWithAddresses);
    this.#underlays = new Map(
      interfaces.flatMap(({ ifname, mtu, addr_info }) =>
        addr_info.flatMap(({ local }): [string, Underlay][] => (local ? [[local, { device: ifname, mtu }]] : [])),
      ),
    );
  }

  #carries(link: LinkEnd): boolean {
    const underlay = this.#underlays.get(link.local);
    return underlay !== undefined && isRunning(underlay.device);
  }

  #networkFault(network: NetworkAttachment, others: readonly NetworkAttachment[]): Fault | undefined {
    const fault = (message: string): Fault => ({ kind: 'network', subject: network.name, message });
    const twin = others.find((each) => each.vni === network.vni && each.name !== network.name);
    if (twin) return fault(`Its VNI ${network.vni} is that of ${twin.name} on this host: give one of them another.`);
    return undefined;
  }

  #linkFault(link: LinkEnd, networks: readonly NetworkAttachment[]): Fault | undefined {
    const fault = (message: string): Fault => ({ kind: 'link', subject: link.peer, message });
    const underlay = this.#underlays.get(link.local);
    if (!underlay) return fault(`No interface of this host has the address ${link.local}: correct the inventory.`);
    const largest = underlay.mtu - vxlanOverhead;
    const wide = networks.find((network) => network.mtu > largest);
    if (!wide) return undefined;
    return fault(
      `${underlay.device} carries guests' packets of at most ${largest} bytes, the network ${wide.name} has MTU ${wide.mtu}: lower it.`,
    );
  }
}

function sameLink(a: LinkEnd, b: LinkEnd): boolean {
  return a.peer === b.peer && a.type === b.type && a.local === b.local && a.remote === b.remote;
}

/** What the kernel refuses is a fault of the core. */
function attempt(task: () => Fault[]): Fault[] {
  try {
    return task();
  } catch (error) {
    if (!(error instanceof KernelRefusal)) throw error;
    return [{ kind: 'core', subject: 'vnet', message: error.message }];
  }
}
