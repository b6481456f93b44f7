import { lapsed } from '../../schema/adjusted-schedule.js';
import type { Change, Plan } from '../../schema/generated/types.js';
import { presets } from '../../schema/objective/read-objective.js';
import { valueText } from '../../schema/objective/value-text.js';
import { periodicText } from '../../schema/schedule.js';
import { scheduleText } from './schedule-text.js';
import { counted } from './switch-pairs.js';

/** Where a change is listed. */
export type Section = 'VMs' | 'Schedules' | 'Networks' | 'Links' | 'Paths' | 'Tables';

export interface Line {
  section: Section;
  /** Comes, goes, or becomes different. */
  sign: '+' | '-' | '~';
  text: string;
}

type Wording = { [K in Change['kind']]: (change: Extract<Change, { kind: K }>) => Line };

const networkWords = {
  join: ['+', 'joins'],
  update: ['~', 'gets other parameters of'],
  leave: ['-', 'leaves'],
} as const;

const wording: Wording = {
  'guest-start': ({ guest, host }) => ({ section: 'VMs', sign: '+', text: `start ${guest} on ${host}` }),
  'guest-move': ({ guest, from, to, seconds }) => {
    const took = seconds > 0 ? `, about ${rounded(seconds)} s` : '';
    return { section: 'VMs', sign: '~', text: `move ${guest} from ${from} to ${to}${took}` };
  },
  'guest-stop': ({ guest, host }) => ({ section: 'VMs', sign: '-', text: `stop ${guest} on ${host}` }),
  'guest-resize': ({ guest, host }) => ({ section: 'VMs', sign: '~', text: `resize ${guest} on ${host}` }),
  schedule: ({ guest, host, before, after }) => {
    if (after === null) return { section: 'Schedules', sign: '-', text: `${guest} on ${host}` };
    const was = before === null ? '' : `, was ${scheduleText(before)}`;
    const sign = before === null ? '+' : '~';
    return {
      section: 'Schedules',
      sign,
      text: `${guest} on ${host}: ${scheduleText(after)}${was}${lapse(before, after)}`,
    };
  },
  network: ({ network, host, action }) => {
    const [sign, verb] = networkWords[action];
    return { section: 'Networks', sign, text: `${host} ${verb} ${network}` };
  },
  neighbours: ({ network, hosts }) => {
    return {
      section: 'Networks',
      sign: '~',
      text: `${counted(hosts, 'host')} told other addresses of VMs on ${network}`,
    };
  },
  'link-add': ({ a, b, type, star, policy }) => {
    const by = policy === undefined ? '' : `, by LinkPolicy ${policy.name} (${policy.at})`;
    return { section: 'Links', sign: '+', text: `${a} to ${b} over ${type}${star ? ', star' : ''}${by}` };
  },
  'link-remove': ({ a, b, policy }) => {
    const by = policy === undefined ? '' : `, which LinkPolicy ${policy.name} (${policy.at}) does not permit`;
    return { section: 'Links', sign: '-', text: `${a} to ${b}${by}` };
  },
  path: ({ source, destination, before, after }) => {
    return { section: 'Paths', sign: '~', text: `${source} -> ${destination}: ${way(before)} => ${way(after)}` };
  },
  table: ({ host, set, removed }) => {
    return { section: 'Tables', sign: '~', text: `${host}: ${counted(set, 'rule')} set, ${removed} removed` };
  },
};

type Kept = NonNullable<Extract<Change, { kind: 'schedule' }>['before']>;

/** What a user chose, and what ends with a change of what is stated. */
function lapse(before: Kept | null, after: Kept): string {
  const chosen = before?.adjusted;
  if (before === null || chosen === undefined || lapsed(before, chosen) || !lapsed(after, chosen)) return '';
  const why = isStatedAlike(before, after) ? 'bounds exclude it' : 'another schedule is stated';
  return `; ${periodicText(chosen)}, which ${chosen.key} chose, lapses: ${why}`;
}

const isStatedAlike = (a: Kept, b: Kept) => a.periodUs === b.periodUs && a.sliceUs === b.sliceUs;

/** A change as one line for people. */
export function describe<K extends Change['kind']>(change: Extract<Change, { kind: K }>): Line {
  return (wording[change.kind as K] as (each: Extract<Change, { kind: K }>) => Line)(change);
}

/** What a plan amounts to: `2 VMs moved, 1 link added, 6 paths changed, in 5 steps`. */
export function summary({ changes, steps }: Plan): string {
  return `${amounts(changes).join(', ')}, in ${counted(steps.length, 'step')}`;
}

/** How many changes there are of each kind that there is: `2 VMs moved`, `1 link set up`. */
export function amounts(changes: readonly Change[]): string[] {
  const count = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length;
  const parts = [
    [count('guest-start'), 'VM', 'started'],
    [count('guest-move'), 'VM', 'moved'],
    [count('guest-stop'), 'VM', 'stopped'],
    [count('guest-resize'), 'VM', 'resized'],
    [count('schedule'), 'schedule', 'changed'],
    [count('network'), 'network membership', 'changed'],
    [count('neighbours'), 'address list', 'told'],
    [count('link-add'), 'link', 'set up'],
    [count('link-remove'), 'link', 'taken down'],
    [count('path'), 'path', 'changed'],
    [count('table'), 'forwarding table', 'put right'],
  ] as const;
  return parts.filter(([number]) => number > 0).map(([number, noun, verb]) => `${counted(number, noun)} ${verb}`);
}

export const nothing = 'No changes: the fleet is as it should be.';

/** The figures of a decision: name, before, after, the best possible. */
export function scores({ decision: { before, after, bound } }: Plan): [string, string, string, string][] {
  const best = bound.objective ? valueText(bound.objective) : '-';
  const tieBreaks = after.tieBreaks ?? [];
  return [
    ['unmet demand', before ? mbps(before.unmetMbps) : '-', mbps(after.unmetMbps), mbps(bound.unmetMbps)],
    ['objective', before ? valueText(before.objective) : '-', valueText(after.objective), best],
    ...tieBreaks.map((value, place): [string, string, string, string] => {
      const former = before?.tieBreaks?.[place];
      return [`tie-break ${place + 1}`, former ? valueText(former) : '-', valueText(value), '-'];
    }),
  ];
}

/** What a decision strives for: `Strives to minimise max(pathLatency), then to ...`; nothing where that is what a level means. */
export function aim({ decision: { objective } }: Plan): string[] {
  const [first, ...tieBreaks] = objective;
  const isUsual = Object.values(presets).some((preset) => preset === first?.expression);
  if (isUsual && tieBreaks.length === 0) return [];
  const goals = objective.map(({ goal, expression }) => `to ${goal} ${expression.trim().replace(/\s+/g, ' ')}`);
  return [`Strives ${goals.join(', then ')}.`];
}

const verdicts: Record<Plan['decision']['verdict'], string> = { adapt: 'Adapt', keep: 'Keep' };

/** What kind of decision it is. */
export function verdictText({ verdict, back }: Plan['decision']): string {
  return back === undefined ? verdicts[verdict] : 'Go back';
}

function way(hosts: readonly string[]): string {
  return hosts.length > 0 ? hosts.join(', ') : 'nowhere';
}

export function mbps(value: number): string {
  return `${rounded(value)} Mb/s`;
}

/** One decimal at most, and no minus before a zero. */
function rounded(value: number): string {
  return String(Math.round(value * 10) / 10 + 0);
}
