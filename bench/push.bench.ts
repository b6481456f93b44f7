// From the end of `git push` to a converged fleet: a real repository, the real reconciler in a process of its own, a hundred emulated
// hosts with their agents over the real wire. PUSHES=40 pushes so often, PUSH_ITERATIONS=2000
// searches so long, PUSH_VERBOSE=1 tells of each pass.
import type { Figure } from './figure.js';
import { median, percentile } from './push/percentiles.js';
import { type Pushed, playPushes } from './push/play-pushes.js';

const pushes = Number(process.env.PUSHES ?? 24);
const targetMs = 2000;

export async function run(): Promise<Figure[]> {
  const { pushed, secondsByStep } = await playPushes(pushes);
  for (const each of pushed)
    console.error(
      `${each.kind}: applied after ${each.appliedMs ?? '-'} ms, converged after ${each.convergedMs} ms, ${each.steps} steps`,
    );
  const told = (name: string, value: number, unit: string): Figure => ({ name, value, unit, target: '', ok: true });
  const steps = Object.entries(secondsByStep).map(([step, seconds]) =>
    told(`of that, ${step}`, (1000 * seconds) / pushed.length, 'ms per push'),
  );
  const planned = pushed.filter(({ steps }) => steps > 0).length;
  return [
    { name: 'pushes', value: pushed.length, unit: '', target: '>= 20', ok: pushed.length >= 20 },
    { name: 'pushes with something to change', value: planned, unit: '', target: '>= 10', ok: planned >= 10 },
    ...distribution('all', pushed),
    ...distribution(
      'a VM has to be elsewhere',
      pushed.filter(({ kind }) => kind === 'move'),
    ),
    ...distribution(
      'another objective',
      pushed.filter(({ kind }) => kind === 'objective'),
    ),
    ...steps,
  ];
}

function distribution(name: string, pushed: readonly Pushed[]): Figure[] {
  const times = pushed.map(({ convergedMs }) => convergedMs);
  const at = (share: number): Figure => {
    return {
      name: `push to converged, ${name}, p${share}`,
      value: percentile(times, share),
      unit: 'ms',
      target: '',
      ok: true,
    };
  };
  const value = median(times);
  const middle = {
    name: `push to converged, ${name}, median`,
    value,
    unit: 'ms',
    target: `< ${targetMs}`,
    ok: value < targetMs,
  };
  return [middle, at(10), at(90), at(100)];
}
