import type { Kind, OperatorDocument } from './document.js';
import { kindSchemas, resolved, type SchemaPart } from './kinds.js';

/** Fields that have a default in the schema of their kind, and groups that hold nothing but such fields. */
interface DefaultedFields {
  Adaptation:
    | 'suspend'
    | 'prune'
    | 'interval'
    | 'keepAlive'
    | 'timeZone'
    | 'verify'
    | 'margin'
    | 'quarantine'
    | 'vttif'
    | 'samplingInterval'
    | 'smoothingInterval'
    | 'pruneThreshold'
    | 'detectionThreshold'
    | 'settle'
    | 'vadapt'
    | 'algorithm'
    | 'iterations'
    | 'seed'
    | 'minimumGain'
    | 'payback'
    | 'cooldown'
    | 'returns'
    | 'window'
    | 'gainFactor'
    | 'most';
  Host: 'reservedShare' | 'internalBandwidth';
  LinkPolicy: 'priority' | 'links' | 'encryption' | 'opens';
  Network: 'latency' | 'http' | 'secure' | 'path';
  VirtualNetwork: 'mtu' | 'macPrefix';
  VMSet: 'driver' | 'gang';
}

type SpecOf<K extends Kind> = Extract<OperatorDocument, { kind: K }>['spec'];

/** A type whose fields named `Fields` are always there, at every depth. */
type Present<T, Fields extends string> = T extends readonly (infer Item)[]
  ? Present<Item, Fields>[]
  : T extends object
    ? { [P in keyof T as P extends Fields ? P : never]-?: Present<Exclude<T[P], undefined>, Fields> } & {
        [P in keyof T as P extends Fields ? never : P]: Present<T[P], Fields>;
      }
    : T;

/** The spec of a kind with every default filled in. */
export type Filled<K extends keyof DefaultedFields> = Present<SpecOf<K>, DefaultedFields[K]>;

/** Fills in what the schema of the kind says of fields that are left out; `spec` is not changed. */
export function filled<K extends keyof DefaultedFields>(kind: K, spec: SpecOf<K>): Filled<K> {
  const { spec: part } = (kindSchemas[kind] as SchemaPart).properties ?? {};
  return fill(part ?? {}, spec) as Filled<K>;
}

function fill(stated: SchemaPart, value: unknown): unknown {
  const part = resolved(stated);
  const { items } = part;
  if (Array.isArray(value)) return items ? value.map((item) => fill(items, item)) : value;
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = { ...value };
  for (const [name, field] of Object.entries(part.properties ?? {})) {
    const written = result[name] ?? field.default ?? (isOptionalGroup(field) ? {} : undefined);
    if (written !== undefined) result[name] = fill(field, written);
  }
  return result;
}

/** A group that may be left out because its fields have defaults. */
function isOptionalGroup({ required, properties }: SchemaPart): boolean {
  return required === undefined && Object.values(properties ?? {}).some((field) => field.default !== undefined);
}
