import type { ErrorObject } from 'ajv/dist/2020.js';
import type {
  PlacementProblem,
  SolveDemand,
  SolveGroup,
  SolveHost,
  SolveLink,
  SolveShared,
  SolveVm,
  ZoneNetwork,
} from '../generated/types.js';
import { maxDiagnostics } from '../validate/diagnostic.js';
import type { FieldPath } from '../validate/document.js';
import { errorsOf, listed, listedInLinks, type NetworkKind, networkKinds } from './shape.js';

/** An entry of a list that fits its schema, and its place in the list. */
export interface Entry<T> {
  value: T;
  place: number;
}

/** A list, as far as it fits its schema. */
export interface Entries<T> {
  sound: Entry<T>[];
  /** Names in entries that do not fit. */
  otherNames: string[];
  /** Whether entries may have names that cannot be read. */
  hasUnnamed: boolean;
}

/** What of a problem fits the schema: it can be held against the rest of it. */
export interface ShapedProblem {
  hosts: Entries<SolveHost>;
  vms: Entries<SolveVm>;
  demands: Entries<SolveDemand>;
  groups: Entries<SolveGroup>;
  shared: Entries<SolveShared>;
  links: Entries<SolveLink>;
  /** Null if it cannot be told; fields that do not fit may be in it. */
  network: NetworkKind | null;
  /** Rows of the matrix, whatever they are. */
  rows: readonly unknown[];
  zones: ZoneNetwork | null;
  star: string | null;
  /** Null if what is neither a list nor the network does not fit. */
  rest: Pick<PlacementProblem, 'objective' | 'limits' | 'confidence'> | null;
  errors: ErrorObject[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Holds a problem to its schema, part by part: neither its size nor the number of its mistakes costs more than the parts do. */
export function shapedProblem(value: Fields): ShapedProblem {
  const errors = errorsOf('whole', value, []);
  const rest = errors.length === 0 ? (value as unknown as PlacementProblem) : null;
  const network = isFields(value.network) ? value.network : {};
  const kind = (Object.keys(networkKinds) as NetworkKind[]).find((name) => Object.hasOwn(network, name)) ?? null;
  const isRead = isFields(value.network);
  const networkErrors = isRead ? errorsOf(kind ?? 'links', network, ['network']) : [];
  errors.push(...networkErrors);
  const top = <T>(name: keyof typeof listed) => entriesOf<T>(value[name], listed[name], [name], errors);
  const inLinks = <T>(name: keyof typeof listedInLinks) =>
    entriesOf<T>(network[name], listedInLinks[name], ['network', name], errors);
  return {
    hosts: top<SolveHost>('hosts'),
    vms: top<SolveVm>('vms'),
    demands: top<SolveDemand>('demands'),
    groups: top<SolveGroup>('groups'),
    shared: inLinks<SolveShared>('shared'),
    links: inLinks<SolveLink>('links'),
    network: kind,
    rows: Array.isArray(network.latencyMs) ? network.latencyMs : [],
    zones: kind === 'levels' && networkErrors.length === 0 ? (network as unknown as ZoneNetwork) : null,
    star: typeof network.star === 'string' ? network.star : null,
    rest,
    errors,
  };
}

function entriesOf<T>(
  list: unknown,
  schema: Parameters<typeof errorsOf>[0],
  field: FieldPath,
  errors: ErrorObject[],
): Entries<T> {
  const entries: Entries<T> = { sound: [], otherNames: [], hasUnnamed: list !== undefined && !Array.isArray(list) };
  (Array.isArray(list) ? list : []).forEach((value: unknown, place) => {
    const wrong = errors.length > maxDiagnostics ? [] : errorsOf(schema, value, [...field, place]);
    if (wrong.length === 0) entries.sound.push({ value: value as T, place });
    else {
      errors.push(...wrong);
      if (isFields(value) && typeof value.name === 'string') entries.otherNames.push(value.name);
      else entries.hasUnnamed = true;
    }
  });
  return entries;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
