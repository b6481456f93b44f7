import type { LocatedDocument } from '../schema/validate/document.js';
import type { DocumentChange } from './document-changes.js';

/** What a change of documents has to touch to concern an event of a VM. */
export interface Subject {
  /** The VM; of its frames, those at the other end too. */
  vms: ReadonlySet<string>;
  /** Hosts that the VM, or its frames, leave, come to or pass. */
  hosts: ReadonlySet<string>;
  /** VMSets that have it, the networks they are on, and the sites of the hosts, before or after. */
  sets: ReadonlySet<string>;
  networks: ReadonlySet<string>;
  sites: ReadonlySet<string>;
}

/** `own`: it says something of this VM, its hosts or the whole fleet; `others`: of others, who share the fleet with it; `none`: it moves nothing. */
export type Concern = 'own' | 'others' | 'none';

export function subjectOf(
  vms: ReadonlySet<string>,
  hosts: ReadonlySet<string>,
  documents: readonly (readonly LocatedDocument[])[],
): Subject {
  const subject = { sets: new Set<string>(), networks: new Set<string>(), sites: new Set<string>() };
  for (const { document } of documents.flat()) {
    const { name } = document.metadata;
    if (document.kind === 'Host' && hosts.has(name)) subject.sites.add(document.spec.site);
    if (document.kind !== 'VMSet' || !document.spec.members.some((member) => vms.has(member.name))) continue;
    subject.sets.add(name);
    subject.networks.add(document.spec.network);
  }
  return { vms, hosts, ...subject };
}

export function concernOf(change: DocumentChange, subject: Subject): Concern {
  const { kind, name, field } = change;
  switch (kind) {
    case 'VMSet':
      return concernOfSet(change, subject);
    case 'VirtualNetwork':
      return subject.networks.has(name) ? 'own' : 'none';
    case 'Host':
      return subject.hosts.has(name) ? 'own' : 'others';
    case 'Site':
      return subject.sites.has(name) ? 'own' : 'others';
    case 'Adaptation':
      // The other fields say when to look, not what to do.
      return field === '' || /^spec\.(suspend|vadapt|vttif)\b/.test(field) ? 'own' : 'none';
    default:
      return 'own';
  }
}

function concernOfSet({ name, field }: DocumentChange, { vms, sets }: Subject): Concern {
  const [, from, to] = /^spec\.demands\[(\S+) -> (\S+)\]/.exec(field) ?? [];
  if (from !== undefined && to !== undefined) return vms.has(from) || vms.has(to) ? 'own' : 'others';
  if (!sets.has(name)) return 'others';
  const [, member] = /^spec\.members\[([^\]]+)\]/.exec(field) ?? [];
  return member === undefined || vms.has(member) ? 'own' : 'others';
}
