import type { Endpoint, Fault, LinkEnd, NetworkAttachment } from '../../schema/generated/types.js';

/** What the core sends a link's frames to. */
export type Carriage =
  /** The VXLAN device on `port` (made by the core) wraps each frame for `remote`, in the kernel. */
  | { kind: 'vxlan'; local: string; remote: string; port: number }
  /** A TAP device whose other end is a pump; frames on it are tagged with network, star mark and hops (agents/native/vnet.h). */
  | { kind: 'device'; device: string };

/** What a carrier knows of one of its links beyond the core's keep-alives. */
export interface CarrierState {
  /** Why it does not carry, and what to do; undefined while nothing is known to be wrong. */
  trouble?: string;
  /** Times the link was connected. */
  connections: number;
}

/**
 * How links of some types travel between this host and its peers. Carriers outlive the agent: one that starts again takes up those
 * that run. Calls never overlap.
 */
export interface Carrier {
  readonly types: readonly LinkEnd['type'][];
  /** Makes the link's carrier exist, or changes it. Resolves when local work is done: the peer may answer later, or never. */
  provide(link: LinkEnd, networks: readonly NetworkAttachment[]): Promise<Carriage | Fault>;
  /** Ends the carriers of peers that are not listed, and leaves no device or process of them behind. */
  retire(kept: readonly LinkEnd[]): Promise<Fault[]>;
  /** Networks have come or gone, or their numbering (`NetworkIndex`) has changed. */
  renumber(networks: readonly NetworkAttachment[]): void;
  state(link: LinkEnd): CarrierState;
  endpoints(): Endpoint[];
  /** Releases what this process holds; carriers go on. */
  close(): void;
}
