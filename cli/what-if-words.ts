import { amounts, mbps } from '../reconciler/plan/wording.js';
import type { Change, Diagnostic, Score } from '../schema/generated/types.js';
import { valueText } from '../schema/objective/value-text.js';
import { duration } from './abridged.js';
import { when } from './columns.js';
import type { WhatIf } from './what-if.js';
import type { Side, Work } from './what-if-side.js';

/** What it comes to, in a sentence. */
export function headline({ base, head, changes, findings }: WhatIf): string {
  switch (head.kind) {
    case 'invalid':
      return `${head.ref} has mistakes, and would not take effect.`;
    case 'infeasible':
      return `No placement satisfies what ${head.ref} asks for.`;
    case 'unsafe':
      return `What ${head.ref} asks for would not be applied: a limit forbids it, or no order of steps is safe.`;
    case 'not-decided':
      return 'What it would do to the fleet cannot be told.';
    case 'planned':
      break;
  }
  if (findings.isDenied) return `Rules deny ${head.ref}.`;
  const said = amounts(changes);
  const than = base.kind === 'planned' ? `what ${base.ref} does` : 'the fleet as it is';
  if (said.length === 0)
    return base.kind === 'planned' ? `The fleet comes out as by ${base.ref}.` : 'Nothing of the fleet changes.';
  return `Other than ${than}: ${said.join(', ')}.`;
}

/** Why there is no plan of the head, where there is none. */
export function trouble({ head }: WhatIf): string {
  return head.kind === 'planned' ? '' : head.message;
}

/** Where the observation is from, and how old it is. */
export function basis({ observation }: WhatIf): string {
  if (observation === null) return '';
  const { from, atMs, ageMs } = observation;
  return `Planned upon what was observed at ${when(new Date(atMs).toISOString())} (${from}), ${duration(ageMs)} before.`;
}

/** Head and rows of the figures: what, now, by the base, by the head. */
export function figures(whatIf: WhatIf): { head: string[]; rows: string[][] } {
  const { base, head, scores } = whatIf;
  if (head.kind !== 'planned') return { head: [], rows: [] };
  const ranks = (score: Score | null) => (score === null ? [] : [score.objective, ...(score.tieBreaks ?? [])]);
  const [now, by, is] = [ranks(scores.now), ranks(scores.base), ranks(scores.head)];
  const unmet = (score: Score | null) => (score === null ? '-' : mbps(score.unmetMbps));
  const work = (name: string, what: (work: Work) => string, ofNone: string): string[][] => {
    const cells = [base, head].map((side) => (side.kind === 'planned' ? what(side.work) : '-'));
    return cells.every((cell) => cell === ofNone || cell === '-') ? [] : [[name, '', ...cells]];
  };
  const { bound } = head.plan.decision;
  return {
    head: ['', 'now', base.ref, head.ref],
    rows: [
      ['unmet demand', unmet(scores.now), unmet(scores.base), unmet(scores.head)],
      ...is.map((value, rank) => {
        const [was, other] = [now[rank], by[rank]];
        const name = rank === 0 ? 'objective' : `tie-break ${rank}`;
        return [name, was ? valueText(was) : '-', other ? valueText(other) : '-', valueText(value)];
      }),
      ...(bound.objective === null ? [] : [['best possible', '', '', valueText(bound.objective)]]),
      ...work('demands that fall short', ({ overloaded }) => String(overloaded.length), '0'),
      ...work('VMs moved', ({ moves }) => String(moves), '0'),
      ...work('time of migrations', ({ migrationSeconds }) => `${migrationSeconds} s`, '0 s'),
      ...work('VMs started, stopped', ({ starts, stops }) => `${starts}, ${stops}`, '0, 0'),
      ...work('links set up, taken down', ({ linksAdded, linksRemoved }) => `${linksAdded}, ${linksRemoved}`, '0, 0'),
      ...work('rules set, removed', ({ rulesSet, rulesRemoved }) => `${rulesSet}, ${rulesRemoved}`, '0, 0'),
      ...work('schedules changed', ({ schedules }) => String(schedules), '0'),
    ],
  };
}

/** Head and rows of where VMs would be. */
export function places({ base, head, placement }: WhatIf): { head: string[]; rows: string[][] } {
  const name = (host: string | null) => host ?? '-';
  return {
    head: ['VM', 'now', base.ref, head.ref],
    rows: placement.map((each) => [each.vm, name(each.now), name(each.base), name(each.head)]),
  };
}

/** VMs are told by where they are. */
export function isOfPlacement({ kind }: Change): boolean {
  return kind === 'guest-move' || kind === 'guest-start' || kind === 'guest-stop';
}

/** Changes of documents: where, which field, and what it was and is. */
export function documentRows({ documents }: WhatIf): string[][] {
  const text = (value: unknown) => (value === undefined ? 'not there' : JSON.stringify(value));
  return documents.map(({ kind, name, field, before, after, place }) => {
    const at = `${place.filename}:${place.line}`;
    if (field === '') return [`${kind} ${name}`, place.commit === 'after' ? 'is new' : 'is gone', '', '', at];
    return [`${kind} ${name}`, field, text(before), text(after), at];
  });
}

/** Demands of the head's plan that do not get all that they ask for. */
export function shortfalls({ head }: WhatIf): string[][] {
  if (head.kind !== 'planned') return [];
  return head.work.overloaded.map(({ source, destination, hosts, residualMbps, bottleneck }) => {
    return [`${source} -> ${destination}`, hosts.join(', '), mbps(-residualMbps), bottleneck];
  });
}

export function place({ range }: Diagnostic): string {
  return `${range.filename}:${range.start.line}:${range.start.column}`;
}

/** A commit in short. */
export function short({ ref, commit }: Side): string {
  return ref === commit ? commit.slice(0, 12) : `${ref} (${commit.slice(0, 12)})`;
}
