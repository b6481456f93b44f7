import type { VschedAnswer, VschedClosed, VschedRequest } from '../../../schema/generated/types.js';
import type { AcceptedChannel, Channel } from '../../../wire/channel.js';
import type { Identity } from '../../../wire/identity.js';
import { type Listener, listenWith } from '../../../wire/listen.js';
import { vschedServerCodec } from '../../../wire/vsched-codec.js';
import { Turns } from '../../turns.js';
import { answer, authorityNow, type RequestWorld } from './answer.js';
import type { Change } from './change-log.js';
import { Conversation, strangerMessage } from './conversation.js';
import type { Outcome } from './outcome.js';
import { RateLimit } from './rate-limit.js';
import { releaseWithdrawn } from './release-withdrawn.js';

export interface VschedServerOptions extends RequestWorld {
  identity: Identity;
  /** Address and port to listen on; port 0: any free one. */
  at: { host: string; port: number };
  randomBytes(count: number): Buffer;
  /** Takes note of each change that was asked for. */
  record(change: Change): void;
  log(level: 'info' | 'warn', message: string): void;
}

const limits = { handshakeMs: 10_000, closeMs: 1000, mostConnections: 128 };
const mostOfKey = 8;
const requestsPerSecond = 100;
/** Strangers are many, or one that tries again and again: they are told of at most so often. */
const strangersEveryMs = 10_000;
const withdrawnEveryMs = 5000;

/**
 * Serves users who schedule processes and VMs of this host, over mutual TLS 1.3. Who they are is their key; what each may do follows from
 * documents, as this host was told them last. Works while the reconciler is away.
 * @throws if the system does not let it listen there.
 */
export async function serveVsched(options: VschedServerOptions): Promise<Listener> {
  const server = new VschedServer(options);
  const withdrawing = setInterval(() => server.releaseWithdrawn(), withdrawnEveryMs).unref();
  const { identity, at } = options;
  const listener = await listenWith(vschedServerCodec, identity, at, (accepted) => server.accept(accepted), limits);
  return {
    url: listener.url,
    close: async () => {
      clearInterval(withdrawing);
      server.end();
      await listener.close();
    },
  };
}

class VschedServer {
  readonly #options: VschedServerOptions;
  readonly #open = new Map<string, Set<Conversation>>();
  readonly #rates = new Map<string, RateLimit>();
  /** Changes are made one after the other: each looks at what is before it changes it. */
  readonly #turns = new Turns();
  #strangers = 0;
  #strangersToldAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: VschedServerOptions) {
    this.#options = options;
  }

  accept({ channel, peerPin }: AcceptedChannel<VschedAnswer, VschedRequest>): void {
    const closed = (reason: VschedClosed['reason'], message: string) => {
      channel.send({ kind: 'closed', reason, message });
      channel.close(reason);
    };
    this.#isKnown(peerPin).then(
      (isKnown) => {
        if (peerPin === null || !isKnown) {
          this.#tellOfStranger(peerPin);
          closed('stranger', strangerMessage);
        } else if (!this.#converse(channel, peerPin)) {
          closed('too-many', `This key has ${mostOfKey} connections: close one.`);
        }
      },
      (error: Error) => {
        this.#failed(error);
        closed('ended', 'The agent failed: its log says how.');
      },
    );
  }

  releaseWithdrawn(): void {
    this.#turns
      .take(() => releaseWithdrawn(this.#options))
      .then(
        (pids) => {
          if (pids.length === 0) return;
          this.#options.log(
            'info',
            `Nobody may schedule the processes ${pids.join(', ')} any more: they are ordinary ones.`,
          );
        },
        (error: Error) => this.#failed(error),
      );
  }

  end(): void {
    for (const conversations of this.#open.values()) {
      for (const each of conversations) each.end('ended', 'The agent ends.');
    }
  }

  async #isKnown(key: string | null): Promise<boolean> {
    return key !== null && !(await authorityNow(this.#options, key)).isStranger;
  }

  /** False: the key has too many connections. */
  #converse(channel: Channel<VschedAnswer, VschedRequest>, key: string): boolean {
    const { randomBytes, nowMs } = this.#options;
    const ofKey = this.#open.get(key) ?? new Set();
    if (ofKey.size >= mostOfKey) return false;
    const challenge = randomBytes(32).toString('base64');
    const conversation = new Conversation({
      ...{ channel, challenge, nowMs, rate: this.#rate(key) },
      answer: (request) => this.#answer(key, request),
      failed: (error) => this.#failed(error),
    });
    this.#open.set(key, ofKey.add(conversation));
    conversation.begin(() => ofKey.delete(conversation));
    return true;
  }

  #failed(error: Error): void {
    this.#options.log('warn', `A request of a user failed, which is a mistake in this program: ${error.stack}`);
  }

  #rate(key: string): RateLimit {
    const rate = this.#rates.get(key) ?? new RateLimit(requestsPerSecond, 2 * requestsPerSecond, this.#options.nowMs());
    this.#rates.set(key, rate);
    return rate;
  }

  /** Undefined: the key is a stranger's by now. */
  async #answer(key: string, request: VschedRequest): Promise<Outcome | undefined> {
    const act = async () => {
      const authority = await authorityNow(this.#options, key);
      return authority.isStranger ? undefined : answer(request, authority, this.#options);
    };
    const object = objectOf(request);
    if (object === undefined) return act();
    const outcome = await this.#turns.take(act);
    if (outcome) this.#record(key, request, object, outcome);
    return outcome;
  }

  #record(key: string, request: VschedRequest, object: string, outcome: Outcome): void {
    const { periodUs, sliceUs } = { periodUs: undefined, sliceUs: undefined, ...request };
    this.#options.record({
      ...{ atMs: this.#options.nowMs(), key, verb: request.kind, object },
      ...(periodUs === undefined || sliceUs === undefined ? {} : { periodUs, sliceUs }),
      outcome: outcome.kind === 'refused' ? outcome.reason : outcome.kind,
    });
  }

  #tellOfStranger(pin: string | null): void {
    this.#strangers += 1;
    const nowMs = this.#options.nowMs();
    if (Math.abs(nowMs - this.#strangersToldAtMs) < strangersEveryMs) return;
    const who = pin === null ? 'Somebody without a key' : `A stranger with the key ${pin}`;
    const others = this.#strangers > 1 ? ` (and ${this.#strangers - 1} before)` : '';
    this.#options.log('warn', `${who} asked for schedules and was refused${others}.`);
    this.#strangersToldAtMs = nowMs;
    this.#strangers = 0;
  }
}

/** What a request is to change; undefined: nothing. */
function objectOf(request: VschedRequest): string | undefined {
  if ('vm' in request) return `vm/${request.vm}`;
  return 'process' in request ? `${request.process.pid}@${request.process.startTicks}` : undefined;
}
