import type { LinkPolicyList } from '../schema/generated/types.js';
import { printable } from '../schema/validate/render.js';
import { columns } from './columns.js';

/** Tables of link policies, the most specific first, and of what they come to for each pair of sites. */
export function linkPoliciesText({ policies, pairs }: LinkPolicyList): string {
  if (policies.length === 0) return 'No document is a LinkPolicy: paths are crossed as their Network says.\n';
  const written = columns(
    [
      ['POLICY', 'SPEAKS OF LINKS', 'SAYS', 'DECIDES', 'WRITTEN AT'],
      ...policies.map(({ name, speaksOf, says, decides, at }) => [
        name,
        printable(speaksOf),
        says,
        String(decides),
        at,
      ]),
    ],
    [3],
  );
  const decided = columns([
    ['SITES', 'DECIDED BY', 'TYPES'],
    ...pairs.map(({ sites: [a = '', b = ''], policy, types }) => {
      return [a === b ? `within ${a}` : `${a}--${b}`, policy?.name ?? '-', types.join(', ') || 'no links'];
    }),
  ]);
  return `${[...written, '', ...decided].join('\n')}\n`;
}
