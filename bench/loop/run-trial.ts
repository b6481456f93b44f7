import { EmulatedFleet } from '../../agents/emulated/emulated-fleet.js';
import { throughputBetween } from '../../agents/emulated/program-runs.js';
import type { ScenarioTruth } from '../../agents/emulated/scenario-truth.js';
import { readInventory } from '../../cli/inventory.js';
import { AdmissionThreads } from '../../reconciler/adapters/admission-threads.js';
import { CronCalendar } from '../../reconciler/adapters/cron.js';
import { ReconcileLoop } from '../../reconciler/loop.js';
import type { Snapshot } from '../../reconciler/model/snapshot.js';
import { underlayOf } from '../../reconciler/model/underlay.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { busiest } from './busiest.js';
import { smoothingMs } from './drawn-fleet.js';
import { type Act, actMs, lastActMs, settledAfterMs, type Trial } from './drawn-trial.js';
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
  checks: Check[];
  /** Steps of plans that were applied after the fleet had settled. */
  lateSteps: number;
  lateMoves: number;
  /** Whether every check reached enough, and the fleet came to rest. */
  ok: boolean;
}

/** Three smoothing intervals after a change: what the applications get, what the oracle would give them, and the part it is. */
interface Check {
  reachedMbps: number;
  oracleMbps: number;
  ratio: number;
  /** The part that it was right after the change. */
  ratioBefore: number;
}

const startMs = Date.parse('2026-03-01T12:00:00Z');
export const enough = 0.95;
const patienceMs = 3 * smoothingMs;
const deploymentMs = 20_000;
/** What a change has done shows within this time, before anything can be done about it. */
const shockMs = [2000, 6000] as const;

/** Plays a trial with the reconciler as it ships; `tell` hears of everything that happens. */
export async function runTrial(trial: Trial, tell: (line: string) => void = () => undefined): Promise<TrialResult> {
  const play = await Play.open(trial, tell);
  const checks = [await play.act(trial.first)];
  let last = trial.first;
  if (trial.second) {
    last = trial.second(play.busiest());
    checks.push(await play.act(last));
  }
  const late = await play.end();
  const ok = late.steps === 0 && checks.every(({ ratio }) => ratio >= enough);
  const title = trial.second ? `${trial.first.title}, then ${last.title}` : last.title;
  return { seed: trial.seed, kind: trial.kind, title, checks, lateSteps: late.steps, lateMoves: late.moves, ok };
}

class Play {
  readonly #trial: Trial;
  readonly #inventory: Snapshot;
  readonly #clock: VirtualClock;
  readonly #fleet: EmulatedFleet;
  readonly #agents: VirtualFleet;
  readonly #loop: ReconcileLoop;
  readonly #tell: (line: string) => void;
  /** The act that is on. */
  #truth: ScenarioTruth | null = null;
  #beganMs = startMs;
  #restsFromMs = 0;
  readonly #late = { steps: 0, moves: 0 };

  private constructor(trial: Trial, inventory: Snapshot, tell: (line: string) => void) {
    this.#trial = trial;
    this.#inventory = inventory;
    this.#tell = tell;
    this.#clock = new VirtualClock(startMs);
    this.#fleet = emulated(trial.seed, inventory, this.#clock);
    this.#agents = new VirtualFleet({
      fleet: this.#fleet,
      hosts: inventory.hosts.map(({ name }) => name),
      clock: this.#clock,
      weather: trial.weather,
      conduct: () => this.#truth?.conductAt(this.#sinceMs()) ?? [],
    });
    this.#loop = new ReconcileLoop({
      source: standingSource(trial.fleet.files),
      triggers: [],
      calendar: new CronCalendar(),
      schedule: () => neverTriggered,
      journal: emptyJournal(),
      admission: new AdmissionThreads(),
      fleet: this.#agents,
      clock: this.#clock,
      random: () => 0,
      metrics: uncounted,
      log: (level, message) => this.#say(`${level}: ${message}`),
    });
  }

  /** A fleet on which all VMs run. */
  static async open(trial: Trial, tell: (line: string) => void): Promise<Play> {
    const inventory = await readInventory(standingSource(trial.fleet.files));
    if (typeof inventory === 'string') throw new Error(inventory);
    const play = new Play(trial, inventory, tell);
    await play.#deploy();
    return play;
  }

  busiest() {
    return busiest(this.#fleet, this.#inventory, this.#trial.fleet.proxy, this.#loop.view().links);
  }

  /** Plays an act until another one could begin. */
  async act({ title, scenario }: Act): Promise<Check> {
    this.#beganMs = this.#clock.nowMs();
    this.#say(title);
    const truth = this.#fleet.play(scenario);
    this.#truth = truth;
    const changedMs = Math.max(...scenario.applications.map(({ fromMs }) => fromMs));
    this.#restsFromMs = changedMs + settledAfterMs;
    const span = async (fromMs: number, toMs: number) => {
      const reachedMbps = await this.#reachedMbps(changedMs + fromMs, changedMs + toMs);
      const known = { documents: validateFiles(this.#trial.fleet.files).documents, truth, hosts: this.#agents.hosts() };
      const best = oracleMbps(known, changedMs + fromMs, changedMs + toMs);
      return { reachedMbps, oracleMbps: best, ratio: reachedMbps / best };
    };
    const before = await span(...shockMs);
    const after = await span(patienceMs, patienceMs + smoothingMs);
    this.#say(`reached ${after.reachedMbps.toFixed(1)} of ${after.oracleMbps.toFixed(1)} Mb/s`);
    await this.#clock.run(this.#beganMs + actMs);
    return { ...after, ratioBefore: before.ratio };
  }

  /** Lets the last act go on, and tells what was done after the fleet had settled. */
  async end(): Promise<{ steps: number; moves: number }> {
    await this.#clock.run(this.#beganMs + lastActMs);
    const late = { ...this.#late };
    const stopped = this.#loop.stop();
    await this.#clock.run(this.#clock.nowMs() + 60_000);
    await stopped;
    return late;
  }

  async #deploy(): Promise<void> {
    this.#loop.onPass(({ verdict, plan, outcomes }) => {
      if (outcomes.length === 0) return;
      const moves = plan?.steps.filter((step) => step.kind === 'move').length ?? 0;
      this.#say(
        `${verdict}, ${outcomes.length} steps, ${moves} moves; ${this.#fleet.throughputMbps().toFixed(1)} Mb/s`,
      );
      if (this.#truth === null || this.#sinceMs() < this.#restsFromMs) return;
      this.#late.steps += outcomes.length;
      this.#late.moves += moves;
    });
    this.#agents.start();
    await this.#loop.start();
    await this.#clock.run(startMs + deploymentMs);
    const idle = this.#trial.fleet.vms.filter(({ name }) => this.#fleet.runningOn(name).length !== 1);
    if (idle.length > 0) throw new Error(`${idle.map(({ name }) => name).join(', ')} did not start`);
  }

  async #reachedMbps(fromMs: number, toMs: number): Promise<number> {
    await this.#clock.run(this.#beganMs + fromMs);
    const before = this.#fleet.progress();
    await this.#clock.run(this.#beganMs + toMs);
    return throughputBetween(before, this.#fleet.progress());
  }

  #sinceMs(): number {
    return this.#clock.nowMs() - this.#beganMs;
  }

  #say(message: string): void {
    this.#tell(`${(this.#sinceMs() / 1000).toFixed(1)} s: ${message}`);
  }
}

function emulated(seed: number, inventory: Snapshot, clock: VirtualClock): EmulatedFleet {
  const { resources, edges } = underlayOf(inventory.hosts, inventory.underlays);
  const lot = new Lot(-seed);
  const hosts = inventory.hosts.map(({ name, computeCores, internalMbps }) => {
    const clockError = { offsetMs: lot.whole(-5000, 5000), driftPpm: lot.between(-50, 50) };
    return { name, computeCores, internalMbps, clock: clockError };
  });
  const wren = { seed, deviation: 0.03, missed: 0.05 };
  return new EmulatedFleet({ hosts, resources, edges, seed, nowMs: () => clock.nowMs(), counterNoise: 0.02, wren });
}
