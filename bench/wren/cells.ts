import type { CrossTraffic, EmulatedHop } from '../../lab/emulated-link.js';

export type LinkKind = 'two-sided' | 'one-sided' | 'tcp';
export type Congestion = 'cubic' | 'bbr';

/** One path and the traffic on it. */
export interface Cell {
  /** Of its parts, such as `100M poisson 30% 20ms two-sided cubic`. */
  name: string;
  /** Of the narrowest link. */
  rateMbps: number;
  cross: 'none' | CrossTraffic['kind'];
  /** Of the rate. */
  crossShare: number;
  latencyMs: number;
  /** Both ends stamp a VXLAN link, or its sender looks at acknowledgements, or at those of a `tcp` link. */
  link: LinkKind;
  congestion: Congestion;
  leastBytes: number;
  mostBytes: number;
  /** From the sender to the receiver. */
  hops: EmulatedHop[];
  /** What one of the accuracies is stated for; of hard cells only intervals are judged. */
  isHard: boolean;
}

type Parts = Omit<Cell, 'name' | 'hops' | 'isHard'>;

const rates = [10, 50, 100, 200, 500];
const crosses = [
  ['none', 0],
  ...(['constant', 'poisson', 'on-off'] as const).flatMap((kind) => [0.3, 0.6].map((share) => [kind, share] as const)),
] as const;
const usual = { leastBytes: 10_000, mostBytes: 1_000_000 };

/** Every combination, and paths that are hard in other ways. */
export function allCells(): Cell[] {
  const matrix = rates.flatMap((rateMbps) =>
    crosses.flatMap(([cross, crossShare]) =>
      [0, 20].flatMap((latencyMs) =>
        (['two-sided', 'tcp'] as const).flatMap((link) =>
          (['cubic', 'bbr'] as const).map((congestion) =>
            cell({ rateMbps, cross, crossShare, latencyMs, link, congestion, ...usual }),
          ),
        ),
      ),
    ),
  );
  return [...matrix, ...oneSidedCells(), ...otherHardCells()];
}

/** VXLAN links whose peers do not stamp. */
function oneSidedCells(): Cell[] {
  return [10, 50, 100].flatMap((rateMbps) =>
    (['constant', 'poisson'] as const).map((cross) =>
      cell({ rateMbps, cross, crossShare: 0.3, latencyMs: 20, link: 'one-sided', congestion: 'cubic', ...usual }),
    ),
  );
}

function otherHardCells(): Cell[] {
  const common = { cross: 'poisson', latencyMs: 20, link: 'two-sided', congestion: 'cubic' } as const;
  const small = [50, 100].map((rateMbps) =>
    cell({ ...common, rateMbps, crossShare: 0.3, leastBytes: 10_000, mostBytes: 60_000 }),
  );
  return [...small.map((each) => ({ ...each, name: `${each.name} small-messages`, isHard: true })), tightAfterNarrow()];
}

/** The narrow link is idle, the wider one behind it is busy: 100 Mb/s of capacity, 60 available. */
function tightAfterNarrow(): Cell {
  const parts = { cross: 'poisson', crossShare: 0.7, latencyMs: 20, link: 'two-sided', congestion: 'cubic' } as const;
  const hops: EmulatedHop[] = [
    { rateMbps: 100, latencyMs: 10 },
    { rateMbps: 200, latencyMs: 10, crossTraffic: { kind: 'poisson', rateMbps: 140 } },
  ];
  const name = '100M tight-after-narrow 20ms two-sided cubic';
  return { ...parts, ...usual, rateMbps: 100, name, hops, isHard: true };
}

function cell(parts: Parts): Cell {
  const { rateMbps, cross, crossShare, latencyMs, link, congestion } = parts;
  const crossName = cross === 'none' ? cross : `${cross} ${crossShare * 100}%`;
  const name = `${rateMbps}M ${crossName} ${latencyMs}ms ${link} ${congestion}`;
  const crossTraffic = traffic(cross, crossShare * rateMbps, rateMbps);
  const hop = { rateMbps, latencyMs, ...(crossTraffic && { crossTraffic }) };
  return { ...parts, name, hops: [hop], isHard: cross === 'on-off' || congestion === 'bbr' };
}

/** Bursts of others take at most nine tenths of the link, so that what it leaves is never nothing. */
function traffic(cross: Cell['cross'], meanMbps: number, rateMbps: number): CrossTraffic | undefined {
  switch (cross) {
    case 'none':
      return undefined;
    case 'constant':
    case 'poisson':
      return { kind: cross, rateMbps: meanMbps };
    case 'on-off':
      return { kind: cross, rateMbps: meanMbps, peakMbps: Math.min(2 * meanMbps, 0.9 * rateMbps), meanOnMs: 50 };
    case 'step':
      return { kind: cross, rateMbps: meanMbps, thenMbps: 2 * meanMbps, periodMs: stepPeriodMs };
  }
}

/** Time until cross traffic of a step changes. */
export const stepPeriodMs = 15_000;

/** Cross traffic that doubles from 30 to 60 %. */
export function stepCells(): Cell[] {
  return [50, 100].map((rateMbps) =>
    cell({ rateMbps, cross: 'step', crossShare: 0.3, latencyMs: 20, link: 'two-sided', congestion: 'cubic', ...usual }),
  );
}

/** What an estimate may be an average over: the same for the truth that it is held against. */
export const windowMs = (rateMbps: number): number => (rateMbps <= 10 ? 10_000 : 5000);

/** Mean pause between messages: with it they take at most `load` of what the cross traffic leaves. */
export function pauseMs({ hops, leastBytes, mostBytes }: Cell, load = 0.4): number {
  const meanBits = (8 * (mostBytes - leastBytes)) / Math.log(mostBytes / leastBytes);
  const left = Math.min(...hops.map(({ rateMbps, crossTraffic }) => rateMbps - (crossTraffic?.rateMbps ?? 0)));
  return (meanBits / left / 1000) * (1 / load - 1);
}
