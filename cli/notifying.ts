import { randomUUID } from 'node:crypto';
import type { NotificationMetrics } from '../reconciler/adapters/notification-metrics.js';
import { Webhook } from '../reconciler/adapters/webhook.js';
import type { ReconcileLoop } from '../reconciler/loop.js';
import { Notifications } from '../reconciler/notifications.js';
import type { Journal, Log } from '../reconciler/ports.js';
import { systemClock } from './system-clock.js';

export interface NotifyingOptions {
  receiver: { url: string; secret: string };
  loop: ReconcileLoop;
  /** Says what was known before this process began, so that a restart is no news. */
  journal: Journal;
  counts: NotificationMetrics;
  log: Log;
}

/** Notifies a receiver of changed conditions as long as the loop runs; to be called before that begins. */
export async function startNotifying({ receiver, loop, journal, counts, log }: NotifyingOptions): Promise<Webhook> {
  const webhook = new Webhook({ ...receiver, clock: systemClock, random: Math.random, counts, log });
  const known = (await journal.latest())?.entry.conditions ?? [];
  const notifications = new Notifications(
    {
      deliver: (notification) => webhook.deliver(notification),
      nowMs: () => systemClock.nowMs(),
      newId: randomUUID,
    },
    known,
  );
  loop.subscribe((event) => {
    if (event.kind !== 'conditions') return;
    const { pass, source } = loop.view();
    notifications.conditionsSeen(event.conditions, { pass, commit: source });
  });
  return webhook;
}
