import { oneLine, round, score } from '../reconciler/adapters/journal-text.js';
import type { FlipLine, RejectedHost, Studied } from '../reconciler/pass/study/study.js';
import { valueText } from '../schema/objective/value-text.js';
import { columns, when } from './columns.js';

/**
 * What other hosts would have given a VM, those that are alike together; the better first.
 * @param recorded where the pass had it
 */
export function elsewhereLines(studied: Studied, recorded: string): string[] {
  if (studied.kind === 'unknown') return [oneLine(studied.reason)];
  const { host, hosts, hold } = studied;
  const differs =
    host === recorded ? [] : [`The pass decided for ${recorded}; decided again by this version it would be ${host}.`];
  const held = hold === null ? [] : [`${holds[hold.kind]}, until ${untilText(hold.untilMs)}.`];
  const groups = new Map<string, RejectedHost[]>();
  for (const each of [...hosts].sort(byWorth)) {
    const [what, because] = verdict(each);
    const key = `${what}\n${because}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const rows = [...groups].map(([key, list]) => [names(list), ...key.split('\n')]);
  return [...differs, `On ${host}: ${score(studied.score)}.`, ...held, ...columns(rows)];
}

/**
 * The smallest changes of what was observed with which the VM would be elsewhere.
 * @param before where it ran
 */
export function flipLines(studied: Studied, before: string | null): string[] {
  if (studied.kind === 'unknown') return [];
  if (studied.flips.length === 0)
    return ['No change of a single demand or capacity was found that would, up to 16 times as large or as small.'];
  return studied.flips.map(
    (flip) =>
      `If ${what(flip)}, ${change(flip)}, it would ${flip.host === before ? 'have stayed' : 'be'} on ${flip.host}.`,
  );
}

function untilText(untilMs: number): string {
  return Number.isFinite(untilMs) ? when(new Date(untilMs).toISOString()) : 'the next commit';
}

const holds = {
  cooldown: 'It was moved a moment ago and rests',
  'to-and-fro': 'It was moved to and fro too often and is held',
  limit: 'A ChangeLimit allows no more moves of it',
  others: 'Others move it again and again, so it is left to them',
  quarantine: 'What it was moved for was taken back, and it stays',
  suspended: 'It is suspended by annotation',
};

const order: Record<RejectedHost['kind'], number> = {
  ...{ 'not-worth-it': 0, 'as-good': 1, worse: 2, 'no-room': 3, 'passed-over': 4, excluded: 5 },
};

/** The better hosts first. */
function byWorth(a: RejectedHost, b: RejectedHost): number {
  const costs = (host: RejectedHost) =>
    'worseBy' in host ? [host.moreUnmetMbps, ...host.worseBy.map(({ value }) => value)] : [];
  const others = costs(b);
  const differences = costs(a).map((cost, place) => cost - (others[place] ?? cost));
  return order[a.kind] - order[b.kind] || (differences.find((difference) => difference !== 0) ?? 0);
}

/** What it would be like, and why. */
function verdict(host: RejectedHost): [string, string] {
  switch (host.kind) {
    case 'excluded':
      return ['not allowed', oneLine(host.reason)];
    case 'no-room':
      return ['no room', oneLine(host.reason)];
    case 'passed-over':
      return ['not tried', oneLine(host.reason)];
    case 'as-good':
      return ['as good', withOthers('nothing tells them apart', host)];
    case 'not-worth-it':
      return [`${percent(host.gain)} better`, withOthers('not enough for a move', host)];
    case 'worse': {
      const at = host.bottleneck === null ? '' : `limited by ${oneLine(host.bottleneck)}`;
      return [worse(host), withOthers(at, host)];
    }
  }
}

function worse({
  moreUnmetMbps,
  worseBy,
}: Pick<RejectedHost & { kind: 'worse' }, 'moreUnmetMbps' | 'worseBy'>): string {
  if (moreUnmetMbps > 0) return `${round(moreUnmetMbps)} Mb/s more unmet`;
  const rank = worseBy.findIndex(({ value }) => value !== 0);
  const by = worseBy[rank];
  return `${rank > 0 ? `tie-break ${rank}` : 'objective'} worse by ${by === undefined ? 0 : valueText(by, 2)}`;
}

function withOthers(text: string, { others }: { others: { vm: string; host: string }[] }): string {
  const shown = others.slice(0, 3).map(({ vm, host }) => `${vm} to ${host}`);
  const more = others.length > 3 ? ` and ${others.length - 3} more` : '';
  return others.length === 0
    ? text
    : `${text}${text === '' ? '' : '; '}it would take moving ${shown.join(', ')}${more}, too`;
}

function names(list: readonly RejectedHost[]): string {
  const shown = list.slice(0, 4).map(({ host }) => host);
  return list.length > 4 ? `${shown.join(', ')} and ${list.length - 4} more` : shown.join(', ');
}

function what({ what: seen, fromMbps, toMbps }: FlipLine): string {
  const [from, to] = [round(fromMbps), round(toMbps)];
  return seen.kind === 'demand'
    ? `${seen.source} wanted to send ${to} Mb/s to ${seen.destination} instead of ${from}`
    : `${oneLine(seen.resource)} carried ${to} Mb/s instead of ${from}`;
}

function change({ fromMbps, toMbps }: FlipLine): string {
  if (toMbps >= 2 * fromMbps) return `${round(toMbps / fromMbps)} times as much`;
  const share = toMbps / fromMbps - 1;
  return `${Math.round(Math.abs(share) * 100)} % ${share > 0 ? 'more' : 'less'}`;
}

function percent(share: number): string {
  return `${round(share * 100)} %`;
}
