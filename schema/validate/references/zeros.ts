import { broken } from '../diagnostic.js';
import type { FieldPath, OperatorDocument } from '../document.js';
import type { Check } from './repository.js';

/** Quantities that mean nothing at zero: a link without bandwidth, a VM without memory. */
export const checkZeros: Check = (repository) =>
  repository.documents.flatMap(({ document, locate }) =>
    positiveQuantities(document)
      .filter(([, quantity]) => quantity !== undefined && Number.parseFloat(String(quantity)) === 0)
      .map(([field]) => {
        return broken(
          'VIRT4002',
          locate(['spec', ...field]),
          `\`${String(field.at(-1))}\` is zero, which leaves nothing to use.`,
        );
      }),
  );

function positiveQuantities({ kind, spec }: OperatorDocument): [FieldPath, string | number | undefined][] {
  switch (kind) {
    case 'Host':
      return [
        [['compute'], spec.compute],
        [['memory'], spec.memory],
        [['internalBandwidth'], spec.internalBandwidth],
        ...bandwidths('interfaces', spec.interfaces),
      ];
    case 'Network':
      return [...bandwidths('within', spec.within ?? []), ...bandwidths('between', spec.between ?? [])];
    case 'VMSet':
      return [[['compute'], spec.compute], [['memory'], spec.memory], ...bandwidths('demands', spec.demands ?? [])];
    default:
      return [];
  }
}

function bandwidths(field: string, entries: readonly { bandwidth?: string }[]): [FieldPath, string | undefined][] {
  return entries.map(({ bandwidth }, index) => [[field, index, 'bandwidth'], bandwidth]);
}
