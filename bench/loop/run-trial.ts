import { EmulatedFleet } from '../../agents/emulated/emulated-fleet.js';
import type { ScenarioTruth } from '../../agents/emulated/scenario-truth.js';
import { readInventory } from '../../cli/inventory.js';
import { ReconcileLoop } from '../../reconciler/loop.js';
import { underlayOf } from '../../reconciler/model/underlay.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { smoothingMs } from './drawn-fleet.js';
import { changeMs, endMs, settledAfterMs, type Trial } from './drawn-trial.js';
import { Lot } from './lot.js';
import { emptyJournal, neverTriggered, standingSource, uncounted } from './memory-source.js';
import { oracleMbps } from './oracle.js';
import { VirtualClock } from './virtual-clock.js';
import { VirtualFleet } from './virtual-fleet.js';

/** What became of one trial. */
export interface TrialResult {
  seed: number;
  kind: string;
  title: string;
  /** After each change, three smoothing intervals later. */
  checks: { reachedMbps: number; oracleMbps: number; ratio: number }[];
  /** Steps of plans that were applied after the fleet had settled. */
  lateSteps: number;
  lateMoves: number;
  /** Whether the fleet settled at all and every check reached enough. */
  ok: boolean;
}

const startMs = Date.parse('2026-03-01T12:00:00Z');
const enough = 0.95;
const patienceMs = 3 * smoothingMs;
const deploymentMs = 20_000;

/** Plays a trial with the reconciler as it ships; `tell` hears of everything that happens. */
export async function runTrial(trial: Trial, tell: (line: string) => void = () => undefined): Promise<TrialResult> {
  const { seed, kind, title, scenario } = trial;
  const clock = new VirtualClock(startMs);
  const source = standingSource(trial.fleet.files);
  const fleet = await emulated(trial, clock);
  let truth: ScenarioTruth | null = null;
  let beganMs = 0;
  const hosts = trial.fleet.sites.flatMap((site) => site.hosts);
  const conduct = () => truth?.conductAt(clock.nowMs() - beganMs) ?? [];
  const agents = new VirtualFleet({ fleet, hosts, clock, weather: trial.weather, conduct });
  const say = (message: string) => tell(`${((clock.nowMs() - beganMs) / 1000).toFixed(1)} s: ${message}`);
  const loop = new ReconcileLoop({
    ...{ source, triggers: [], schedule: () => neverTriggered, journal: emptyJournal(), fleet: agents, clock },
    metrics: uncounted,
    log: (level, message) => say(`${level}: ${message}`),
  });
  let late = { steps: 0, moves: 0 };
  loop.onPass(({ verdict, plan, outcomes }) => {
    if (outcomes.length === 0) return;
    const moves = plan?.steps.filter((step) => step.kind === 'move').length ?? 0;
    say(`${verdict}, ${outcomes.length} steps, ${moves} moves; ${fleet.throughputMbps().toFixed(1)} Mb/s`);
    const quietMs = (trial.changesMs.at(-1) ?? 0) + settledAfterMs;
    if (truth === null || clock.nowMs() < beganMs + quietMs) return;
    late = { steps: late.steps + outcomes.length, moves: late.moves + moves };
  });
  agents.start();
  await loop.start();
  await clock.run(startMs + deploymentMs);
  const idle = trial.fleet.vms.filter(({ name }) => fleet.runningOn(name).length !== 1);
  if (idle.length > 0) throw new Error(`seed ${seed}: ${idle.map(({ name }) => name).join(', ')} did not start`);
  beganMs = clock.nowMs();
  truth = fleet.play(scenario);
  const cuts: { a: string; b: string }[] = [];
  const known = { documents: validateFiles(trial.fleet.files).documents, truth, cuts };
  const checks: TrialResult['checks'] = [];
  for (const atMs of trial.changesMs) {
    if (atMs === changeMs && trial.cutsFastPath) {
      await clock.run(beganMs + atMs);
      cuts.push(...cutFastPath(trial, fleet, loop));
    }
    const [fromMs, toMs] = [atMs + patienceMs, atMs + patienceMs + smoothingMs];
    await clock.run(beganMs + fromMs);
    const before = fleet.deliveredMb();
    await clock.run(beganMs + toMs);
    const reachedMbps = ((fleet.deliveredMb() - before) / smoothingMs) * 1000;
    const best = oracleMbps({ ...known, hosts: agents.hosts() }, fromMs, toMs);
    checks.push({ reachedMbps, oracleMbps: best, ratio: reachedMbps / best });
    say(`reached ${reachedMbps.toFixed(1)} of ${best.toFixed(1)} Mb/s`);
  }
  await clock.run(beganMs + endMs);
  const stopped = loop.stop();
  await clock.run(clock.nowMs() + 60_000);
  await stopped;
  const ok = late.steps === 0 && checks.every(({ ratio }) => ratio >= enough);
  return { seed, kind, title, checks, lateSteps: late.steps, lateMoves: late.moves, ok };
}

async function emulated({ seed, fleet }: Trial, clock: VirtualClock): Promise<EmulatedFleet> {
  const inventory = await readInventory(standingSource(fleet.files));
  if (typeof inventory === 'string') throw new Error(inventory);
  const { resources, edges } = underlayOf(inventory.hosts, inventory.underlays);
  const lot = new Lot(-seed);
  const hosts = inventory.hosts.map(({ name, computeCores, internalMbps }) => {
    const clockError = { offsetMs: lot.whole(-5000, 5000), driftPpm: lot.between(-50, 50) };
    return { name, computeCores, internalMbps, clock: clockError };
  });
  const wren = { seed, deviation: 0.03, missed: 0.05 };
  return new EmulatedFleet({ hosts, resources, edges, seed, nowMs: () => clock.nowMs(), counterNoise: 0.02, wren });
}

/** Cuts a link that is no part of the star, if there is one, else some pair of hosts apart from the Proxy. */
function cutFastPath({ seed, fleet: { sites, proxy } }: Trial, fleet: EmulatedFleet, loop: ReconcileLoop) {
  const lot = new Lot(seed);
  const others = lot.shuffled(sites.flatMap(({ hosts }) => hosts).filter((host) => host !== proxy));
  const fast = loop.view().links.filter(({ a, b, star }) => !star && a !== proxy && b !== proxy);
  const { a, b } = fast.length > 0 ? lot.one(fast) : { a: others[0] ?? '', b: others[1] ?? '' };
  fleet.cutLink(a, b);
  return [{ a, b }];
}
