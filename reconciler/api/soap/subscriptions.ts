import { randomBytes } from 'node:crypto';
import type {
  Measurement,
  PollReply,
  PollRequest,
  SubscribeReply,
  SubscribeRequest,
  UnsubscribeReply,
  UnsubscribeRequest,
} from '../../../schema/generated/types.js';
import { type InferenceFeed, type MeasurementKind, measurementKinds } from '../inference-feed.js';
import { type Fault, requestFault } from './fault.js';

const maxSubscriptions = 1000;
const maxOfOneClient = 16;
const defaultLifetimeMs = 60_000;
const defaultLimit = 10;
const sweepMs = 10_000;

/** Of one client: no more than a place in the sequence of measurements that all share. */
interface Subscription {
  client: string;
  lifetimeMs: number;
  expiresAtMs: number;
  /** The next measurement of each kind that was asked for, by its `nth`. */
  next: Map<MeasurementKind, number>;
}

export type Answer<T> = { kind: 'reply'; value: T } | { kind: 'fault'; fault: Fault };

/** Subscriptions whose measurements are asked for, not sent. One that is not polled in time ends. */
export class Subscriptions {
  readonly #feed: InferenceFeed;
  readonly #nowMs: () => number;
  readonly #open = new Map<string, Subscription>();
  readonly #timer: NodeJS.Timeout;
  /** Held while there are subscriptions, so that measurements are made. */
  #leave: (() => void) | null = null;

  constructor(feed: InferenceFeed, nowMs: () => number) {
    this.#feed = feed;
    this.#nowMs = nowMs;
    this.#timer = setInterval(() => this.#sweep(), sweepMs).unref();
  }

  subscribe(client: string, { kinds, lifetimeMs = defaultLifetimeMs }: SubscribeRequest): Answer<SubscribeReply> {
    this.#sweep();
    const own = [...this.#open.values()].filter((each) => each.client === client).length;
    if (own >= maxOfOneClient || this.#open.size >= maxSubscriptions) {
      const message = 'There are too many subscriptions: Unsubscribe from some, or wait until they expire.';
      return { kind: 'fault', fault: requestFault('too-many-subscriptions', message) };
    }
    this.#leave ??= this.#feed.follow(() => undefined);
    const wanted = measurementKinds.filter((kind) => kinds === undefined || kinds.length === 0 || kinds.includes(kind));
    const next = new Map(wanted.map((kind) => [kind, this.#feed.kept(kind).at(-1)?.nth ?? 1]));
    const id = randomBytes(16).toString('hex');
    const expiresAtMs = this.#nowMs() + lifetimeMs;
    this.#open.set(id, { client, lifetimeMs, expiresAtMs, next });
    return { kind: 'reply', value: { subscription: id, expiresAtMs } };
  }

  poll({ subscription: id, limit = defaultLimit }: PollRequest): Answer<PollReply> {
    this.#sweep();
    const subscription = this.#open.get(id);
    if (subscription === undefined) return unknown;
    const { next, lifetimeMs } = subscription;
    subscription.expiresAtMs = this.#nowMs() + lifetimeMs;
    let missed = 0;
    for (const [kind, nth] of next) {
      const oldest = this.#feed.kept(kind)[0]?.nth ?? nth;
      missed += Math.max(0, oldest - nth);
      next.set(kind, Math.max(oldest, nth));
    }
    const waiting = [...next]
      .flatMap(([kind, nth]) => this.#feed.kept(kind).filter((each) => each.nth >= nth))
      .sort((a, b) => a.number - b.number);
    const taken = waiting.slice(0, limit);
    for (const { event, nth } of taken) next.set(event.kind, nth + 1);
    const measurements = taken.map(({ event }): Measurement => event);
    const more = taken.length < waiting.length;
    return { kind: 'reply', value: { measurements, missed, more, expiresAtMs: subscription.expiresAtMs } };
  }

  unsubscribe({ subscription }: UnsubscribeRequest): Answer<UnsubscribeReply> {
    this.#sweep();
    if (!this.#open.delete(subscription)) return unknown;
    this.#sweep();
    return { kind: 'reply', value: { status: 'ended' } };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#open.clear();
    this.#sweep();
  }

  #sweep(): void {
    for (const [id, { expiresAtMs }] of this.#open) if (expiresAtMs <= this.#nowMs()) this.#open.delete(id);
    if (this.#open.size > 0) return;
    this.#leave?.();
    this.#leave = null;
  }
}

const unknown: { kind: 'fault'; fault: Fault } = {
  kind: 'fault',
  fault: requestFault('unknown-subscription', 'The subscription has ended or never was one: Subscribe again.'),
};
