import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What pumps say first, written out once more: be32 length, "VPMP", version, verdict, lengths of the names, names. */
export function helloBytes(self: string, peer: string, version = 1): Buffer {
  const body = Buffer.concat([
    Buffer.from('VPMP'),
    Buffer.from([version, 0, self.length, peer.length]),
    Buffer.from(self + peer),
  ]);
  return Buffer.concat([be32(body.length), body]);
}

export function be32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A record of a well-formed frame of a network that nobody knows, or of what is given instead. */
export function recordBytes(change: { label?: number; header?: Buffer; etherType?: number } = {}): Buffer {
  const { label = (999 << 8) | 1, header = Buffer.alloc(10), etherType = 0x88a8 } = change;
  // The tag: one hop left, network 1.
  const tag = Buffer.from([etherType >> 8, etherType & 0xff, 0x08, 0x01]);
  const frame = Buffer.concat([Buffer.alloc(12, 2), tag, Buffer.alloc(46, 7)]);
  const body = Buffer.concat([be32(label), header, frame]);
  return Buffer.concat([be32(body.length), body]);
}

/** A connection to a pump by hand. */
export class RawPeer {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  readonly closed: Promise<void>;

  constructor(path: string) {
    this.#socket = connect(path);
    this.#socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
    });
    this.#socket.on('error', () => this.#socket.destroy());
    this.closed = new Promise((resolve) => this.#socket.once('close', () => resolve()));
  }

  send(...bytes: (Buffer | string)[]): void {
    for (const each of bytes) this.#socket.write(each);
  }

  async receive(length: number): Promise<Buffer> {
    while (this.#received.length < length) await once(this.#socket, 'data');
    const wanted = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return wanted;
  }

  /** Everything that came until the pump closed. */
  async rest(): Promise<Buffer> {
    await this.closed;
    return this.#received;
  }

  close(): void {
    this.#socket.destroy();
  }
}
