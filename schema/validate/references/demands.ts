import type { Diagnostic } from '../../generated/types.js';
import { broken } from '../diagnostic.js';
import { type Check, type Mention, place, repeated } from './repository.js';

/** Demands are between two VMs of one virtual network, and are declared once. */
export const checkDemands: Check = (repository) => {
  const networkOf = new Map(
    repository
      .of('VMSet')
      .flatMap(({ document: { spec } }) => spec.members.map(({ name }) => [name, spec.network] as const)),
  );
  const mentions = repository.of('VMSet').flatMap((located) =>
    (located.document.spec.demands ?? []).map(({ from, to }, index): Mention => {
      return { value: `${from} to ${to}`, located, field: ['spec', 'demands', index] };
    }),
  );
  return [
    ...mentions.flatMap(({ located, field, value }): Diagnostic[] => {
      const [from = '', to = ''] = value.split(' to ');
      const range = located.locate([...field, 'to']);
      if (from === to) return [broken('VIRT3015', range, `The demand is from \`${from}\` to itself.`)];
      const [one, other] = [networkOf.get(from), networkOf.get(to)];
      if (one === undefined || other === undefined || one === other) return [];
      return [broken('VIRT3017', range, `\`${from}\` is on the network \`${one}\`, but \`${to}\` on \`${other}\`.`)];
    }),
    ...repeated(mentions).map(({ mention, first }) => {
      const summary = `The demand from ${mention.value} is already at ${place(first.located.locate(first.field))}.`;
      return broken('VIRT3018', mention.located.locate([...mention.field, 'from']), summary);
    }),
  ];
};
