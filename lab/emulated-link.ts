/** A link with real latency, carried frame by frame by a program: rates and sizes are those of the IP layer. */
export interface EmulatedLink {
  /** Of all that is random. */
  seed: number;
  /** From the first end to the second, one to four hops in series. */
  there: EmulatedHop[];
  /** From the second to the first. */
  back: EmulatedHop[];
  /** Waits shorter than this are busy, so that frames come out when they should; takes much of a processor. None when left out. */
  spinUs?: number;
}

/** One queue with the wire behind it. */
export interface EmulatedHop {
  rateMbps: number;
  /** What waits longer is dropped; 50 when left out. */
  queueMs?: number;
  /** None when left out. */
  latencyMs?: number;
  /** Up to this much more latency, evenly distributed; no packet overtakes another. None when left out. */
  jitterMs?: number;
  /** Share of packets that the wire loses. None when left out. */
  lossShare?: number;
  crossTraffic?: CrossTraffic;
}

/**
 * The traffic of others, in packets of 1500 bytes: at even distances, at random ones, in bursts at `peakMbps` whose lengths and distances
 * are Pareto distributed, or at random distances with a rate that alternates, beginning with the first.
 */
export type CrossTraffic =
  | { kind: 'constant' | 'poisson'; rateMbps: number }
  | { kind: 'on-off'; rateMbps: number; peakMbps: number; meanOnMs: number }
  | { kind: 'step'; rateMbps: number; thenMbps: number; periodMs: number };

const mostHops = 4;
const mostSpinUs = 10_000;

/** What is wrong with an emulated link, with what to do; empty if it can be had. */
export function emulatedLinkFaults(name: string, { seed, there, back, spinUs = 0 }: EmulatedLink): string[] {
  const faults: string[] = [];
  const whole = Number.isInteger(seed) && seed >= 0;
  if (!whole) faults.push(`${name}: the seed ${seed} is not a whole number from 0: choose one.`);
  if (!(spinUs >= 0 && spinUs <= mostSpinUs))
    faults.push(`${name}: spinUs ${spinUs} is not between 0 and ${mostSpinUs}.`);
  for (const [way, hops] of Object.entries({ there, back })) {
    if (hops.length < 1 || hops.length > mostHops)
      faults.push(`${name}, ${way}: a way has 1 to ${mostHops} hops, this one has ${hops.length}.`);
    for (const hop of hops) faults.push(...hopFaults(hop).map((fault) => `${name}, ${way}: ${fault}`));
  }
  return faults;
}

/** Ranges that the emulator takes. */
const ranges: [property: Exclude<keyof EmulatedHop, 'crossTraffic'>, least: number, most: number][] = [
  ['rateMbps', 0.01, 40_000],
  ['queueMs', 0, 10_000],
  ['latencyMs', 0, 10_000],
  ['jitterMs', 0, 10_000],
  ['lossShare', 0, 1],
];

function hopFaults(hop: EmulatedHop): string[] {
  const faults = ranges.flatMap(([property, least, most]) => {
    const value = hop[property];
    return value === undefined || (value >= least && value <= most)
      ? []
      : [`${property} ${value} is not between ${least} and ${most}.`];
  });
  const cross = hop.crossTraffic;
  if (cross === undefined) return faults;
  const { kind, ...numbers } = cross;
  const bad = Object.entries(numbers).filter(
    ([property, value]) => !(property === 'thenMbps' ? value >= 0 : value > 0),
  );
  for (const [property, value] of bad) faults.push(`${property} ${value} of ${kind} cross traffic: give more than 0.`);
  if (cross.kind === 'on-off' && cross.peakMbps <= cross.rateMbps)
    faults.push(`the peak of on-off cross traffic has to be above its mean of ${cross.rateMbps} Mb/s.`);
  return faults;
}

/** One hop in the words of the emulator's command line. */
export function hopWords({ rateMbps, queueMs, latencyMs, jitterMs, lossShare, crossTraffic }: EmulatedHop): string {
  const words: Record<string, number | string | undefined> = {
    'rate-mbps': rateMbps,
    'queue-ms': queueMs,
    'latency-ms': latencyMs,
    'jitter-ms': jitterMs,
    loss: lossShare,
    ...(crossTraffic && crossWords(crossTraffic)),
  };
  return Object.entries(words)
    .flatMap(([word, value]) => (value === undefined ? [] : [`${word}=${value}`]))
    .join(',');
}

function crossWords(cross: CrossTraffic): Record<string, number | string> {
  const words = { cross: cross.kind, 'cross-mbps': cross.rateMbps };
  switch (cross.kind) {
    case 'constant':
    case 'poisson':
      return words;
    case 'on-off':
      return { ...words, 'cross-peak-mbps': cross.peakMbps, 'cross-on-ms': cross.meanOnMs };
    case 'step':
      return { ...words, 'cross-then-mbps': cross.thenMbps, 'cross-period-ms': cross.periodMs };
  }
}
