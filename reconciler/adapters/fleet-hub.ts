import type {
  HostObservation,
  HostState,
  HostStatus,
  Refusal,
  Trace,
  WireMessage,
} from '../../schema/generated/types.js';
import type { AcceptedChannel, Channel } from '../../wire/channel.js';
import type { Desired, Fleet } from '../ports.js';
import { HubPeer } from './hub-peer.js';

/** A host whose agent does not read this much is not sent more. */
const maxBacklogBytes = 64 * 1024 * 1024;

type Log = (level: 'info' | 'warn', message: string) => void;

/** The reconciler's own hub: speaks with every agent over its channel, and believes only keys that the inventory pins. */
export class FleetHub implements Fleet {
  readonly #log: Log;
  readonly #peers = new Map<string, HubPeer>();
  readonly #channels = new Map<string, { channel: Channel; pin: string }>();
  readonly #reportListeners = new Set<(host: string) => void>();
  readonly #observationListeners = new Set<(observation: HostObservation) => void>();
  #keepTrace: ((host: string, trace: Trace) => void) | null = null;
  /** Null until the inventory is known. */
  #pins: Map<string, string> | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  trust(pins: Map<string, string>): void {
    this.#pins = new Map(pins);
    for (const [host, { channel, pin }] of this.#channels) {
      if (pins.get(host) !== pin) channel.close(`the inventory no longer pins this key for ${host}`);
    }
  }

  hosts(): HostStatus[] {
    const names = [...this.#peers.keys()].sort();
    return names.flatMap((host) => {
      const peer = this.#peers.get(host);
      if (!peer?.report) return [];
      const { report, capabilities } = peer;
      return [{ host, connected: this.#channels.has(host), report, ...(capabilities ? { capabilities } : {}) }];
    });
  }

  desire(state: Omit<HostState, 'generation'>): Desired {
    const entry = this.#channels.get(state.host);
    if (!entry) return unreachable(`The agent of ${state.host} is not connected.`);
    if (entry.channel.backlogBytes() > maxBacklogBytes) {
      return unreachable(`The agent of ${state.host} does not take what it is sent.`);
    }
    const peer = this.#peer(state.host);
    const generation = peer.nextGeneration();
    peer.told = { ...state, generation };
    entry.channel.send({ kind: 'desire', state: peer.told });
    return { kind: 'sent', generation };
  }

  told(host: string): HostState | undefined {
    return this.#peers.get(host)?.told;
  }

  onReport(listener: (host: string) => void): () => void {
    this.#reportListeners.add(listener);
    return () => this.#reportListeners.delete(listener);
  }

  onObservation(listener: (observation: HostObservation) => void): () => void {
    this.#observationListeners.add(listener);
    return () => this.#observationListeners.delete(listener);
  }

  /** From here on agents are told that traces are kept, and `keep` is given what they send, piece by piece. */
  keepTraces(keep: (host: string, trace: Trace) => void): void {
    this.#keepTrace = keep;
  }

  /** Takes over a new connection. */
  accept({ channel, peerPin }: AcceptedChannel): void {
    let host: string | null = null;
    channel.onMessage((message) => {
      if (host === null) host = this.#greet(channel, peerPin, message);
      else this.#receive(host, channel, message);
    });
    channel.onClose(() => {
      if (host !== null && this.#channels.get(host)?.channel === channel) {
        this.#channels.delete(host);
        this.#log('warn', `The agent of ${host} is gone.`);
        this.#tell(host);
      }
    });
  }

  /** The first message: who is it, does its key speak for that host, is it not the ghost of an earlier agent. */
  #greet(channel: Channel, peerPin: string | null, message: WireMessage): string | null {
    if (message.kind !== 'hello') return this.#refuse(channel, 'malformed', 'The first message must be hello.');
    const { host } = message;
    if (this.#pins === null) {
      channel.close('the inventory is not read yet: try again');
      return null;
    }
    const pin = this.#pins.get(host);
    if (peerPin === null || pin !== peerPin) {
      const known =
        pin === undefined ? `The inventory pins no key for host ${host}` : `Host ${host} has another key pinned`;
      return this.#refuse(
        channel,
        'unknown-key',
        `${known}: set spec.agentKey of Host ${host} to ${peerPin} if it is right.`,
      );
    }
    const greeted = this.#peer(host).greet(message);
    if (greeted.kind === 'stale') return this.#refuse(channel, 'stale-sequence', greeted.message);
    this.#channels.get(host)?.channel.close('another connection of the same host took over');
    this.#channels.set(host, { channel, pin });
    channel.send({ kind: 'welcome', protocol: 1, ...(this.#keepTrace ? { traces: true } : {}) });
    this.#log('info', `The agent of ${host} is connected.`);
    return host;
  }

  #receive(host: string, channel: Channel, message: WireMessage): void {
    if (message.kind === 'report' && message.report.host === host) {
      const taken = this.#peer(host).takeReport(message.report);
      if (taken.kind === 'stale') this.#refuse(channel, taken.reason, taken.message);
      else this.#tell(host);
    } else if (message.kind === 'observe' && message.observation.host === host) {
      for (const listener of this.#observationListeners) listener(message.observation);
    } else if (message.kind === 'trace') {
      this.#keepTrace?.(host, message);
    } else if (message.kind === 'refusal') {
      this.#log('warn', `The agent of ${host} refused: ${message.message}`);
      if (message.generation !== undefined) this.#peer(host).raise(message.generation);
    } else {
      this.#refuse(
        channel,
        'wrong-host',
        `This connection speaks for ${host} and sends reports and observations of it only.`,
      );
    }
  }

  #refuse(channel: Channel, reason: Refusal['reason'], message: string): null {
    this.#log('warn', message);
    channel.send({ kind: 'refusal', reason, message });
    channel.close(reason);
    return null;
  }

  #peer(host: string): HubPeer {
    const known = this.#peers.get(host);
    if (known) return known;
    const peer = new HubPeer();
    this.#peers.set(host, peer);
    return peer;
  }

  #tell(host: string): void {
    for (const listener of this.#reportListeners) listener(host);
  }
}

function unreachable(message: string): Desired {
  return { kind: 'unreachable', message };
}
