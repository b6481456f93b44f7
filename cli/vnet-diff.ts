import type { HostDetail, Rule } from '../schema/generated/types.js';
import { outputText } from './vnet-tables.js';

/** One thing in which a host differs from what it was told to be. */
export interface Difference {
  host: string;
  /** `missing`: told, and not there; `extra`: there, and not told; `different`: there in another form; `down`: a link that does not carry. */
  kind: 'missing' | 'extra' | 'different' | 'down';
  part: 'network' | 'link' | 'guest' | 'rule';
  subject: string;
  detail: string;
}

/** How hosts differ from what they were told last; hosts that were told nothing by this reconciler are left out. */
export function vnetDiff(hosts: readonly HostDetail[]): Difference[] {
  return hosts.flatMap((detail) => [
    ...compare(detail, 'network', detail.desired?.networks, detail.report.networks, ({ name }) => name, JSON.stringify),
    ...compare(
      detail,
      'link',
      detail.desired?.links,
      detail.report.links.map(({ link }) => link),
      ({ peer }) => peer,
      ({ type, local, remote }) => `${type} ${local} -> ${remote}`,
    ),
    ...downLinks(detail),
    ...compare(
      detail,
      'guest',
      detail.desired?.guests.map(({ from: _from, ...guest }) => guest),
      detail.report.guests.filter(({ phase }) => phase === 'running').map(({ guest }) => guest),
      ({ name }) => name,
      ({ network, mac }) => `${mac} on ${network}`,
    ),
    ...compare(detail, 'rule', detail.desired?.rules, detail.report.rules, ruleKey, ({ to }) =>
      to.map(outputText).join(', '),
    ),
  ]);
}

export function diffText(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'Every host is what it was told to be.\n';
  const sign = { missing: '+', extra: '-', different: '~', down: '!' } as const;
  const hosts = [...new Set(differences.map(({ host }) => host))];
  const blocks = hosts.map((host) => {
    const own = differences.filter((each) => each.host === host);
    return [
      host,
      ...own.map(({ kind, part, subject, detail }) => `  ${sign[kind]} ${part} ${subject}: ${detail}`),
    ].join('\n');
  });
  return `${blocks.join('\n')}\n+ is missing, - is there and should not be, ~ is different, ! does not carry frames\n`;
}

const ruleKey = ({ network, source, destination }: Rule): string => `${network} (${source}, ${destination})`;

function downLinks({ host, report }: HostDetail): Difference[] {
  return report.links
    .filter(({ up }) => !up)
    .map(({ link, trouble }) => {
      return {
        host,
        kind: 'down',
        part: 'link',
        subject: link.peer,
        detail: trouble ?? 'no keep-alive is answered yet',
      };
    });
}

function compare<T>(
  { host }: HostDetail,
  part: Difference['part'],
  desired: readonly T[] | undefined,
  actual: readonly T[],
  key: (item: T) => string,
  text: (item: T) => string,
): Difference[] {
  if (!desired) return [];
  const is = new Map(actual.map((item) => [key(item), item]));
  const shall = new Map(desired.map((item) => [key(item), item]));
  const differences: Difference[] = [];
  for (const [subject, item] of shall) {
    const there = is.get(subject);
    if (there === undefined) differences.push({ host, kind: 'missing', part, subject, detail: text(item) });
    else if (text(there) !== text(item)) {
      differences.push({ host, kind: 'different', part, subject, detail: `is ${text(there)}, shall be ${text(item)}` });
    }
  }
  for (const [subject, item] of is) {
    if (!shall.has(subject)) differences.push({ host, kind: 'extra', part, subject, detail: text(item) });
  }
  return differences;
}
