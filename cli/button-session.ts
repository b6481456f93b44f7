import type { Periodic } from '../schema/adjusted-schedule.js';
import type { ScheduleBounds } from '../schema/generated/types.js';
import { periodicText } from '../schema/schedule.js';
import { type ButtonLevel, decay, levelOf, press, sliceAt } from './button-level.js';
import type { VschedClient } from './vsched-client.js';

/** An agent is told of a decay when it has come to so much of what was told last. */
const worthTelling = 0.02;

export type Begun = { kind: 'begun'; session: ButtonSession; told: string } | { kind: 'refused'; message: string };

/** One user with one button, for the slice of a period that stays. */
export class ButtonSession {
  readonly #client: Pick<VschedClient, 'request'>;
  readonly #vm: string;
  readonly #bounds: ScheduleBounds;
  readonly #periodUs: number;
  #level: ButtonLevel;
  /** What the agent was told last. */
  #sliceUs: number;

  private constructor(
    client: Pick<VschedClient, 'request'>,
    vm: string,
    { periodUs, sliceUs }: Periodic,
    bounds: ScheduleBounds,
  ) {
    this.#client = client;
    this.#vm = vm;
    this.#bounds = bounds;
    this.#periodUs = periodUs;
    this.#sliceUs = sliceUs;
    this.#level = levelOf(bounds, periodUs, sliceUs);
  }

  /** @param periodUs that shall be kept; as it is when left out */
  static async begin(client: Pick<VschedClient, 'request'>, vm: string, periodUs?: number): Promise<Begun> {
    const listed = await client.request({ kind: 'list' });
    if (listed.kind !== 'listed') return { kind: 'refused', message: listed.message };
    const found = listed.vms.find((each) => each.vm === vm);
    if (found === undefined)
      return { kind: 'refused', message: `Your key may not change the schedule of ${vm} on this host.` };
    const period = periodUs ?? found.periodUs;
    const bounds = found.bounds.find((each) => period >= each.leastPeriodUs && period <= each.mostPeriodUs);
    if (bounds === undefined)
      return { kind: 'refused', message: `Documents let you choose no slice of ${period} us: name another --period.` };
    const sliceUs = Math.round((found.sliceUs / found.periodUs) * period);
    const session = new ButtonSession(client, vm, { periodUs: period, sliceUs }, bounds);
    return { kind: 'begun', session, told: `vm/${vm} has ${periodicText(found)}.` };
  }

  /** More at once. Says what came of it. */
  async press(): Promise<string> {
    const before = this.#level;
    const pressed = press(before, this.#bounds, this.#periodUs);
    if (this.#sliceAt(pressed) === this.#sliceUs) {
      this.#level = pressed;
      return 'More than this documents do not let you have.';
    }
    const refusal = await this.#tell(pressed);
    if (refusal === null) return `more: ${this.#text()}`;
    const { nearest } = refusal;
    if (nearest?.periodUs === this.#periodUs && nearest.sliceUs > this.#sliceUs) {
      const { level } = levelOf(this.#bounds, this.#periodUs, nearest.sliceUs);
      if ((await this.#tell({ level, irritated: before.level })) === null) return `all that is left: ${this.#text()}`;
    }
    // What was asked for is not there: the level stays, but it is remembered that it irritated.
    this.#level = { ...before, irritated: before.level };
    return `refused: ${refusal.message}`;
  }

  /** Less, after a time without a press. Says what came of it if the agent was told. */
  async wait(elapsedMs: number): Promise<string | null> {
    this.#level = decay(this.#level, elapsedMs);
    const sliceUs = this.#sliceAt(this.#level);
    const isEnd = this.#level.level === 0 && sliceUs !== this.#sliceUs;
    if (!isEnd && Math.abs(sliceUs - this.#sliceUs) < worthTelling * this.#sliceUs) return null;
    const refusal = await this.#tell(this.#level);
    return refusal === null ? `less: ${this.#text()}` : `refused: ${refusal.message}`;
  }

  /** Null: granted. */
  async #tell(level: ButtonLevel): Promise<{ message: string; nearest?: Periodic } | null> {
    const sliceUs = this.#sliceAt(level);
    const answer = await this.#client.request({ kind: 'adjust', vm: this.#vm, periodUs: this.#periodUs, sliceUs });
    if (answer.kind !== 'granted') return answer;
    this.#level = level;
    this.#sliceUs = sliceUs;
    return null;
  }

  #sliceAt(level: ButtonLevel): number {
    return sliceAt(level, this.#bounds, this.#periodUs);
  }

  #text(): string {
    const share = ((100 * this.#sliceUs) / this.#periodUs).toFixed(1);
    return `${periodicText({ periodUs: this.#periodUs, sliceUs: this.#sliceUs })} (${share} %)`;
  }
}
