import type { Diagnostic } from '../../generated/types.js';
import { broken, maxDiagnostics } from '../diagnostic.js';
import type { FieldPath, Kind, LocatedDocument, OperatorDocument } from '../document.js';
import { nearest } from '../edit-distance.js';
import type { Check, Repository } from './repository.js';

interface Reference {
  kind: Kind | 'VM';
  name: string;
  field: FieldPath;
}

/** Every name that stands for another document, or for a VM, is one. */
export const checkTargets: Check = (repository) =>
  repository.documents.flatMap((located) =>
    referencesOf(located.document)
      .filter(({ kind, name }) => !repository.has(kind, name))
      .slice(0, maxDiagnostics + 1)
      .map((reference) => dangling(repository, located, reference)),
  );

function dangling(repository: Repository, { locate }: LocatedDocument, { kind, name, field }: Reference): Diagnostic {
  const names = [...repository.namesOf(kind)].sort();
  const guess = nearest(name, names);
  const choice =
    names.length > 0 && names.length <= 10 ? ` There are ${names.map((each) => `\`${each}\``).join(', ')}.` : '';
  const add = kind === 'VM' ? 'add it to the members of a VMSet' : `add the ${kind}`;
  const detail =
    guess === undefined ? `Correct the name, or ${add}.${choice}` : `Did you mean \`${guess}\`? Otherwise ${add}.`;
  return broken('VIRT3006', locate(field), `There is no ${kind} \`${name}\`.`, detail);
}

function referencesOf(document: OperatorDocument): Reference[] {
  const to = (kind: Kind | 'VM', name: string | undefined, ...field: (string | number)[]): Reference[] =>
    name === undefined ? [] : [{ kind, name, field: ['spec', ...field] }];
  switch (document.kind) {
    case 'Host': {
      const { site, interfaces } = document.spec;
      return [
        ...to('Site', site, 'site'),
        ...interfaces.flatMap(({ network }, index) => to('Network', network, 'interfaces', index, 'network')),
      ];
    }
    case 'LinkPolicy': {
      const { between = [], within } = document.spec;
      return [
        ...between.flatMap(({ site }, end) => to('Site', site, 'between', end, 'site')),
        ...to('Site', within?.site, 'within', 'site'),
      ];
    }
    case 'Network': {
      const { within = [], between = [] } = document.spec;
      return [
        ...within.flatMap(({ site }, index) => to('Site', site, 'within', index, 'site')),
        ...between.flatMap(({ sites }, index) =>
          sites.flatMap((site, end) => to('Site', site, 'between', index, 'sites', end)),
        ),
      ];
    }
    case 'VirtualNetwork':
      return to('Host', document.spec.proxy, 'proxy');
    case 'VMSet': {
      const { network, placement, members, demands = [] } = document.spec;
      return [
        ...to('VirtualNetwork', network, 'network'),
        ...(placement?.sites ?? []).flatMap((site, index) => to('Site', site, 'placement', 'sites', index)),
        ...members.flatMap(({ pin, initialHost }, index) => [
          ...to('Host', pin, 'members', index, 'pin'),
          ...to('Host', initialHost, 'members', index, 'initialHost'),
        ]),
        ...demands.flatMap(({ from, to: destination }, index) => [
          ...to('VM', from, 'demands', index, 'from'),
          ...to('VM', destination, 'demands', index, 'to'),
        ]),
      ];
    }
    case 'Adaptation':
    case 'AdmissionRule':
    case 'ChangeLimit':
    case 'CostConstraint':
    case 'Objective':
    case 'Site':
      return [];
  }
}
