import type { Diagnostic, Range } from '../../generated/types.js';
import type { FieldPath, Kind, Located, LocatedDocument } from '../document.js';
import { isStandIn } from '../unusable.js';

/** Names of documents that could not be used, so that what refers to them is not told to refer to nothing. */
export interface UnusableNames {
  /** `Kind/name`; VMs are `VM/name`. */
  names: ReadonlySet<string>;
  /** Kinds with a document of which not even the name is certain to be known, or whose content is missing. */
  kinds: ReadonlySet<Kind>;
}

/** Documents by kind and name. */
export class Repository {
  readonly documents: readonly LocatedDocument[];
  readonly #unusable: UnusableNames;
  readonly #byKind = new Map<Kind, LocatedDocument[]>();
  readonly #byName = new Map<string, LocatedDocument>();
  readonly #names = new Map<string, Set<string>>();

  constructor(documents: readonly LocatedDocument[], unusable: UnusableNames) {
    this.documents = documents;
    this.#unusable = unusable;
    for (const located of documents) {
      const { document } = located;
      const ofKind = this.#byKind.get(document.kind) ?? [];
      this.#byKind.set(document.kind, ofKind);
      ofKind.push(located);
      const key = `${document.kind}/${document.metadata.name}`;
      if (!this.#byName.has(key)) this.#byName.set(key, located);
      this.#add(document.kind, document.metadata.name);
      if (document.kind === 'VMSet') for (const { name } of document.spec.members) this.#add('VM', name);
    }
  }

  /** All documents of a kind. */
  of<K extends Kind>(kind: K): Located<K>[] {
    return (this.#byKind.get(kind) ?? []) as Located<K>[];
  }

  /** The first document of a kind with a name. */
  find<K extends Kind>(kind: K, name: string): Located<K>['document'] | undefined {
    return (this.#byName.get(`${kind}/${name}`) as Located<K> | undefined)?.document;
  }

  has(kind: Kind | 'VM', name: string): boolean {
    return isStandIn(name) || this.namesOf(kind).has(name) || this.#unusable.names.has(`${kind}/${name}`);
  }

  namesOf(kind: Kind | 'VM'): ReadonlySet<string> {
    return this.#names.get(kind) ?? new Set();
  }

  /** Whether every document of the kind could be read: only then does what is missing from them mean anything. */
  isComplete(kind: Kind): boolean {
    return !this.#unusable.kinds.has(kind);
  }

  #add(kind: Kind | 'VM', name: string): void {
    const names = this.#names.get(kind) ?? new Set();
    this.#names.set(kind, isStandIn(name) ? names : names.add(name));
  }
}

/** Looks at all documents together; what it returns is in no particular order. */
export type Check = (repository: Repository) => Diagnostic[];

/** A value, and where it is written. */
export interface Mention {
  value: string;
  located: LocatedDocument;
  field: FieldPath;
}

/** `file:line` of a range, to point at the other one of two. */
export function place({ filename, start }: Range): string {
  return `${filename}:${start.line}`;
}

/** Every mention whose value was mentioned before, with the first one. */
export function repeated(mentions: readonly Mention[]): { mention: Mention; first: Mention }[] {
  const firsts = new Map<string, Mention>();
  return mentions.flatMap((mention) => {
    const first = firsts.get(mention.value);
    if (first) return [{ mention, first }];
    firsts.set(mention.value, mention);
    return [];
  });
}
