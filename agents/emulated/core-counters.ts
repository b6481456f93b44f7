import type { DropCounter } from '../../schema/generated/types.js';
import type { VnetCounters } from '../substrate.js';
import type { CounterNoise } from './counter-noise.js';
import { type Account, account, type Ledger } from './ledger.js';
import type { Lie } from './lie.js';

export type DropReason = DropCounter['reason'];

interface Traffic {
  network: string;
  source: string;
  destination: string;
  bytes: Account;
  packets: Account;
}

/** What a VNET core counts in one life of it. */
export class CoreCounters {
  readonly #epoch: string;
  readonly #matrix = new Map<string, Traffic>();
  readonly #links = new Map<string, { sent: Account; received: Account }>();
  readonly #drops = new Map<DropReason, Account>();

  /** `epoch` must differ from that of every other life of the same core. */
  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  traffic(network: string, source: string, destination: string): Traffic {
    const create = () => ({ network, source, destination, bytes: account(), packets: account() });
    return entry(this.#matrix, `${network} ${source} ${destination}`, create);
  }

  link(peer: string): { sent: Account; received: Account } {
    return entry(this.#links, peer, () => ({ sent: account(), received: account() }));
  }

  drops(reason: DropReason): Account {
    return entry(this.#drops, reason, account);
  }

  /** As an observer of the core tells them: whole numbers, disturbed by `noise`, falsified by `lie`; of links those to `peers`. */
  read(ledger: Ledger, atMs: number, noise: CounterNoise, lie: Required<Lie>, peers: Iterable<string>): VnetCounters {
    const show = (key: string, factor: number, ...accounts: Account[]): number[] => {
      const exact = accounts.map((each) => ledger.read(each, atMs));
      return noise.disturb(`${this.#epoch} ${key}`, exact, factor).map(Math.floor);
    };
    const matrix = sorted(this.#matrix).map(([key, { network, source, destination, ...counted }]) => {
      const [bytes = 0, packets = 0] = show(key, lie.matrix, counted.bytes, counted.packets);
      return { network, source, destination, bytes, packets };
    });
    const links = [...peers].sort().map((peer) => {
      const { sent, received } = this.link(peer);
      const [sentBytes = 0, receivedBytes = 0] = show(`link ${peer}`, lie.links, sent, received);
      return { peer, sentBytes, receivedBytes };
    });
    const drops = sorted(this.#drops).map(([reason, frames]) => ({
      reason,
      frames: Math.floor(ledger.read(frames, atMs)),
    }));
    return { epoch: this.#epoch, matrix, links, drops };
  }
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const found = map.get(key) ?? create();
  map.set(key, found);
  return found;
}

function sorted<K extends string, V>(map: Map<K, V>): [K, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
