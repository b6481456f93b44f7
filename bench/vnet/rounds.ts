import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { namespacePath } from '../../agents/linux/namespace.js';
import type { Design, GuestPair } from './design.js';
import { measure, type Sample } from './measure.js';
import type { Options } from './options.js';
import { median } from './statistics.js';

export interface Entrant {
  design: Design;
  /** Differs little from others, and is measured in every turn of a round instead of in one. */
  close: boolean;
}

/** What was measured of a design. */
export interface Measured {
  /** By round, then by turn. */
  rounds: Sample[][];
  /** Why it was not measured, or not to the end. */
  trouble?: string;
}

export class Results {
  readonly #measured = new Map<Design, Measured>();

  of(design: Design): Measured {
    const found = this.#measured.get(design) ?? { rounds: [] };
    this.#measured.set(design, found);
    return found;
  }

  /** Median over rounds; NaN if it was never measured. */
  median(design: Design, of: keyof Sample): number {
    return median(this.of(design).rounds.map((turns) => median(turns.map((sample) => sample[of]))));
  }

  /** Median over what was measured side by side: the same turn where both were measured in each, else the same round. */
  ratio(design: Design, to: Design, of: keyof Sample): number {
    const ratios = this.of(design).rounds.flatMap((own, round) => {
      const others = this.of(to).rounds[round] ?? [];
      if (own.length === others.length)
        return own.map((sample, turn) => sample[of] / (others[turn]?.[of] ?? Number.NaN));
      return [median(own.map((sample) => sample[of])) / median(others.map((sample) => sample[of]))];
    });
    return median(ratios);
  }
}

const tell = (line: string): void => console.error(line);

/** Brings up all designs at once, so that none is measured sooner after its set-up than another; what fails is in the results. */
export async function setUp(entrants: readonly Entrant[], results: Results): Promise<Map<Design, GuestPair>> {
  const pairs = new Map<Design, GuestPair>();
  for (const { design } of entrants) {
    const reason = design.available();
    try {
      if (reason !== undefined) throw new Error(reason);
      const pair = await design.setUp();
      serve(pair);
      pairs.set(design, pair);
      tell(`up: ${design.name}`);
    } catch (error) {
      fails(results, design, error);
      await design.tearDown();
    }
  }
  await sleep(500);
  return pairs;
}

function fails(results: Results, design: Design, error: unknown): void {
  const trouble = (error as Error).message;
  results.of(design).trouble = trouble;
  tell(`NOT MEASURED: ${design.name}: ${trouble}`);
}

/** The iperf3 that all tests of a design connect to; it ends with the guest. */
function serve(pair: GuestPair): void {
  const args = [`--net=${namespacePath(pair.receiver)}`, 'iperf3', '-s'];
  spawn('nsenter', args, { stdio: 'ignore', detached: true }).unref();
}

/** Measures all that are up, alternating, in an order that the seed gives. */
export async function runRounds(
  entrants: readonly Entrant[],
  pairs: ReadonlyMap<Design, GuestPair>,
  options: Options,
  results: Results,
): Promise<void> {
  const random = xoroshiro128plus(options.seed);
  for (let round = 0; round < options.rounds; round++) {
    for (let turn = 0; turn < options.turns; turn++) {
      const due = entrants.filter(({ close }, index) => close || index % options.turns === turn);
      for (let left = due.length; left > 0; left--) {
        const [entrant] = due.splice(uniformInt(random, 0, left - 1), 1);
        const pair = entrant && pairs.get(entrant.design);
        if (pair) await once(entrant, pair, round, options, results);
      }
      tell(`round ${round + 1} of ${options.rounds}, turn ${turn + 1} of ${options.turns}`);
    }
  }
}

/** Packet rates of designs that are not close are told, and compared with nothing: one round has to do. */
async function once(
  entrant: Entrant,
  pair: GuestPair,
  round: number,
  options: Options,
  results: Results,
): Promise<void> {
  const { design, close } = entrant;
  const { rounds, trouble } = results.of(design);
  if (trouble !== undefined) return;
  try {
    const sample = await measure(pair, options, close || round === 0);
    rounds[round] = [...(rounds[round] ?? []), sample];
    const { tcpMbps, smallKpps, largeKpps, rttUs } = sample;
    const kpps = Number.isNaN(smallKpps) ? '' : `, ${smallKpps.toFixed(1)}/${largeKpps.toFixed(1)} kpps`;
    tell(`${design.name}: ${(tcpMbps / 1000).toFixed(2)} Gbit/s, ${rttUs.toFixed(1)} µs${kpps}`);
  } catch (error) {
    fails(results, design, error);
  }
}
