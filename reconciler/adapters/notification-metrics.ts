import { Counter, Gauge, type Registry } from 'prom-client';
import type { NotificationCounts } from './webhook.js';

/** What became of notifications. Shown once there is something to count. */
export class NotificationMetrics implements NotificationCounts {
  readonly #ended;
  readonly #retries;
  readonly #waiting;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#ended = new Counter({
      name: 'virtuoso_notifications_total',
      help: 'Notifications, by whether they were delivered or given up.',
      labelNames: ['outcome'],
      registers,
    });
    this.#retries = new Counter({
      name: 'virtuoso_notification_retries_total',
      help: 'Deliveries of notifications that failed and were tried again.',
      registers,
    });
    this.#retries.remove();
    this.#waiting = new Gauge({ name: 'virtuoso_notifications_waiting', help: 'Notifications that wait.', registers });
    this.#waiting.remove();
  }

  notificationEnded(outcome: 'delivered' | 'dead'): void {
    this.#ended.inc({ outcome });
  }

  notificationRetried(): void {
    this.#retries.inc();
  }

  notificationsWaiting(count: number): void {
    this.#waiting.set(count);
  }
}
