import type { Acknowledgement, Departure, TimedPacket } from '../../../agents/wren/packet.js';
import { SeededNoise } from './seeded-noise.js';
import { type HopOptions, SimulatedHop } from './simulated-hop.js';
import { type AckEvent, type SenderOptions, SimulatedSender, segmentBytes, wireBytes } from './simulated-sender.js';

export interface PathOptions {
  seed: number;
  seconds: number;
  hops: Omit<HopOptions, 'noise'>[];
  /** One way, without queues. */
  delayMs: number;
  sender: Omit<SenderOptions, 'noise'>;
  nicMbps?: number;
  /** Timestamps of arrivals are late by up to so much. */
  jitterUs?: number;
  /** How the receiver's clock differs from the sender's. */
  clock?: { offsetNs: number; driftPpm: number };
}

export interface SimulatedTrace {
  packets: TimedPacket[];
  /** In the order in which the sender's capture sees them. */
  sent: ({ kind: 'departure'; departure: Departure } | { kind: 'acknowledgement'; acknowledgement: Acknowledgement })[];
  availableMbps(fromNs: number, toNs: number): number;
}

const delayedAckNs = 4e7;

/** Plays one application over a path of queues: what both ends' captures see, and the truth. Times begin at 1 s. */
export function simulatePath(options: PathOptions): SimulatedTrace {
  const noise = new SeededNoise(options.seed);
  const hops = options.hops.map(
    (hop, index) => new SimulatedHop({ ...hop, noise: new SeededNoise(options.seed * 31 + index) }),
  );
  const play = new Play(options, hops, noise);
  play.run();
  return {
    packets: play.packets.sort((a, b) => a.arrivalNs - b.arrivalNs),
    sent: play.sent.sort((a, b) => a.atNs - b.atNs).map(({ event }) => event),
    availableMbps: (fromNs, toNs) => Math.min(...hops.map((hop) => hop.availableMbps(fromNs, toNs))),
  };
}

class Play {
  readonly packets: TimedPacket[] = [];
  readonly sent: { atNs: number; event: SimulatedTrace['sent'][number] }[] = [];
  readonly #sender: SimulatedSender;
  readonly #acks: AckEvent[] = [];
  #ackHead = 0;
  #nicFreeNs = 0;
  #sequence = 4294000000; // wraps soon
  #acknowledged = 4294000000;
  #pending: { arrivedNs: number; segments: number; sentAtNs: number; deliveredBefore: number } | undefined;
  #lostSince = 0;
  #isAfterLoss = false;
  #nowNs = 0;
  readonly #options: PathOptions;
  readonly #hops: SimulatedHop[];
  readonly #noise: SeededNoise;

  constructor(options: PathOptions, hops: SimulatedHop[], noise: SeededNoise) {
    this.#options = options;
    this.#hops = hops;
    this.#noise = noise;
    this.#sender = new SimulatedSender({ ...options.sender, noise });
  }

  run(): void {
    const endNs = this.#options.seconds * 1e9;
    for (;;) {
      const sendNs = this.#sender.nextAtNs();
      const ackNs = this.#acks[this.#ackHead]?.atNs ?? Number.POSITIVE_INFINITY;
      const delayedNs = this.#pending ? this.#pending.arrivedNs + delayedAckNs : Number.POSITIVE_INFINITY;
      const nowNs = Math.min(sendNs, ackNs, delayedNs);
      if (nowNs > endNs) return;
      this.#nowNs = Math.max(this.#nowNs, nowNs);
      if (nowNs === sendNs) this.#send(this.#nowNs);
      else if (nowNs === delayedNs) this.#acknowledge(delayedNs);
      else this.#receiveAck();
    }
  }

  #receiveAck(): void {
    const ack = this.#acks[this.#ackHead];
    this.#ackHead += 1;
    if (!ack) return;
    this.#acknowledged = (this.#acknowledged + ack.segments * segmentBytes) % 4294967296;
    this.sent.push({
      atNs: ack.atNs,
      event: { kind: 'acknowledgement', acknowledgement: { atNs: ack.atNs + 1e9, number: this.#acknowledged } },
    });
    this.#sender.acknowledged(ack);
  }

  #send(nowNs: number): void {
    const segments = this.#sender.send(nowNs);
    const end = (this.#sequence + segments * segmentBytes) % 4294967296;
    const departure = {
      atNs: nowNs + 1e9,
      start: this.#sequence,
      end,
      bytes: segments * wireBytes,
      segments,
      isAfterOthers: false,
    };
    this.sent.push({ atNs: nowNs, event: { kind: 'departure', departure } });
    this.#sequence = end;
    for (let k = 0; k < segments; k += 1) this.#sendSegment(nowNs);
  }

  #sendSegment(stampNs: number): void {
    this.#nicFreeNs = Math.max(this.#nicFreeNs, stampNs) + (wireBytes * 8) / ((this.#options.nicMbps ?? 10_000) / 1000);
    let atNs: number | undefined = this.#nicFreeNs;
    for (const hop of this.#hops) if (atNs !== undefined) atNs = hop.pass(atNs, wireBytes * 8);
    if (atNs === undefined) {
      this.#lostSince += 1;
      this.#isAfterLoss = true;
      return;
    }
    const arrivedNs = atNs + this.#options.delayMs * 1e6;
    this.#record(stampNs, arrivedNs);
    const pending = this.#pending;
    if (pending && arrivedNs - pending.arrivedNs > delayedAckNs) this.#acknowledge(pending.arrivedNs + delayedAckNs);
    this.#pending = {
      arrivedNs,
      segments: (this.#pending?.segments ?? 0) + 1,
      sentAtNs: stampNs,
      deliveredBefore: this.#sender.delivered,
    };
    if (this.#pending.segments >= 2) this.#acknowledge(arrivedNs);
  }

  #record(stampNs: number, arrivedNs: number): void {
    const { offsetNs, driftPpm } = this.#options.clock ?? { offsetNs: 0, driftPpm: 0 };
    const lateNs = this.#noise.uniform() * (this.#options.jitterUs ?? 20) * 1000;
    this.packets.push({
      departureNs: Math.round(stampNs + 1e9),
      arrivalNs: Math.round((arrivedNs + lateNs) * (1 + driftPpm / 1e6) + offsetNs + 1e9),
      bytes: wireBytes,
      isAfterGap: this.#isAfterLoss,
      isAfterLoss: this.#isAfterLoss,
    });
    this.#isAfterLoss = false;
  }

  /** The receiver acknowledges what is pending; the way back has no queue. */
  #acknowledge(atNs: number): void {
    const pending = this.#pending;
    if (!pending) return;
    const lateNs = this.#noise.uniform() * (this.#options.jitterUs ?? 20) * 1000;
    const previousNs = this.#acks.at(-1)?.atNs ?? 0;
    this.#acks.push({
      atNs: Math.max(previousNs, atNs + this.#options.delayMs * 1e6 + lateNs),
      segments: pending.segments,
      lost: this.#lostSince,
      sentAtNs: pending.sentAtNs,
      deliveredBefore: pending.deliveredBefore,
    });
    this.#lostSince = 0;
    this.#pending = undefined;
  }
}
