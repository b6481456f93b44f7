import type { Adaptation, ChangeLimit, CostConstraint, Objective } from '../../schema/generated/types.js';
import { readObjective } from '../../schema/objective/read-objective.js';
import { durationMs, memoryMib, rateMbps } from '../../schema/quantities.js';
import { filled } from '../../schema/validate/defaults.js';
import type { FastPathConstraint, ProblemObjective } from '../model/problem.js';
import type { AdaptationParameters, Snapshot } from '../model/snapshot.js';

export function adaptationParameters(document: Adaptation | undefined): AdaptationParameters {
  const spec = filled('Adaptation', document?.spec ?? {});
  const { suspend, prune, interval, keepAlive, windows, applyWindows = [], freezes = [], verify, vttif, vadapt } = spec;
  const { payback, cooldown, returns, ...search } = vadapt;
  return {
    suspend,
    prune,
    intervalMs: durationMs(interval),
    keepAliveMs: Math.round(durationMs(keepAlive)),
    cron: windows ? { fields: windows.cron, timeZone: windows.timeZone } : null,
    applyWindows: applyWindows.map(({ cron: fields, timeZone, duration }) => {
      return { fields, timeZone, durationMs: durationMs(duration) };
    }),
    freezes: freezes.map(({ from, until, reason = '' }) => {
      return { fromMs: Date.parse(from), untilMs: Date.parse(until), reason };
    }),
    verify: { margin: verify.margin, quarantineMs: durationMs(verify.quarantine) },
    vttif: {
      samplingIntervalMs: durationMs(vttif.samplingInterval),
      smoothingIntervalMs: durationMs(vttif.smoothingInterval),
      pruneThreshold: vttif.pruneThreshold,
      detectionThreshold: vttif.detectionThreshold,
      settleMs: durationMs(vttif.settle),
    },
    ...search,
    paybackMs: durationMs(payback),
    cooldownMs: durationMs(cooldown),
    returns: { windowMs: durationMs(returns.window), gainFactor: returns.gainFactor, most: returns.most },
  };
}

/** Without a document: equation 2 of the seed, maximised. */
export function objective(document: Objective | undefined): ProblemObjective {
  const spec = document?.spec ?? { level: 'path', goal: 'maximise' };
  const read = readObjective(spec);
  if (read.kind === 'refused') throw new Error(`an objective that does not fit was merged: ${read.faults[0]?.summary}`);
  return { level: spec.level, goal: spec.goal, ranks: read.ranks };
}

export function fastPathConstraint(document: CostConstraint | undefined): FastPathConstraint | null {
  const { count, intensityShare, bandwidth } = document?.spec.fastPathLinks ?? {};
  if (count !== undefined) return { kind: 'count', links: count };
  if (intensityShare !== undefined) return { kind: 'intensity-share', share: intensityShare };
  return bandwidth === undefined ? null : { kind: 'bandwidth', mbps: rateMbps(bandwidth) };
}

export function migrationBudget(document: CostConstraint | undefined): Snapshot['migrationBudget'] {
  const { time, data } = document?.spec.migrations ?? {};
  return {
    ...(time === undefined ? {} : { seconds: durationMs(time) / 1000 }),
    ...(data === undefined ? {} : { mib: memoryMib(data) }),
  };
}

/** Without a document, what the schema of ChangeLimit says. */
export function changeLimits(documents: readonly ChangeLimit[]): Snapshot['limits'] {
  if (documents.length === 0) return [{ name: 'default', spec: { maxDeletedShare: 0.5 } }];
  return documents.map(({ metadata, spec }) => ({ name: metadata.name, spec }));
}
