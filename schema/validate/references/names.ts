import { broken } from '../diagnostic.js';
import type { Kind } from '../document.js';
import { kinds } from '../kinds.js';
import { type Check, type Mention, place, repeated } from './repository.js';

const singular: readonly Kind[] = ['Objective', 'CostConstraint', 'Adaptation'];

/** One name, one thing; and of some kinds, one document. */
export const checkNames: Check = (repository) => [
  ...kinds.flatMap((kind) => {
    const documents = repository.of(kind);
    if (singular.includes(kind)) {
      return documents.slice(1).map(({ locate }) => {
        const first = place(documents[0]?.locate(['kind']) ?? locate(['kind']));
        return broken('VIRT3007', locate(['kind']), `This is one more ${kind}; the first is at ${first}.`);
      });
    }
    const names = documents.map(
      (located): Mention => ({ value: located.document.metadata.name, located, field: nameField }),
    );
    return repeated(names).map(({ mention, first }) => {
      const summary = `The ${kind} \`${mention.value}\` is already at ${place(first.located.locate(first.field))}.`;
      return broken('VIRT3001', mention.located.locate(mention.field), summary);
    });
  }),
  ...repeated(
    repository
      .of('VMSet')
      .flatMap((located) =>
        located.document.spec.members.map(
          ({ name }, index): Mention => ({ value: name, located, field: ['spec', 'members', index, 'name'] }),
        ),
      ),
  ).map(({ mention, first }) => {
    const summary = `The VM \`${mention.value}\` is already at ${place(first.located.locate(first.field))}.`;
    return broken('VIRT3002', mention.located.locate(mention.field), summary);
  }),
  ...repeated(
    repository
      .of('VirtualNetwork')
      .map((located): Mention => ({ value: String(located.document.spec.vni), located, field: ['spec', 'vni'] })),
  ).map(({ mention, first }) => {
    const summary = `The identifier ${mention.value} is already taken at ${place(first.located.locate(first.field))}.`;
    return broken('VIRT3005', mention.located.locate(mention.field), summary);
  }),
  ...repository.of('Host').flatMap((located) =>
    repeated(
      located.document.spec.interfaces.map(
        ({ name }, index): Mention => ({ value: name, located, field: ['spec', 'interfaces', index, 'name'] }),
      ),
    ).map(({ mention }) => {
      const summary = `The host already has an interface \`${mention.value}\`.`;
      return broken('VIRT3009', located.locate(mention.field), summary);
    }),
  ),
];

const nameField = ['metadata', 'name'] as const;
