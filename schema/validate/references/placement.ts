import type { Diagnostic } from '../../generated/types.js';
import { broken } from '../diagnostic.js';
import type { Check } from './repository.js';

/** Hosts that a member names are within the sites that its set names. */
export const checkPlacement: Check = (repository) =>
  repository.of('VMSet').flatMap(({ document: { spec }, locate }) => {
    const sites = spec.placement?.sites;
    if (!sites) return [];
    return spec.members.flatMap((member, index) =>
      (['pin', 'initialHost'] as const).flatMap((field): Diagnostic[] => {
        const host = repository.find('Host', member[field] ?? '');
        if (!host || sites.includes(host.spec.site)) return [];
        const summary = `\`${host.metadata.name}\` is in the site \`${host.spec.site}\`, where this set may not run.`;
        return [broken('VIRT3014', locate(['spec', 'members', index, field]), summary)];
      }),
    );
  });
