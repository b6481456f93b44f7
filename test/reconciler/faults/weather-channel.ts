import type { WireMessage } from '../../../schema/generated/types.js';
import type { Channel } from '../../../wire/channel.js';
import type { Draw } from '../../generators/draw.js';
import type { Life } from './life.js';

export interface Weather {
  draw: Draw;
  /** Longest time that a message takes. */
  delayMs: number;
  /** So many of 1000 messages get lost, and with each of them all that follow, until both ends notice that the connection broke. */
  lossPerMille: number;
}

/** How long a broken connection may look whole. */
const noticedMs = 50;

/** One end of a channel: what it sends takes its time, keeps its order, and may get lost; all of it when its process dies. */
export class WeatherChannel implements Channel {
  readonly #inner: Channel;
  readonly #weather: Weather;
  #underWay: { message: WireMessage; timer: NodeJS.Timeout }[] = [];
  #busyUntilMs = 0;
  #isBroken = false;

  constructor(inner: Channel, life: Life, weather: Weather) {
    this.#inner = inner;
    this.#weather = weather;
    life.onEnd(() => {
      // What has left the host arrives; what has not is gone with it.
      const left = this.#weather.draw(this.#underWay.length + 1);
      for (const { message } of this.#drained().slice(0, left)) this.#inner.send(message);
      this.#inner.close('the other end died');
    });
  }

  send(message: WireMessage): void {
    const { draw, delayMs, lossPerMille } = this.#weather;
    if (this.#isBroken) return;
    if (draw(1000) < lossPerMille) {
      this.#isBroken = true;
      setTimeout(() => this.close('the connection broke'), draw(noticedMs));
      return;
    }
    const nowMs = Date.now();
    this.#busyUntilMs = Math.max(this.#busyUntilMs, nowMs + draw(delayMs + 1));
    const entry = { message, timer: setTimeout(() => this.#arrive(entry), this.#busyUntilMs - nowMs) };
    this.#underWay.push(entry);
  }

  backlogBytes(): number {
    return 0;
  }

  onMessage(listener: (message: WireMessage) => void): void {
    this.#inner.onMessage(listener);
  }

  onClose(listener: (reason: string) => void): void {
    this.#inner.onClose(listener);
  }

  close(reason: string): void {
    this.#drained();
    this.#inner.close(reason);
  }

  #arrive(entry: { message: WireMessage }): void {
    while (this.#underWay.length > 0) {
      const first = this.#underWay.shift();
      if (!first) return;
      clearTimeout(first.timer);
      this.#inner.send(first.message);
      if (first === entry) return;
    }
  }

  #drained() {
    const underWay = this.#underWay;
    this.#underWay = [];
    for (const { timer } of underWay) clearTimeout(timer);
    return underWay;
  }
}
