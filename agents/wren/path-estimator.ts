import { Activity } from './activity.js';
import { availableBandwidth, type BandwidthEstimate } from './available-bandwidth.js';
import { BaseDelay } from './base-delay.js';
import { BurstSlots } from './burst-slots.js';
import type { BusyPair } from './busy-pair.js';
import { CapacityEstimate } from './capacity-estimate.js';
import { type Block, CrossBlocks } from './cross-blocks.js';
import { FullQueue } from './full-queue.js';
import { FullTime } from './full-time.js';
import { MinimumDelay } from './minimum-delay.js';
import { fullPacketBits, type TimedPacket } from './packet.js';
import { QueueingSeries } from './queueing-series.js';
import { RunStart } from './run-start.js';
import { SpotChecks } from './spot-checks.js';
import { Stalls } from './stalls.js';

/** Rates in Mb/s, times in ns on the clock of arrivals. */
export interface WindowEstimate {
  available: BandwidthEstimate;
  capacityMbps?: number;
  /** Of a packet without length; the difference of two clocks is in it. */
  minimumDelayNs?: number;
  newestNs: number;
  packets: number;
  busyShare: number;
}

/** Timestamps are off by some 20 µs; a queue must be busy for so much longer than that. */
const marginNs = 60e3;
/** For how much time at most one packet tells whether the queue was busy, and for how many packets' service at least. */
const longestCheckNs = 5e6;
const checkPackets = 4;
const blockPackets = 60;
const leastBlockNs = 2e6;
const firstNoiseNs = 20e3;
const leastWaitNs = 10e3;
const slowMbps = 15;
const secondNs = 1e9;
const memoryNs = 30 * secondNs;

/**
 * Learns what a path gives from packets that cross it, in the order of their arrival.
 *
 * While the bottleneck's queue is busy, the time between two arrivals is what the second packet and the cross traffic that came
 * between the two took to be served: cross bits = C * arriving gap - bits, of a known departing gap. Whether a queue is busy is
 * told from what was seen before, never from the pair itself: choosing pairs by their outcome makes cross traffic look rare.
 */
export class PathEstimator {
  readonly queueing = new QueueingSeries();
  readonly #sides: 'two-sided' | 'one-sided';
  readonly #base: BaseDelay;
  readonly #minimumDelay = new MinimumDelay();
  readonly #capacity = new CapacityEstimate();
  readonly #blocks = new CrossBlocks();
  readonly #bursts = new BurstSlots();
  readonly #checks = new SpotChecks();
  readonly #runStart = new RunStart();
  readonly #stalls = new Stalls();
  readonly #fullQueue = new FullQueue();
  readonly #fullTime = new FullTime();
  readonly #activity = new Activity();
  #newestNs = Number.NEGATIVE_INFINITY;
  /** What the delays are corrected by, in ns a bit; follows the capacity in steps. */
  #nsPerBit = 0;
  #blockNs = Number.POSITIVE_INFINITY;
  /** How much the time between two arrivals is off, on average. */
  #noiseNs = firstNoiseNs;
  // The packet before.
  #departureNs = 0;
  #arrivalNs = Number.NEGATIVE_INFINITY;
  /** Unfinished work that it left in the queue: measured, and the least that was certain before it arrived. */
  #workNs = 0;
  #certainNs = 0;

  constructor(sides: 'two-sided' | 'one-sided') {
    this.#sides = sides;
    this.#base = new BaseDelay(sides === 'two-sided');
  }

  packet({ departureNs, arrivalNs, bytes, lastBytes, isAfterGap, isAfterLoss }: TimedPacket): void {
    const bits = bytes * 8;
    const ownBits = (lastBytes ?? bytes) * 8;
    const ownNs = ownBits * this.#nsPerBit;
    const departingNs = departureNs - this.#departureNs;
    const arrivingNs = arrivalNs - this.#arrivalNs;
    this.#minimumDelay.add(arrivalNs, arrivalNs - departureNs, ownBits);
    const queuedNs = this.#base.excessNs(arrivalNs, arrivalNs - departureNs - ownNs);
    if (isAfterGap || departingNs < 0 || arrivingNs < 0 || arrivingNs === Number.POSITIVE_INFINITY) {
      this.#capacity.gap();
      this.#breakRun();
      this.#certainNs = ownNs;
      if (isAfterLoss) this.#fullQueue.gap(arrivalNs, this.#workNs);
    } else {
      this.#pair(arrivalNs, bits, departingNs, arrivingNs, queuedNs);
      const leftNs = this.#workNs - departingNs;
      this.#certainNs = leftNs > 0 ? leftNs + bits * this.#nsPerBit : ownNs;
    }
    this.#departureNs = departureNs;
    this.#arrivalNs = arrivalNs;
    this.#workNs = queuedNs + ownNs;
    this.#fullQueue.add(this.#workNs);
    this.queueing.add(arrivalNs, queuedNs);
    this.#activity.add(arrivalNs, bytes, this.#workNs);
    if (arrivalNs > this.#newestNs) this.#newestNs = arrivalNs;
  }

  /** What is known now; undefined before any packet. */
  estimate(nowNs: number): WindowEstimate | undefined {
    if (this.#newestNs === Number.NEGATIVE_INFINITY) return undefined;
    const capacity = this.#capacity.current;
    const windowNs = this.windowNs;
    const carried = this.#activity.within(nowNs - windowNs, nowNs);
    const remembered = this.#blocks.since(nowNs - memoryNs);
    const isRecent = ({ toNs }: Block) => toNs > nowNs - windowNs;
    const minimumDelayNs = capacity?.isFirm
      ? this.#base.minimumNs(nowNs)
      : this.#minimumDelay.withoutLengthNs(nowNs, capacity ? 1 / capacity.bitsPerNs : Number.POSITIVE_INFINITY);
    return {
      available: availableBandwidth({
        sides: this.#sides,
        blocks: remembered.filter(isRecent),
        earlier: remembered.filter((block) => !isRecent(block)),
        burstVariance: capacity ? this.#bursts.variance(nowNs, capacity.bitsPerNs) : 0,
        checks: this.#checks.since(nowNs - windowNs),
        waitNs: this.#waitNs,
        full: this.#fullTime.since(nowNs - windowNs),
        capacity,
        windowNs,
        // What was in the queue when the window began came before.
        deliveredMbps:
          (Math.max(0, carried.bytes * 8 - carried.deepestNs * (capacity?.bitsPerNs ?? 0)) * 1000) / windowNs,
      }),
      ...(capacity?.isFirm ? { capacityMbps: capacity.bitsPerNs * 1000 } : {}),
      ...(minimumDelayNs === undefined ? {} : { minimumDelayNs }),
      newestNs: this.#newestNs,
      packets: carried.packets,
      busyShare: Math.min(1, carried.busyNs / windowNs),
    };
  }

  /** How far back an estimate looks: twice as far on slow paths, where packets are few. */
  get windowNs(): number {
    const capacity = this.#capacity.current;
    return capacity && capacity.bitsPerNs * 1000 <= slowMbps ? 10 * secondNs : 5 * secondNs;
  }

  #pair(atNs: number, bits: number, departingNs: number, arrivingNs: number, queuedNs: number): void {
    const isBusy = this.#certainNs >= departingNs + marginNs;
    const togetherNs = this.#nsPerBit > 0 ? 0.25 * Math.min(bits, fullPacketBits) * this.#nsPerBit : 0.25 * arrivingNs;
    const isTogether = isBusy && departingNs <= togetherNs;
    if (isBusy) this.#capacity.add({ atNs, bits, departingNs, arrivingNs, isTogether });
    else this.#capacity.gap();
    const isFull = this.#fullQueue.isFull(atNs, this.#workNs);
    if (isFull) this.#fullTime.add(atNs, arrivingNs, bits);
    if (this.#nsPerBit > 0 && !isFull) {
      if (isBusy || departingNs <= marginNs / 4) {
        this.#busyPair({ atNs, bits, arrivingNs, departingNs });
      } else {
        this.#breakRun();
        this.#check(atNs, departingNs, queuedNs);
      }
      if (isTogether) this.#noiseNs += 0.01 * (Math.abs(arrivingNs - bits * this.#nsPerBit) - this.#noiseNs);
    }
    if (this.#capacity.refresh(atNs, this.#blocks.recentRate(1 / this.#nsPerBit))) this.#followCapacity();
  }

  #breakRun(): void {
    this.#runStart.gap();
    this.#stalls.gap();
  }

  #busyPair(pair: BusyPair): void {
    if (!this.#runStart.isOver(pair.departingNs)) {
      this.#stalls.gap();
      return;
    }
    for (const each of this.#stalls.usable(pair, this.#nsPerBit)) {
      this.#blocks.add(each.atNs, each.bits, each.arrivingNs, each.departingNs, this.#blockNs);
      this.#bursts.add(each.atNs, each.bits, each.arrivingNs, each.departingNs);
    }
  }

  /** What comes when the queue is not certain to be busy tells whether it is: it waits, by more than timestamps are off. */
  #check(atNs: number, departingNs: number, queuedNs: number): void {
    const longestNs = Math.max(longestCheckNs, checkPackets * fullPacketBits * this.#nsPerBit);
    this.#checks.add(atNs, Math.min(departingNs, longestNs), queuedNs > this.#waitNs);
  }

  /** A wait that is no error of timestamps. */
  get #waitNs(): number {
    return Math.min(marginNs, Math.max(leastWaitNs, 3 * this.#noiseNs));
  }

  #followCapacity(): void {
    const capacity = this.#capacity.current;
    if (!capacity) return;
    this.#blockNs = Math.max(leastBlockNs, (blockPackets * 12_000) / capacity.bitsPerNs);
    const nsPerBit = 1 / capacity.bitsPerNs;
    if (Math.abs(nsPerBit / this.#nsPerBit - 1) < 0.05) return;
    this.#nsPerBit = nsPerBit;
    this.#base.forget();
  }
}
