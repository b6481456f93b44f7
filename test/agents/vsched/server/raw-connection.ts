import WebSocket from 'ws';
import type { VschedAnswer } from '../../../../schema/generated/types.js';
import type { Identity } from '../../../../wire/identity.js';

/** A connection on which anything can be sent. */
export class RawConnection {
  readonly heard: VschedAnswer[] = [];
  readonly socket: WebSocket;
  isClosed = false;

  constructor(url: string, { certificatePem, privateKeyPem }: Identity) {
    this.socket = new WebSocket(url, { cert: certificatePem, key: privateKeyPem, rejectUnauthorized: false });
    this.socket.on('message', (data) => this.heard.push(JSON.parse(String(data)) as VschedAnswer));
    this.socket.on('close', () => {
      this.isClosed = true;
    });
    // Its end is told by `close`.
    this.socket.on('error', () => undefined);
  }

  /** The challenge that the server begins with. */
  get challenge(): string {
    const [first] = this.heard;
    return first?.kind === 'challenge' ? first.challenge : '';
  }

  /** What the server said last. */
  get last(): VschedAnswer | undefined {
    return this.heard.at(-1);
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' || message instanceof Buffer ? message : JSON.stringify(message));
  }
}
