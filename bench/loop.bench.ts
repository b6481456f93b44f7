// The closed loop against an oracle, in virtual time. LOOP_SEED=7 plays one scenario alone and tells what happens in it;
// LOOP_SCENARIOS=20 plays the first so many; LOOP_FIRST_SEED=1001 begins there, with scenarios that nothing was chosen on.
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.js';
import { drawTrial, trialKinds } from './loop/drawn-trial.js';
import { enough, runTrial, type TrialResult } from './loop/run-trial.js';

const scenarios = Number(process.env.LOOP_SCENARIOS ?? 200);
const firstSeed = Number(process.env.LOOP_FIRST_SEED ?? 1);
const single = process.env.LOOP_SEED;

/** How near the loop comes to what could be known only with all knowledge, and whether it comes to rest. */
export async function run(): Promise<Figure[]> {
  if (single !== undefined) return figures([await told(Number(single))]);
  const seeds = Array.from({ length: scenarios }, (_, i) => firstSeed + i);
  return figures(await playAll(seeds));
}

async function told(seed: number): Promise<TrialResult> {
  const trial = drawTrial(seed);
  console.error(trial.kind);
  return runTrial(trial, (message) => console.error(message));
}

async function playAll(seeds: readonly number[]): Promise<TrialResult[]> {
  const left = [...seeds];
  const results: TrialResult[] = [];
  await Promise.all(Array.from({ length: availableParallelism() }, () => playFrom(left, results)));
  return results.sort((a, b) => a.seed - b.seed);
}

/** One process, until none is left. */
function playFrom(left: number[], results: TrialResult[]): Promise<void> {
  const program = fileURLToPath(new URL('./loop/trial-process.ts', import.meta.url));
  const child = fork(program, { execArgv: process.execArgv });
  const next = () => {
    const seed = left.shift();
    if (seed === undefined) child.disconnect();
    else child.send(seed);
  };
  return new Promise((resolve, reject) => {
    child.on('message', (result) => {
      const played = result as TrialResult;
      results.push(played);
      if (!played.ok) console.error(line(played));
      next();
    });
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error('a trial broke off; see above'))));
    next();
  });
}

function figures(results: readonly TrialResult[]): Figure[] {
  const all = (name: string, value: number): Figure => ({ name, value, unit: '', target: '= 1', ok: value === 1 });
  const info = (name: string, value: number): Figure => ({ name, value, unit: '', target: '', ok: true });
  const share = (list: readonly TrialResult[], holds: (result: TrialResult) => boolean) =>
    list.filter(holds).length / list.length;
  const reaches = ({ checks }: TrialResult) => checks.every(({ ratio }) => ratio >= enough);
  const needsIt = ({ checks }: TrialResult) => (checks.at(-1)?.ratioBefore ?? 1) < enough;
  const rests = ({ lateSteps }: TrialResult) => lateSteps === 0;
  const lowest = (result: TrialResult) => Math.min(...result.checks.map(({ ratio }) => ratio));
  const worst = results.reduce((a, b) => (lowest(b) < lowest(a) ? b : a));
  const kinds = trialKinds.flatMap((kind): Figure[] => {
    const list = results.filter((result) => result.kind === kind);
    return list.length === 0
      ? []
      : [
          all(
            `share that hold, ${kind} (${list.length})`,
            share(list, ({ ok }) => ok),
          ),
        ];
  });
  const worstName = `lowest share of the oracle's throughput (seed ${worst.seed}, ${worst.kind})`;
  return [
    all('scenarios that reach 95 % of the oracle in 3 smoothing intervals, share', share(results, reaches)),
    all('scenarios without a step after settling, share', share(results, rests)),
    ...kinds,
    { name: worstName, value: lowest(worst), unit: '', target: '>= 0.95', ok: lowest(worst) >= 0.95 },
    info('share in which the last change had taken more than 5 % of the throughput', share(results, needsIt)),
    {
      name: 'scenarios',
      value: results.length,
      unit: '',
      target: '>= 200',
      ok: results.length >= 200 || single !== undefined,
    },
  ];
}

function line({ seed, kind, title, checks, lateSteps, lateMoves }: TrialResult): string {
  const ratios = checks.map(({ ratio, ratioBefore }) => `${ratioBefore.toFixed(2)} -> ${ratio.toFixed(3)}`).join(', ');
  return `seed ${seed}, ${kind}: ${ratios}; late: ${lateSteps} steps, ${lateMoves} moves; ${title}`;
}
