import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { NetworkNamespace, namespacePath } from '../../agents/linux/namespace.js';
import type { LabNames } from '../../lab/names.js';

const port = 5100;
const intervalMs = 50;
/** How long datagrams may be on their way. */
const arrivalMs = 1000;

export interface Guest {
  name: string;
  /** IPv4, without a prefix length. */
  address: string;
}

/** What became of the datagrams from one guest to another. */
export interface Heard {
  source: string;
  destination: string;
  sent: number;
  lost: number;
  /** The longest run of datagrams in a row that were lost, as time. */
  silenceMs: number;
  /** Datagrams that arrived more than once. */
  doubled: number;
}

/** Every guest sends a numbered datagram to every other one, and one to all at once, twenty times a second. */
export class Chatter {
  readonly #guests: readonly Guest[];
  readonly #broadcast: string;
  readonly #sockets = new Map<string, Socket>();
  /** How often each datagram arrived: `source>destination` or `source>destination*` (broadcast) to counts by number. */
  readonly #arrived = new Map<string, number[]>();
  #sent = 0;
  readonly #timer: NodeJS.Timeout;

  /** `broadcast` is the address of all guests. Must run where namespaces may be entered. */
  constructor(names: LabNames, guests: readonly Guest[], broadcast: string) {
    this.#guests = guests;
    this.#broadcast = broadcast;
    for (const guest of guests) {
      const namespace = new NetworkNamespace(namespacePath(names.guest(guest.name)));
      // Bound at once, because a socket stays in the namespace in which it was made: hence the look-up that does not wait.
      const socket = createSocket({ type: 'udp4', lookup: (name, _, found) => found(null, name, 4) });
      namespace.within(() => void socket.bind(port, '0.0.0.0'));
      namespace.close();
      socket.setBroadcast(true);
      socket.on('message', (datagram) => this.#note(datagram.toString(), guest.name));
      this.#sockets.set(guest.name, socket);
    }
    this.#timer = setInterval(() => this.#send(), intervalMs);
  }

  /** Sends no more, waits for what is on its way, and tells what became of all of it. */
  async stop(): Promise<{ direct: Heard[]; broadcast: Heard[] }> {
    clearInterval(this.#timer);
    await sleep(arrivalMs);
    for (const socket of this.#sockets.values()) socket.close();
    const pairs = this.#guests.flatMap(({ name: source }) =>
      this.#guests.flatMap(({ name: destination }) => (source === destination ? [] : [{ source, destination }])),
    );
    const heard = (mark: string) =>
      pairs.map(({ source, destination }) => this.#heard(source, destination, `${source}>${destination}${mark}`));
    return { direct: heard(''), broadcast: heard('*') };
  }

  #send(): void {
    const number = this.#sent++;
    for (const { name: source } of this.#guests) {
      for (const { name, address } of this.#guests) if (name !== source) this.#say(source, `${number}`, address);
      this.#say(source, `${number}*`, this.#broadcast);
    }
  }

  #say(source: string, what: string, address: string): void {
    // A datagram that cannot be sent, for want of an answer to ARP say, is one that was lost: its number does not arrive.
    this.#sockets.get(source)?.send(`${source} ${what}`, port, address, () => undefined);
  }

  #note(datagram: string, destination: string): void {
    const [source = '', what = ''] = datagram.split(' ');
    if (source === destination) return;
    const key = `${source}>${destination}${what.endsWith('*') ? '*' : ''}`;
    const counts = this.#arrived.get(key) ?? [];
    const number = Number.parseInt(what, 10);
    counts[number] = (counts[number] ?? 0) + 1;
    this.#arrived.set(key, counts);
  }

  #heard(source: string, destination: string, key: string): Heard {
    const counts = Array.from({ length: this.#sent }, (_, number) => this.#arrived.get(key)?.[number] ?? 0);
    let [run, longest] = [0, 0];
    for (const count of counts) {
      run = count === 0 ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    const lost = counts.filter((count) => count === 0).length;
    const doubled = counts.filter((count) => count > 1).length;
    return { source, destination, sent: this.#sent, lost, silenceMs: longest * intervalMs, doubled };
  }
}
