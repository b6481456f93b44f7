import type { Notification } from '../../schema/generated/types.js';
import type { Clock, Log } from '../ports.js';
import { signature } from './signed-body.js';

/** What became of notifications, for whoever counts. */
export interface NotificationCounts {
  notificationEnded(outcome: 'delivered' | 'dead'): void;
  notificationRetried(): void;
  notificationsWaiting(count: number): void;
}

export interface WebhookOptions {
  /** Where notifications are posted to. */
  url: string;
  /** Shared with the receiver, who verifies with it that notifications are ours. */
  secret: string;
  clock: Clock;
  /** From 0 to 1, for the time between two attempts. */
  random: () => number;
  counts: NotificationCounts;
  log: Log;
  limits?: Partial<WebhookLimits>;
}

export interface WebhookLimits {
  /** Notifications that wait; beyond them the oldest is given up. */
  waiting: number;
  attempts: number;
  firstBackoffMs: number;
  longestBackoffMs: number;
  answerMs: number;
}

const defaultLimits: WebhookLimits = {
  ...{ waiting: 256, attempts: 8 },
  ...{ firstBackoffMs: 1000, longestBackoffMs: 60_000, answerMs: 10_000 },
};

/** Delivers notifications to one receiver, one after the other in their order. Whoever hands them over never waits. */
export class Webhook {
  readonly #options: WebhookOptions;
  readonly #limits: WebhookLimits;
  readonly #waiting: Notification[] = [];
  #work: Promise<void> | null = null;
  #endPause: () => void = () => undefined;
  readonly #closing = new AbortController();

  constructor(options: WebhookOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
  }

  deliver(notification: Notification): void {
    if (this.#closing.signal.aborted) return;
    this.#waiting.push(notification);
    // The first may be under way.
    if (this.#waiting.length > this.#limits.waiting) {
      const [oldest] = this.#waiting.splice(1, 1);
      if (oldest) this.#giveUp(oldest, `more than ${this.#limits.waiting} wait`);
    }
    this.#options.counts.notificationsWaiting(this.#waiting.length);
    this.#work ??= this.#deliverAll();
  }

  /** Resolves when nothing waits. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** Gives up what still waits. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#endPause();
    await this.#work;
  }

  async #deliverAll(): Promise<void> {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const problem = await this.#deliverOne(first);
      this.#waiting.shift();
      if (problem === null) this.#options.counts.notificationEnded('delivered');
      else this.#giveUp(first, problem);
      this.#options.counts.notificationsWaiting(this.#waiting.length);
    }
    this.#work = null;
  }

  /** Null once the receiver has it; otherwise why it does not. */
  async #deliverOne(notification: Notification): Promise<string | null> {
    const { counts } = this.#options;
    for (let attempt = 1; ; attempt++) {
      if (this.#closing.signal.aborted) return 'the reconciler ends';
      const answer = await this.#post(notification);
      if (answer.kind === 'taken') return null;
      if (answer.kind === 'refused') return answer.message;
      if (attempt >= this.#limits.attempts) return `${answer.message}, tried ${attempt} times`;
      counts.notificationRetried();
      await this.#pause(attempt);
    }
  }

  /** From half to all of a time that doubles: receivers that come back are not asked by everybody at once. */
  #pause(attempt: number): Promise<void> {
    const { clock, random } = this.#options;
    const { firstBackoffMs, longestBackoffMs } = this.#limits;
    const delayMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** (attempt - 1)) * (0.5 + random() / 2);
    return new Promise((resolve) => {
      const callOff = clock.after(delayMs, resolve);
      this.#endPause = () => {
        callOff();
        resolve();
      };
    });
  }

  async #post(
    notification: Notification,
  ): Promise<{ kind: 'taken' } | { kind: 'refused' | 'failed'; message: string }> {
    const { url, secret, clock } = this.#options;
    const body = JSON.stringify(notification);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'virtuoso',
      'virtuoso-delivery': notification.id,
      'virtuoso-signature': signature(secret, Math.floor(clock.nowMs() / 1000), body),
    };
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(this.#limits.answerMs)]);
    try {
      // The secret vouches for one address: it does not follow to another.
      const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
      await answer.body?.cancel();
      if (answer.ok) return { kind: 'taken' };
      const isPassing = [408, 425, 429].includes(answer.status) || answer.status >= 500;
      return { kind: isPassing ? 'failed' : 'refused', message: `the receiver answers ${answer.status}` };
    } catch (error) {
      return { kind: 'failed', message: reasonOf(error) };
    }
  }

  /** The dead letter: all that is needed to know what the receiver has missed. */
  #giveUp({ id, changes }: Notification, why: string): void {
    const { counts, log } = this.#options;
    counts.notificationEnded('dead');
    const told = changes.slice(0, 5).map(({ object, type, status, reason }) => `${object} ${type} ${status} ${reason}`);
    const more = changes.length > told.length ? `, and ${changes.length - told.length} more` : '';
    log(
      'warn',
      `The notification ${id} was not delivered (${why}): see to its receiver. It said: ${told.join(', ')}${more}.`,
    );
  }
}

/** What fetch says lies in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'the receiver does not answer in time';
  const { cause } = error;
  const { code = '' } = (cause ?? {}) as { code?: string };
  return cause instanceof Error ? cause.message || code || error.message : error.message;
}
