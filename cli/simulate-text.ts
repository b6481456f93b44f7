import { mbps } from '../reconciler/plan/wording.js';
import type { Score } from '../schema/generated/types.js';
import { valueText } from '../schema/objective/value-text.js';
import { printable } from '../schema/validate/render.js';
import { abridged, duration } from './abridged.js';
import { columns, when } from './columns.js';
import type { Simulation } from './simulate-replay.js';
import type { Flap, Tally } from './simulate-tally.js';

const mostRows = 60;
const mostFlaps = 20;

/** A simulation for a terminal. */
export function simulationText(simulation: Simulation): string {
  const { candidate, instants, fromMs, toMs } = simulation;
  const name = printable(candidate.name);
  const span = `${at(fromMs)} to ${at(toMs)}, ${duration(toMs - fromMs)}`;
  const blocks = [
    [`What ${name} would have done with ${counted(instants.length, 'observation')}: ${span}.`],
    totals(simulation, name),
    ['To and fro', ...flapLines(simulation, name)],
    ['Over time, after each pass', ...abridged(overTime(simulation, name), mostRows, 'observations')],
    refusals(simulation, name),
    ['What this cannot tell', ...limits(simulation).map((line) => `  ${line}`)],
  ];
  return `${blocks
    .filter((block) => block.length > 1 || block === blocks[0])
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function totals({ totals: { happened, candidate }, instants }: Simulation, name: string): string[] {
  const unit = instants.flatMap((each) => each.candidate.score ?? each.happened.score ?? [])[0]?.objective.unit;
  const value = (mean: number | null) => (mean === null || unit === undefined ? '-' : valueText({ value: mean, unit }));
  const row = (what: string, told: (tally: Tally) => string) => [what, told(happened), told(candidate)];
  const rows = [
    ['', 'happened', name],
    row('VMs moved', ({ moves }) => String(moves)),
    row('  a day', ({ movesPerDay }) => (movesPerDay === null ? '-' : String(movesPerDay))),
    row('  to and fro', ({ flaps }) => String(flaps.length)),
    row('links set up', ({ linksAdded }) => String(linksAdded)),
    row('links taken down', ({ linksRemoved }) => String(linksRemoved)),
    row('unmet demand, mean', ({ meanUnmetMbps }) => (meanUnmetMbps === null ? '-' : mbps(meanUnmetMbps))),
    row('objective, mean', ({ meanObjective }) => value(meanObjective)),
  ];
  return columns(rows, [1, 2]).map((line) => `  ${line}`.trimEnd());
}

function flapLines({ totals: { happened, candidate } }: Simulation, name: string): string[] {
  const line = (who: string) => (flap: Flap) => {
    const { vm, host, away, leftAtMs, backAtMs } = flap;
    return `  ${at(backAtMs)}  ${vm}: ${host}, ${away}, ${host} within ${duration(backAtMs - leftAtMs)} (${who})`;
  };
  const lines = [...happened.flaps.map(line('happened')), ...candidate.flaps.map(line(name))].sort();
  return abridged(lines, mostFlaps, 'of them');
}

function overTime({ instants }: Simulation, name: string): string[] {
  const cells = (score: Score | null) =>
    score === null ? ['-', '-'] : [mbps(score.unmetMbps), valueText(score.objective)];
  const head = [
    'WHEN',
    'ENTRY',
    'HAPPENED',
    'UNMET',
    'OBJECTIVE',
    'MOVED',
    name.toUpperCase(),
    'UNMET',
    'OBJECTIVE',
    'MOVED',
  ];
  const rows = instants.map(({ atMs, entry, happened, candidate }) => [
    ...[at(atMs), String(entry), happened.verdict, ...cells(happened.score), String(happened.moves)],
    ...[candidate.kind, ...cells(candidate.score), String(candidate.moves)],
  ]);
  return columns([head, ...rows], [1, 3, 4, 5, 7, 8, 9]).map((line) => `  ${line}`);
}

/** Why there was no plan, each reason once. */
function refusals({ instants }: Simulation, name: string): string[] {
  const messages = [...new Set(instants.flatMap(({ candidate: { message } }) => (message === '' ? [] : [message])))];
  if (messages.length === 0) return [];
  return [`Why ${name} came to no plan`, ...messages.slice(0, 10).map((message) => `  ${printable(message)}`)];
}

function limits({ demands: { count, censored }, longestGapMs }: Simulation): string[] {
  return [
    'Demands were measured with VMs where they were: elsewhere, applications might have sent more or less.',
    `${censored} of ${counted(count, 'demand')} are lower bounds, because the network held them back: what they would have gained is told too low.`,
    'What paths give was measured where traffic went, and with that traffic.',
    `Between two observations nothing is known; the longest gap is ${duration(longestGapMs)}.`,
    'Every step succeeds at once, and nobody else changes the fleet or a schedule.',
  ];
}

function at(ms: number): string {
  return when(new Date(ms).toISOString());
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
