import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { HostObservation, MatrixEntry } from '../../../schema/generated/types.js';
import { macOf } from './watched.js';

const vmCount = 14;
const hostCount = 5;
/** What leaves a host in Mb/s when its interface is full. */
const capacityMbps = 60;

interface Flow {
  source: number;
  destination: number;
  rateMbps: number;
  /** It sends for half of each period; 0: always. */
  periodSeconds: number;
}

interface Message {
  observation: HostObservation;
  arrivesMs: number;
}

/** A rate with the name of its pair. */
export interface Told {
  name: string;
  source: string;
  rateMbps: number;
}

/**
 * A fleet in which everything happens that may: programs come and go, some in phases, VMs move, agents start anew, forget counters,
 * fall silent and lie, messages are late, lost and doubled, links are full.
 */
export class RandomFleet {
  nowMs = 0;
  readonly #random: ReturnType<typeof xoroshiro128plus>;
  readonly #hostOf: number[] = [];
  readonly #totals = Array.from({ length: hostCount }, () => new Map<string, number>());
  readonly #epochs = Array.from({ length: hostCount }, () => 0);
  readonly #muteUntil = Array.from({ length: hostCount }, () => 0);
  readonly #factors = Array.from({ length: hostCount }, () => 1);
  #flows: Flow[] = [];
  #waiting: Message[] = [];

  constructor(seed: number) {
    this.#random = xoroshiro128plus(seed);
    for (let vm = 0; vm < vmCount; vm++) this.#hostOf.push(this.#int(hostCount - 1));
    for (let flow = 0; flow < 8; flow++) this.#begin();
  }

  /** What arrives in the next second, in its order. */
  second(): Message[] {
    this.nowMs += 1000;
    this.#change();
    for (const flow of this.#flows) this.#send(flow);
    for (let host = 0; host < hostCount; host++) this.#report(host);
    const arrived = this.#waiting.filter(({ arrivesMs }) => arrivesMs <= this.nowMs);
    this.#waiting = this.#waiting.filter(({ arrivesMs }) => arrivesMs > this.nowMs);
    return arrived.sort((a, b) => a.arrivesMs - b.arrivesMs);
  }

  /** Whether the fleet has just been changed. */
  isDisturbed(): boolean {
    return this.#is(0.015);
  }

  /** Which of some pairs are held back, by name: all that leave a host whose interface is full. */
  heldBack(rates: readonly Told[], share = 0.8): Set<string> {
    const loads = new Map<number, number>();
    const hostOf = ({ source }: Told) => this.#hostOf[vmOf(source)] ?? 0;
    for (const rate of rates) loads.set(hostOf(rate), (loads.get(hostOf(rate)) ?? 0) + rate.rateMbps);
    const isFull = (rate: Told) => (loads.get(hostOf(rate)) ?? 0) >= share * capacityMbps;
    return new Set(rates.filter(isFull).map(({ name }) => name));
  }

  /** By what the rates of a VM's host are to be multiplied, because it lies. */
  factorOf(source: string): number {
    return this.#factors[this.#hostOf[vmOf(source)] ?? 0] ?? 1;
  }

  hostOf(address: string): string | null {
    const host = this.#hostOf[vmOf(address)];
    return host === undefined ? null : `host-${host}`;
  }

  #change(): void {
    if (this.#is(0.08)) this.#begin();
    if (this.#is(0.08)) this.#flows.splice(this.#int(this.#flows.length), 1);
    if (this.#is(0.02)) this.#flows = this.#flows.map((flow) => ({ ...flow, rateMbps: this.#rate() }));
    if (this.#is(0.03)) this.#hostOf[this.#int(vmCount - 1)] = this.#int(hostCount - 1);
    if (this.#is(0.02)) this.#muteUntil[this.#int(hostCount - 1)] = this.nowMs + 1000 * this.#int(60);
    if (this.#is(0.02)) this.#factors[this.#int(hostCount - 1)] = this.#is(0.5) ? 1 : 3;
    if (!this.#is(0.02)) return;
    const host = this.#int(hostCount - 1);
    this.#epochs[host] = (this.#epochs[host] ?? 0) + 1;
    if (this.#is(0.5)) this.#totals[host]?.clear();
  }

  #begin(): void {
    const [source, destination] = [this.#int(vmCount - 1), this.#int(vmCount - 1)];
    const periodSeconds = this.#is(0.4) ? 4 + 2 * this.#int(4) : 0;
    const flow = { source, destination, rateMbps: this.#rate(), periodSeconds };
    this.#flows.push(flow, { ...flow, source: destination, destination: source });
  }

  #send({ source, destination, rateMbps, periodSeconds }: Flow): void {
    const isOff = periodSeconds > 0 && (this.nowMs / 1000) % periodSeconds < periodSeconds / 2;
    const totals = this.#totals[this.#hostOf[source] ?? 0];
    if (isOff || !totals) return;
    const name = `${macOf(source)} ${macOf(destination)}`;
    const bytes = Math.round(rateMbps * 125_000 * (0.8 + 0.4 * uniformFloat64(this.#random)));
    totals.set(name, (totals.get(name) ?? 0) + bytes);
  }

  #report(host: number): void {
    if (this.nowMs < (this.#muteUntil[host] ?? 0) || this.#is(0.05)) return;
    const matrix = [...(this.#totals[host] ?? [])].flatMap(([pair, bytes]): MatrixEntry[] => {
      const [source = '', destination = ''] = pair.split(' ');
      return this.#is(0.03) ? [] : [{ network: 'net', source, destination, bytes, packets: 0 }];
    });
    const guests = this.#is(0.5) ? [] : [{ guest: `vm-${host}`, cpuMs: this.nowMs / 2, waitMs: this.nowMs / 50 }];
    const observation: HostObservation = {
      ...{ host: `host-${host}`, epoch: `${this.#epochs[host]}`, sequence: this.nowMs / 1000 },
      ...{ atMs: this.nowMs + 37 * host, matrix, links: [], guests, drops: [] },
    };
    const message = { observation, arrivesMs: this.nowMs + (this.#is(0.1) ? this.#int(5000) : -this.#int(400)) };
    this.#waiting.push(message, ...(this.#is(0.03) ? [message] : []));
  }

  #rate(): number {
    const share = uniformFloat64(this.#random);
    return 0.1 + 100 * share * share * share;
  }

  #is(probability: number): boolean {
    return uniformFloat64(this.#random) < probability;
  }

  #int(most: number): number {
    return uniformInt(this.#random, 0, Math.max(0, most));
  }
}

function vmOf(mac: string): number {
  return Number.parseInt(mac.slice(-2), 16);
}
