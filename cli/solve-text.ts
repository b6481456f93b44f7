import type { PlacementProblem, RankValue, Solved } from '../schema/generated/types.js';
import { columns } from './columns.js';

/** More rows of one kind are counted. */
const maxRows = 40;

/** An answer for people: what it is worth, how good that is, who moves where, and which links are used. */
export function solutionText(file: PlacementProblem, answer: Solved): string {
  const demands = file.demands ?? [];
  const totalMbps = demands.reduce((sum, { rateMbps }) => sum + rateMbps, 0);
  const counts = [
    counted(file.hosts.length, 'host'),
    counted(file.vms.length, 'VM'),
    counted(demands.length, 'demand'),
  ];
  const title = `${printable(file.name ?? 'problem')}: ${counts.join(', ')} (${number(totalMbps)} Mb/s)`;
  return `${[title, '', ...worth(answer, totalMbps), '', ...placement(answer), ...links(answer, file)].join('\n')}\n`;
}

function worth(answer: Solved, totalMbps: number): string[] {
  const { objective, unmetMbps, before } = answer;
  const now = (value: number | undefined) => (value === undefined ? '' : `now ${number(value)}`);
  const rows = [
    ['unmet', 'minimise', number(unmetMbps), `of ${number(totalMbps)} Mb/s`, now(before?.unmetMbps)],
    ...objective.flatMap((rank, place) => [
      [place === 0 ? 'objective' : 'then', rank.goal, number(rank.value), unitOf(rank), now(before?.values[place])],
      ...termRows(rank),
    ]),
  ];
  return [...columns(rows, [2]), quality(answer)];
}

function termRows({ expression, value, unit, terms }: RankValue): string[][] {
  if (terms.length === 1) return [['', printable(expression), number(value), unit, '']];
  return terms.map((term) => ['', printable(term.expression), number(term.value), unit, '']);
}

function unitOf({ unit }: RankValue): string {
  return unit === 'no unit' ? '' : unit;
}

function quality({ bound, gap, isProved, tried, algorithm, seed, time }: Solved): string {
  const took = time === undefined ? '' : `, ${number(time.ms)} ms`;
  const search = `${algorithm}, seed ${seed}, ${counted(tried, 'change')} tried${took}`;
  if (isProved) return `proved: nothing is better (${search})`;
  if (bound.value === null) return `how much better it could be is not known (${search})`;
  const reach = `nothing is better than ${number(bound.value)}`;
  if (gap === null) return `at least ${number(bound.unmetMbps)} Mb/s stay unmet, ${reach} (${search})`;
  return `${reach}: a gap of ${Number((100 * gap).toPrecision(3))} % at most (${search})`;
}

function placement({ mapping }: Solved): string[] {
  const moves = mapping.filter(({ from }) => from !== undefined);
  const rows = mapping.map(({ vm, host, from }) => [
    `  ${printable(vm)}`,
    from === undefined ? 'on' : `from ${printable(from)} to`,
    printable(host),
  ]);
  const changed = rows.filter((_, place) => mapping[place]?.from !== undefined);
  const shown = mapping.length <= maxRows ? rows : changed;
  const title = `${counted(mapping.length, 'VM')}, ${moves.length === 0 ? 'none' : moves.length} of them ${moves.length === 1 ? 'moves' : 'move'}`;
  return [title, ...abridged(columns(shown))];
}

/** Directed links with the rates of the demands on them, the most loaded first; not where there is no network to speak of. */
function links({ paths }: Solved, file: PlacementProblem): string[] {
  if (!('links' in file.network)) return [];
  const used = new Map<string, { from: string; to: string; demands: number; mbps: number }>();
  paths.forEach(({ hosts }, place) => {
    const mbps = file.demands?.[place]?.rateMbps ?? 0;
    for (const [hop, to] of hosts.slice(1).entries()) {
      const from = hosts[hop] as string;
      const key = JSON.stringify([from, to]);
      const link = used.get(key) ?? { from, to, demands: 0, mbps: 0 };
      used.set(key, { ...link, demands: link.demands + 1, mbps: link.mbps + mbps });
    }
  });
  const rows = [...used.values()]
    .sort((a, b) => b.mbps - a.mbps)
    .map(({ from, to, demands, mbps }) => [
      `  ${printable(from)}`,
      `to ${printable(to)}`,
      `${number(mbps)} Mb/s`,
      counted(demands, 'demand'),
    ]);
  return ['', `${counted(rows.length, 'link')} in use`, ...abridged(columns(rows, [2, 3]))];
}

function abridged(lines: readonly string[]): string[] {
  const more = lines.length - maxRows;
  return more <= 0 ? [...lines] : [...lines.slice(0, maxRows), `  and ${more} more; -o json has all of them`];
}

function counted(count: number, what: string): string {
  return `${number(count)} ${what}${count === 1 ? '' : 's'}`;
}

function number(value: number): string {
  return new Intl.NumberFormat('en', { maximumSignificantDigits: 6 }).format(value + 0);
}

/** Names are others' words: no escape sequence in them may reach a terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
