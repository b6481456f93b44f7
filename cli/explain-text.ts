import { type GuestChange, inWords } from '../reconciler/adapters/journal-facts.js';
import { oneLine, round, score } from '../reconciler/adapters/journal-text.js';
import type { Condition, DemandLine, PathLine } from '../schema/generated/types.js';
import { columns, when } from './columns.js';
import type { HostExplanation } from './explain-host.js';
import type { LinkExplanation } from './explain-link.js';
import type { Cause, PassReference, VmExplanation } from './explain-vm.js';
import { shortSource } from './history.js';
import { elsewhereLines, flipLines } from './study-text.js';

/** A heading and the lines below it; nothing without lines. */
type Section = [heading: string, lines: string[]];

export function vmText(explained: VmExplanation): string {
  const { name, host, cause, asOf } = explained;
  const first = `${name} ${host === null ? 'runs nowhere' : `runs on ${host}`}, as of ${passed(asOf)}.`;
  return page(first, [
    ['How it came there', cause === null ? [unknownCause(host)] : causeLines(cause, host)],
    ['Why', cause === null ? [] : whyLines(cause)],
    ['Its demands when that was decided', cause === null ? [] : demandLines(name, cause.demands)],
    ['How its frames travel since then', cause === null ? [] : pathLines(name, cause.paths)],
    ['Since then', sinceLines(explained)],
    ...studySections(explained.study),
    ['Conditions', conditionLines(explained.conditions)],
    ['Look further', cause === null ? [] : [`git show ${cause.commit}:plan.md`]],
  ]);
}

function studySections(found: VmExplanation['study']): Section[] {
  if (found === null) return [];
  return [
    [`Why not elsewhere, as ${passed(found)} saw it`, elsewhereLines(found.studied, found.recorded)],
    ['What would have changed that', flipLines(found.studied, found.before)],
  ];
}

export function hostText(explained: HostExplanation): string {
  const { name, guests, asOf, lastChange } = explained;
  const names = guests.map(({ vm }) => vm).join(', ');
  return page(`${name} holds ${names || 'no VM'}, as of ${passed(asOf)}.`, [
    [
      'How its VMs came there',
      columns(
        guests.map(({ vm, cause }) => [
          vm,
          cause === null ? 'was there before the journal began' : `${origin(cause.change)} by ${passed(cause)}`,
        ]),
      ),
    ],
    [
      'Last change',
      lastChange === null
        ? ['No recorded pass has changed it.']
        : [
            `${sentence(passed(lastChange))}:`,
            ...lastChange.steps.map((title) => `- ${oneLine(title)}`),
            oneLine(lastChange.reason),
          ],
    ],
    ['Conditions', conditionLines(explained.conditions)],
    ['Look further', lastChange === null ? [] : [`git show ${lastChange.commit}:plan.md`]],
  ]);
}

export function linkText({ name, asOf, studied, conditions }: LinkExplanation): string {
  const { sites, policy, chosen, inEffect, types, message } = studied;
  const is = inEffect === null ? 'is not there' : `is of type ${inEffect}`;
  const shall = chosen === inEffect ? '' : chosen === null ? ', and shall not be' : `, and shall be of type ${chosen}`;
  const [a, b] = sites;
  return page(
    `${name} (${a === b ? `within site ${a}` : `sites ${a} and ${b}`}) ${is}${shall}, as of ${passed(asOf)}.`,
    [
      [
        'Which policy decides',
        policy === null
          ? ['No LinkPolicy speaks of these sites: the path is crossed as its Network says.']
          : [
              `LinkPolicy ${policy.name}, written at ${policy.at}. It speaks of links ${policy.speaksOf}.`,
              `It says: ${policy.says}.`,
              ...(policy.reason === null ? [] : [`Its reason: ${policy.reason}`]),
            ],
      ],
      ['Types', columns(types.map(({ type, verdict, why }) => [type, verdict.replace('-', ' '), oneLine(why)]))],
      ['Why there is none', message === null ? [] : [`${sentence(oneLine(message))}`]],
      ['Conditions', conditionLines(conditions)],
    ],
  );
}

function page(first: string, sections: Section[]): string {
  const shown = sections.filter(([, lines]) => lines.length > 0);
  return [first, ...shown.flatMap(([heading, lines]) => ['', heading, ...lines.map((line) => `  ${line}`)]), ''].join(
    '\n',
  );
}

function unknownCause(host: string | null): string {
  return host === null ? 'No recorded pass has started it.' : 'It was there before the journal began.';
}

function causeLines(cause: Cause, host: string | null): string[] {
  const { change, step, steps, tookMs } = cause;
  const meant = change.kind === 'guest-stop' ? null : change.kind === 'guest-move' ? change.to : change.host;
  const lines = [
    `${sentence(passed(cause))} ${inWords(change)}${change.kind === 'guest-move' ? `, from ${change.from}` : ''}, in step ${step} of ${steps}; that took ${round(tookMs / 1000)} s.`,
    `The pass was asked for by: ${oneLine(cause.trigger)}. Documents: ${shortSource(cause.source)}.`,
  ];
  if (meant === host) return lines;
  return [
    ...lines,
    'It was seen elsewhere afterwards, and no recorded pass did that: somebody else moved, started or stopped it.',
  ];
}

function whyLines(cause: Cause): string[] {
  return [
    oneLine(cause.reason),
    ...columns([
      ['before', score(cause.before)],
      ['after', score(cause.after)],
      ['bound', `${score(cause.bound)}; nothing can be better`],
    ]),
    `Found by ${oneLine(cause.algorithm)}, on ${cause.capacities} capacities.`,
  ];
}

const origins: Record<DemandLine['origin'], string> = {
  observed: 'observed',
  'at-least': 'at least, the network held it back',
  remembered: 'remembered from when it was not held back',
  declared: 'declared by the operator',
};

function demandLines(name: string, demands: DemandLine[]): string[] {
  if (demands.length === 0) return ['None.'];
  return columns(
    demands.map((line) => [...peer(name, line), `${round(line.rateMbps)} Mb/s`, origins[line.origin]]),
    [2],
  );
}

function pathLines(name: string, paths: PathLine[]): string[] {
  return columns(
    paths.map((line) => [
      ...peer(name, line),
      line.hosts.join(' -> '),
      `${round(line.residualMbps)} Mb/s left at ${oneLine(line.bottleneck)}`,
    ]),
  );
}

function peer(name: string, line: { source: string; destination: string }): [string, string] {
  return line.source === name ? ['to', line.destination] : ['from', line.source];
}

function sinceLines({ passesSince, confirmed, attempt, cause }: VmExplanation): string[] {
  if (passesSince === 0) return [];
  const count = passesSince === 1 ? 'One pass' : `${passesSince} passes`;
  const lines = [`${count} did or refused something${cause === null ? '' : '; none moved it'}.`];
  if (confirmed !== null) lines.push(`${sentence(passed(confirmed))} left it there: ${oneLine(confirmed.reason)}`);
  if (attempt !== null)
    lines.push(`${sentence(passed(attempt))} would have ${inWords(attempt.change)}, but ${oneLine(attempt.message)}`);
  return lines;
}

function conditionLines(conditions: Condition[]): string[] {
  return columns(
    conditions.map((c) => [
      `${c.type}: ${c.status}`,
      `since ${when(c.lastTransitionTime)}`,
      c.reason,
      oneLine(c.message),
    ]),
  );
}

function origin(change: GuestChange): string {
  return change.kind === 'guest-move' ? `moved from ${change.from}` : 'started';
}

function passed({ pass, at }: PassReference): string {
  return `pass ${pass} (${when(at)})`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
