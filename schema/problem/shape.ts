import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import problem from '../problem.schema.json' with { type: 'json' };
import type { FieldPath } from '../validate/document.js';

type Part = Record<string, unknown>;
type Definition = keyof typeof problem.$defs;

/** What is between hosts, by the field that tells which it is. */
export const networkKinds = { links: 'LinkNetwork', latencyMs: 'MatrixNetwork', levels: 'ZoneNetwork' } as const;

export type NetworkKind = keyof typeof networkKinds;

/** The lists of a problem whose entries are held to a schema one by one. */
export const listed = {
  hosts: 'SolveHost',
  vms: 'SolveVm',
  demands: 'SolveDemand',
  groups: 'SolveGroup',
} as const satisfies Record<string, Definition>;

export const listedInLinks = { shared: 'SolveShared', links: 'SolveLink' } as const satisfies Record<
  string,
  Definition
>;

/** A schema that says nothing of what is in the lists, nor of the network. */
function hollow(part: { properties: Part }, lists: readonly string[]): Part {
  const emptied = lists.map((name) => {
    const { items: _, ...list } = part.properties[name] as Part;
    return [name, list];
  });
  return { ...part, properties: { ...part.properties, ...Object.fromEntries(emptied) } };
}

const { $id, $defs } = problem;
const network = { type: 'object', description: problem.properties.network.description };
const schemas = [
  problem,
  { ...hollow({ ...problem, properties: { ...problem.properties, network } }, Object.keys(listed)), $id: 'whole' },
  { ...hollow($defs.LinkNetwork, Object.keys(listedInLinks)), $id: 'links', $defs },
  { ...hollow($defs.MatrixNetwork, ['latencyMs']), $id: 'latencyMs', $defs },
  { ...$defs.ZoneNetwork, $id: 'levels', $defs },
];

const options = { verbose: true, strict: true, schemas };
const first = new Ajv2020(options);
const all = new Ajv2020({ ...options, allErrors: true });

/** More values in one entry than people write: of such an entry, only the first mistake is looked for. */
const maxValues = 1000;

/** What the value of a field breaks of a schema: the problem's own without its lists, a network's, or that of an entry of a list. */
export function errorsOf(schema: 'whole' | NetworkKind | Definition, value: unknown, field: FieldPath): ErrorObject[] {
  const isEntry = Object.hasOwn(problem.$defs, schema);
  const name = isEntry ? `${$id}#/$defs/${schema}` : schema;
  const quick = validator(first, name);
  if (quick(value)) return [];
  const thorough = validator(all, name);
  const apart = isEntry ? [] : [...Object.keys({ ...listed, ...listedInLinks }), 'latencyMs', 'network'];
  const errors = isSmall(value, apart) && !thorough(value) ? thorough.errors : quick.errors;
  const above = field.map((part) => `/${String(part)}`).join('');
  return (errors ?? []).map((error) => ({ ...error, instancePath: `${above}${error.instancePath}` }));
}

function validator(ajv: Ajv2020, name: string) {
  const found = ajv.getSchema(name);
  if (!found) throw new Error(`the schema ${name} does not compile`);
  return found;
}

/** Whether few mistakes can be in a value, apart from some of its fields. */
function isSmall(value: unknown, apart: readonly string[]): boolean {
  const waiting = typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
  if (waiting > maxValues) return false;
  const rest = Object.entries(value ?? {}).filter(([name]) => !apart.includes(name));
  const values: unknown[] = rest.map(([, inner]) => inner);
  for (let place = 0; place < values.length; place++) {
    const inner = values[place];
    if (typeof inner !== 'object' || inner === null) continue;
    const within: unknown[] = Object.values(inner);
    if (values.length + within.length > maxValues) return false;
    values.push(...within);
  }
  return true;
}
