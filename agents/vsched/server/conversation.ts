import type { VschedAnswer, VschedClosed, VschedRequest } from '../../../schema/generated/types.js';
import type { Channel } from '../../../wire/channel.js';
import type { Outcome } from './outcome.js';
import type { RateLimit } from './rate-limit.js';

export interface ConversationOptions {
  channel: Channel<VschedAnswer, VschedRequest>;
  /** Of this connection alone. */
  challenge: string;
  rate: RateLimit;
  /** Undefined: nobody grants the key anything any more. */
  answer(request: VschedRequest): Promise<Outcome | undefined>;
  /** There is a bug. */
  failed(error: Error): void;
  nowMs(): number;
}

/** As many requests may wait for their answers. */
const mostWaiting = 32;
/** Answers may wait for the network, in bytes. */
const mostBacklogBytes = 1024 * 1024;
const idleMs = 10 * 60_000;
/** What looks at many processes costs more. */
const costs: Partial<Record<VschedRequest['kind'], number>> = { find: 20, list: 5 };

/**
 * What is said on one connection of a key that is known. Each request has to repeat the challenge and to carry the next number: what was
 * recorded elsewhere, or comes twice, ends the connection.
 */
export class Conversation {
  readonly #options: ConversationOptions;
  #number = 0;
  #waiting = 0;
  #isOver = false;
  #turn: Promise<void> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  /** @param over called when the connection has ended, on whichever side */
  begin(over: () => void): void {
    const { channel, challenge } = this.#options;
    channel.onClose(() => {
      this.#over();
      over();
    });
    channel.send({ kind: 'challenge', protocol: 1, challenge });
    this.#expect();
    channel.onMessage((request) => this.#receive(request));
  }

  end(reason: VschedClosed['reason'], message: string): void {
    if (this.#isOver) return;
    this.#over();
    this.#options.channel.send({ kind: 'closed', reason, message });
    this.#options.channel.close(reason);
  }

  #receive(request: VschedRequest): void {
    if (this.#isOver) return;
    this.#number += 1;
    const trouble = this.#trouble(request);
    if (trouble) {
      this.end(trouble.reason, trouble.message);
      return;
    }
    this.#expect();
    this.#waiting += 1;
    this.#turn = this.#turn
      .then(() => this.#answer(request))
      .catch((error: Error) => {
        this.#options.failed(error);
        this.end('ended', 'The agent failed at this request: its log says how.');
      });
  }

  /** Why a request ends the connection. */
  #trouble(request: VschedRequest): Omit<VschedClosed, 'kind'> | undefined {
    const { channel, challenge, rate, nowMs } = this.#options;
    if (request.challenge !== challenge || request.number !== this.#number) {
      const message = 'The request is not the next one of this connection: nothing was done. Connect anew.';
      return { reason: 'replayed', message };
    }
    if (this.#waiting >= mostWaiting || !rate.take(costs[request.kind] ?? 1, nowMs())) {
      const message = 'More is asked than the agent takes: wait for answers, and ask less often.';
      return { reason: 'too-many', message };
    }
    if (channel.backlogBytes() <= mostBacklogBytes) return undefined;
    return { reason: 'too-slow', message: 'Answers are not taken.' };
  }

  async #answer(request: VschedRequest): Promise<void> {
    if (this.#isOver) return;
    const outcome = await this.#options.answer(request);
    this.#waiting -= 1;
    if (outcome === undefined) this.end('stranger', strangerMessage);
    else if (!this.#isOver) this.#options.channel.send({ ...outcome, number: request.number });
  }

  #expect(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.end('too-slow', 'Nothing was asked for ten minutes.'), idleMs).unref();
  }

  #over(): void {
    this.#isOver = true;
    clearTimeout(this.#idle);
  }
}

export const strangerMessage =
  'Nobody has granted this key anything here: have it put into the documents, as `operators` of the Host or `adjustableBy` of a VMSet.';
