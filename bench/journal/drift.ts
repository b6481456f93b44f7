import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { JournalDraft, JournalRecord } from '../../reconciler/ports.js';
import { unit } from '../../reconciler/vadapt/engine/random.js';

const intervalMs = 10_000;
const relativeChange = 0.05;
/** What counts up with every report, or tells how old something is. */
const counters = /^(sequence|generation)$/;
const times = /(^at|^now|AtMs|^nowMs|^atMs)$/;
const measured = /(Mbps|^waitShare|^deviationCores|^latencyMs)$/;
const drawn = /^(ageMs|tookMs)$/;
const digests = /^(hash|planHash|observedDigest|stateDigest)$/;

/** The pass that was sampled, so many passes later: every measured value a little different, as it is in a fleet that works. */
export function drifted({ entry, plan, observed }: JournalRecord, pass: number, random: RandomGenerator): JournalDraft {
  const { format_version: _version, pass: _pass, ...rest } = entry;
  const planHash = digest(random);
  const now = new Date(Date.parse(entry.at) + pass * intervalMs).toISOString();
  const drift = <T>(value: T): T => driftOf(value, pass, random) as T;
  return {
    entry: { ...drift(rest), at: now, planHash },
    plan: plan && { ...drift(plan), hash: planHash },
    planMarkdown: plan && `# Plan ${planHash}\n`,
    observed: drift(observed),
  };
}

function driftOf(value: unknown, pass: number, random: RandomGenerator, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => driftOf(each, pass, random, key));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, driftOf(each, pass, random, name)]));
  if (typeof value === 'string') return digests.test(key) ? digest(random) : value;
  return typeof value === 'number' ? driftOfNumber(value, pass, random, key) : value;
}

function driftOfNumber(value: number, pass: number, random: RandomGenerator, key: string): number {
  if (counters.test(key)) return value + pass;
  if (times.test(key)) return value + pass * intervalMs;
  if (drawn.test(key)) return Math.floor(unit(random) * 2 * intervalMs);
  if (!measured.test(key)) return value;
  return Math.round(value * (1 + relativeChange * (2 * unit(random) - 1)) * 1000) / 1000;
}

function digest(random: RandomGenerator): string {
  const hex = Array.from({ length: 64 }, () => Math.floor(16 * unit(random)).toString(16));
  return `sha256:${hex.join('')}`;
}
