import type { Condition, Notification } from '../schema/generated/types.js';
import { conditionNews } from './condition-news.js';

export interface NotificationPorts {
  /** Takes a notification at once, and delivers it some time later. */
  deliver(notification: Notification): void;
  nowMs(): number;
  /** A new name for a notification. */
  newId(): string;
}

/** Tells whoever wants to be notified what has changed, and nothing that they know. */
export class Notifications {
  readonly #ports: NotificationPorts;
  #known: readonly Condition[];

  /** @param known conditions that were told before this process began */
  constructor(ports: NotificationPorts, known: readonly Condition[]) {
    this.#ports = ports;
    this.#known = known;
  }

  conditionsSeen(conditions: readonly Condition[], { pass, commit }: Pick<Notification, 'pass' | 'commit'>): void {
    const at = new Date(this.#ports.nowMs()).toISOString();
    const changes = conditionNews(this.#known, conditions, at);
    this.#known = conditions;
    if (changes.length > 0)
      this.#ports.deliver({ format_version: '1', id: this.#ports.newId(), at, pass, commit, changes });
  }
}
