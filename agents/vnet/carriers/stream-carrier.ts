import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Endpoint, Fault, LinkEnd, NetworkAttachment } from '../../../schema/generated/types.js';
import { DetachedProcess, detachedVariable } from '../../linux/detached-process.js';
import type { CommandFailure } from '../../linux/ip.js';
import type { NetworkNamespace } from '../../linux/namespace.js';
import { environmentValues } from '../../linux/processes.js';
import { readState, writeState } from '../../linux/state-file.js';
import type { Carriage, Carrier, CarrierState } from '../carrier.js';
import { KeptEnd } from './kept-end.js';
import { type PumpStatus, pumpStatus } from './pump-status.js';
import { sshKey, sshKeyFile } from './ssh-key.js';
import { removeSocket } from './ssh-socket.js';
import { endName, linkKey, pumpFiles, type StreamSetting, statusFile, streamTypes } from './stream-end.js';
import { streamEnds } from './stream-ends.js';
import { linkFault } from './stream-fault.js';
import { streamTrouble } from './stream-trouble.js';
import { type TapDevices, tapDevicesIn, tapName } from './tap-devices.js';

export interface StreamCarrierOptions {
  host: string;
  namespace: Pick<NetworkNamespace, 'within'>;
  /** Belongs to this carrier alone, and must last as long as its processes do. */
  folder: string;
  /** `NetworkIndex.tagsFile`. */
  tagsFile: string;
  /** PEM files of the agent's identity. */
  identity: { keyFile: string; certificateFile: string };
  /** Where `sshKey` keeps the key that SSH servers know this host by. */
  sshKeyFolder: string;
  /** UNIX socket on which a host listens for its `ssh` links, such as `sshSocket` gives; the only thing in its folder. */
  sshSocket(host: string): string;
  /** As the HostState says; asked whenever a link is provided. */
  keepAliveMs(): number;
  /** Path of virtuoso-pump; throws, with the remedy, if there is none. */
  pump(): string;
  /** In [0, 1): spreads retries. */
  random(): number;
  /** Those of `namespace` when left out. */
  taps?: TapDevices;
}

/** MTU of a TAP device before the host is attached to any network. */
const standardMtu = 1500;
const shortestIdleMs = 3000;

/** Links of the types `tcp`, `tls`, `http` and `ssh`: TAP devices, each with a pump behind it that carries frames over a stream. */
export class StreamCarrier implements Carrier {
  readonly types = streamTypes;
  readonly #options: StreamCarrierOptions;
  readonly #taps: TapDevices;
  readonly #statePath: string;
  readonly #ends = new Map<string, KeptEnd>();
  readonly #connections = new Map<string, { pid: number; latest: number; before: number }>();
  #links: ReadonlyMap<string, LinkEnd>;
  #mtu = standardMtu;
  #resizing: CommandFailure | undefined;
  /** Whether nothing is left of links that an earlier agent had. */
  #isSwept = false;
  #pump: string | undefined;

  /** Takes up the links of an earlier agent: they are looked after again once they are provided. */
  constructor(options: StreamCarrierOptions) {
    this.#options = options;
    this.#taps = options.taps ?? tapDevicesIn(options.namespace);
    this.#statePath = join(options.folder, 'links.json');
    const links = readState<LinkEnd[]>(this.#statePath) ?? [];
    this.#links = new Map(links.map((link) => [linkKey(link), link]));
  }

  async provide(link: LinkEnd, networks: readonly NetworkAttachment[]): Promise<Carriage | Fault> {
    const fault = (message: string): Fault => ({ kind: 'link', subject: link.peer, message });
    const { host, sshSocket } = this.#options;
    const wrong = linkFault(link, [...this.#links.values()], sshSocket, host) ?? this.#prepare(link);
    if (wrong !== undefined) return fault(wrong);
    this.#mtu = largestMtu(networks);
    // Noted down before anything is made: whoever starts after a crash knows what to remove.
    this.#note(new Map([...this.#links, [linkKey(link), link]]));
    const failed = this.#taps.provide(tapName(link), this.#mtu, link);
    if (failed) return fault(`${failed.message}. Its TAP device needs the kernel's \`tun\` module and CAP_NET_ADMIN.`);
    await this.#converge();
    return { kind: 'device', device: tapName(link) };
  }

  async retire(kept: readonly LinkEnd[]): Promise<Fault[]> {
    const keys = new Set(kept.map(linkKey));
    const gone = [...this.#links.values()].filter((link) => !keys.has(linkKey(link)));
    if (gone.length === 0 && this.#isSwept) return [];
    const links = new Map([...this.#links].filter(([key]) => keys.has(key)));
    this.#links = links;
    await this.#converge();
    const faults = gone.flatMap((link) => {
      this.#connections.delete(linkKey(link));
      for (const file of pumpFiles(link, this.#options.folder)) rmSync(file, { force: true });
      return this.#removeTap(tapName(link));
    });
    if (!this.#isSwept) faults.push(...(await this.#sweep()));
    // Noted down after all is gone, for the same reason.
    if (faults.length === 0) this.#note(links);
    this.#isSwept = faults.length === 0;
    return faults;
  }

  renumber(networks: readonly NetworkAttachment[]): void {
    this.#mtu = largestMtu(networks);
    this.#resizing = this.#taps.resize([...this.#links.values()].map(tapName), this.#mtu);
    for (const end of this.#ends.values()) end.readAgain();
  }

  state(link: LinkEnd): CarrierState {
    const end = this.#ends.get(endName(link));
    if (!end) return { trouble: 'It is not set up yet.', connections: 0 };
    const found = pumpStatus(statusFile(link, this.#options.folder));
    const status = link.role === 'connect' && found?.pid !== end.process('pump').pid ? undefined : found;
    const connections = link.role === 'connect' ? this.#count(linkKey(link), status) : (status?.connections ?? 0);
    const { sshKeyFolder, host } = this.#options;
    const trouble =
      this.#resizing?.message ??
      streamTrouble(link, {
        host,
        status,
        pump: end.process('pump'),
        ssh: end.process('ssh'),
        publicKey: () => sshKey(sshKeyFolder, host).publicKey,
      });
    return trouble === undefined ? { connections } : { trouble, connections };
  }

  endpoints(): Endpoint[] {
    return [];
  }

  close(): void {
    for (const end of this.#ends.values()) end.close();
  }

  /** Why a link of the kind cannot be, on this host. */
  #prepare({ type, role }: LinkEnd): string | undefined {
    const { pump, sshKeyFolder, host } = this.#options;
    try {
      this.#pump ??= pump();
      if (type === 'ssh' && role === 'connect') sshKey(sshKeyFolder, host);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  #note(links: ReadonlyMap<string, LinkEnd>): void {
    writeState(this.#statePath, [...links.values()]);
    this.#links = links;
  }

  /** Makes files and processes be what the links ask for: first what is gone, since its TAP device may have another user now. */
  async #converge(): Promise<void> {
    if (this.#pump === undefined) return; // no link was provided yet, and the sweep sees to what an earlier agent had
    const wanted = streamEnds([...this.#links.values()], this.#setting(this.#pump));
    for (const [name, end] of this.#ends) {
      if (wanted.some((each) => each.name === name)) continue;
      await end.end();
      this.#ends.delete(name);
    }
    for (const end of wanted) {
      const kept = this.#ends.get(end.name) ?? new KeptEnd(join(this.#options.folder, end.name), end, this.#born());
      this.#ends.set(end.name, kept);
      await kept.become(end);
    }
  }

  #setting(pump: string): StreamSetting {
    const { host, folder, tagsFile, identity, sshKeyFolder, sshSocket, keepAliveMs } = this.#options;
    const idleMs = Math.max(shortestIdleMs, 3 * keepAliveMs());
    return { host, folder, pump, tagsFile, identity, idleMs, sshKeyFile: sshKeyFile(sshKeyFolder), sshSocket };
  }

  #born(): Omit<ConstructorParameters<typeof DetachedProcess>[0], 'path'> {
    const { namespace, random } = this.#options;
    return { within: (task) => namespace.within(task), random };
  }

  #removeTap(device: string): Fault[] {
    const failed = this.#taps.remove(device);
    return failed ? [{ kind: 'link', subject: device, message: failed.message }] : [];
  }

  /** Removes what no link accounts for, whoever left it. */
  async #sweep(): Promise<Fault[]> {
    const { folder, sshSocket, host } = this.#options;
    const links = [...this.#links.values()];
    const names = new Set(links.map(endName));
    const isStray = (path: string): boolean => path.startsWith(`${folder}/`) && !names.has(basename(dirname(path)));
    for (const path of environmentValues(detachedVariable).filter(isStray))
      await new DetachedProcess({ ...this.#born(), path }).end();
    for (const entry of existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [])
      if (entry.isDirectory() && !names.has(entry.name)) rmSync(join(folder, entry.name), { recursive: true });
    if (!links.some(({ type, role }) => type === 'ssh' && role === 'listen')) removeSocket(sshSocket(host));
    const devices = new Set(links.map(tapName));
    return this.#taps.present().flatMap((device) => (devices.has(device) ? [] : this.#removeTap(device)));
  }

  /** Times the link was connected: pumps that are gone count too. */
  #count(key: string, status: PumpStatus | undefined): number {
    const known = this.#connections.get(key) ?? { pid: 0, latest: 0, before: 0 };
    if (!status) return known.before + known.latest;
    const before = known.pid === status.pid ? known.before : known.before + known.latest;
    this.#connections.set(key, { pid: status.pid, latest: status.connections, before });
    return before + status.connections;
  }
}

function largestMtu(networks: readonly NetworkAttachment[]): number {
  return networks.length === 0 ? standardMtu : Math.max(...networks.map(({ mtu }) => mtu));
}
