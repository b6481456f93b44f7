import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint, Fault, LinkEnd, NetworkAttachment } from '../../../schema/generated/types.js';
import { DetachedProcess } from '../../linux/detached-process.js';
import { deviceIndex } from '../../linux/device.js';
import type { CommandFailure } from '../../linux/ip.js';
import type { NetworkNamespace } from '../../linux/namespace.js';
import { readState, writeState } from '../../linux/state-file.js';
import type { Carriage, Carrier, CarrierState } from '../carrier.js';
import {
  addKernelDevice,
  configureDevice,
  peers,
  removeDevice,
  type WireguardLink,
  wireguardDevice,
  wireguardOverhead,
} from './wireguard-device.js';
import { wireguardKey } from './wireguard-key.js';

export interface WireguardCarrierOptions {
  namespace: NetworkNamespace;
  /** Belongs to this carrier alone. */
  folder: string;
  /** Where the key is kept that `wireguardKey` tells. */
  keyFolder: string;
  /** Tells this host's device from those of other hosts of the machine. */
  owner: string;
  /** MTU of the underlay interface with this address. */
  underlayMtu(address: string): number | undefined;
  nowMs(): number;
  random(): number;
}

const vxlanPort = 4789;
const vxlanOverhead = 50;
/** WireGuard renews its keys every two minutes; a peer that was not heard for longer than this is away. */
const longestSilenceSeconds = 180;
const appearMs = 3000;

/**
 * Links of the type `wireguard`: VXLAN between the inner addresses of one WireGuard device, the kernel's or, where it has none,
 * that of wireguard-go. All such links of a host share the device.
 */
export class WireguardCarrier implements Carrier {
  readonly types: readonly LinkEnd['type'][] = ['wireguard'];
  readonly #options: WireguardCarrierOptions;
  readonly #device: string;
  readonly #statePath: string;
  readonly #process: DetachedProcess;
  #links: WireguardLink[];

  constructor(options: WireguardCarrierOptions) {
    this.#options = options;
    this.#device = wireguardDevice(options.owner);
    this.#statePath = join(options.folder, 'links.json');
    this.#links = readState<WireguardLink[]>(this.#statePath) ?? [];
    const within = <T>(task: () => T extends Promise<unknown> ? never : T): T => options.namespace.within(task);
    this.#process = new DetachedProcess({ path: join(options.folder, 'wireguard-go'), within, random: options.random });
  }

  async provide(link: LinkEnd, networks: readonly NetworkAttachment[]): Promise<Carriage | Fault> {
    const fault = (message: string): Fault => ({ kind: 'link', subject: link.peer, message });
    const { wireguard, port } = link;
    if (!wireguard || port === undefined)
      return fault('It names no WireGuard tunnel: state its key, addresses and port.');
    const other = this.#links.find((each) => each.peer !== link.peer && each.port !== port);
    if (other)
      return fault(`The link to ${other.peer} has port ${other.port}: all WireGuard links of a host share one.`);
    const underlay = this.#options.underlayMtu(link.local);
    if (underlay === undefined)
      return fault(`No interface of this host has the address ${link.local}: correct the inventory.`);
    const mtu = underlay - wireguardOverhead;
    const wide = networks.find((network) => network.mtu > mtu - vxlanOverhead);
    if (wide)
      return fault(
        `It carries guests' packets of at most ${mtu - vxlanOverhead} bytes, the network ${wide.name} has MTU ${wide.mtu}: lower it.`,
      );
    const links = [...this.#links.filter(({ peer }) => peer !== link.peer), { ...link, wireguard, port }];
    // Noted down before anything is made: whoever starts after a crash knows what to remove.
    writeState(this.#statePath, links);
    this.#links = links;
    const failed = (await this.#appear()) ?? this.#configure(mtu);
    if (failed) return fault(failed.message);
    return { kind: 'vxlan', local: wireguard.local, remote: wireguard.remote, port: vxlanPort };
  }

  async retire(kept: readonly LinkEnd[]): Promise<Fault[]> {
    const names = new Set(kept.filter(({ type }) => type === 'wireguard').map(({ peer }) => peer));
    const links = this.#links.filter(({ peer }) => names.has(peer));
    if (links.length === this.#links.length && links.length > 0) return [];
    if (links.length === 0 && this.#links.length === 0 && !this.#isHere()) return [];
    this.#links = links;
    const failed = links.length === 0 ? await this.#disappear() : this.#configure(this.#mtu(links));
    if (!failed) writeState(this.#statePath, links);
    return failed ? [{ kind: 'link', subject: this.#device, message: failed.message }] : [];
  }

  renumber(): void {
    // A VXLAN header has the VNI itself.
  }

  state(link: LinkEnd): CarrierState {
    if (!this.#isHere()) return { trouble: 'Its WireGuard device is not there: it is started again.', connections: 0 };
    const known = this.#options.namespace.within(() => peers(this.#device));
    if ('kind' in known) return { trouble: known.message, connections: 0 };
    // wireguard-go was killed and started again: its device knows nothing.
    const failed = known.has(link.wireguard?.publicKey ?? '') ? undefined : this.#configure(this.#mtu(this.#links));
    if (failed) return { trouble: failed.message, connections: 0 };
    const at = known.get(link.wireguard?.publicKey ?? '')?.latestHandshake ?? 0;
    const isSilent = at === 0 || this.#options.nowMs() / 1000 - at > longestSilenceSeconds;
    if (!isSilent) return { connections: 1 };
    const trouble = `No WireGuard handshake with ${link.remote}: see that its agent runs, has the key ${link.wireguard?.publicKey}, and that UDP port ${link.port} is open.`;
    return { trouble, connections: at === 0 ? 0 : 1 };
  }

  endpoints(): Endpoint[] {
    return [];
  }

  close(): void {
    this.#process.close();
  }

  #isHere = (): boolean => this.#options.namespace.within(() => deviceIndex(this.#device)) !== undefined;

  #mtu(links: readonly WireguardLink[]): number {
    const mtus = links.flatMap(({ local }) => this.#options.underlayMtu(local) ?? []);
    return Math.min(...mtus, 65_535) - wireguardOverhead;
  }

  #configure(mtu: number): CommandFailure | undefined {
    const { namespace, keyFolder } = this.#options;
    const { keyFile } = wireguardKey(keyFolder);
    return namespace.within(() => configureDevice(this.#device, keyFile, mtu, this.#links));
  }

  /** Makes the device exist, and whoever drives it run. */
  async #appear(): Promise<CommandFailure | undefined> {
    const { namespace, folder } = this.#options;
    if (this.#isHere() && this.#isOfKernel()) return undefined;
    if (!this.#isHere() && namespace.within(() => addKernelDevice(this.#device))) return undefined;
    await this.#process.keep({ program: 'wireguard-go', args: ['-f', this.#device], cwd: folder });
    for (let waitedMs = 0; waitedMs < appearMs; waitedMs += 20) {
      const ready = this.#isHere() && !('kind' in namespace.within(() => peers(this.#device)));
      if (ready) return undefined;
      await sleep(20);
    }
    const said = this.#process.lastLines().at(-1) ?? this.#process.lastEnd ?? 'it does not answer';
    const message = `wireguard-go makes no device (${said}): apt install wireguard-go, or load the kernel's module wireguard`;
    return { kind: 'failed', message };
  }

  /** A device of wireguard-go goes with its process. */
  #isOfKernel(): boolean {
    return this.#process.pid === undefined && readState(join(this.#options.folder, 'wireguard-go.pid')) === undefined;
  }

  async #disappear(): Promise<CommandFailure | undefined> {
    await this.#process.end();
    return this.#options.namespace.within(() => removeDevice(this.#device));
  }
}
