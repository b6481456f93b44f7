import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import adaptation from '../v1alpha1/adaptation.schema.json' with { type: 'json' };
import admissionRule from '../v1alpha1/admission-rule.schema.json' with { type: 'json' };
import changeLimit from '../v1alpha1/change-limit.schema.json' with { type: 'json' };
import common from '../v1alpha1/common.schema.json' with { type: 'json' };
import costConstraint from '../v1alpha1/cost-constraint.schema.json' with { type: 'json' };
import host from '../v1alpha1/host.schema.json' with { type: 'json' };
import linkPolicy from '../v1alpha1/link-policy.schema.json' with { type: 'json' };
import network from '../v1alpha1/network.schema.json' with { type: 'json' };
import objective from '../v1alpha1/objective.schema.json' with { type: 'json' };
import site from '../v1alpha1/site.schema.json' with { type: 'json' };
import virtualNetwork from '../v1alpha1/virtual-network.schema.json' with { type: 'json' };
import vmSet from '../v1alpha1/vm-set.schema.json' with { type: 'json' };
import type { FieldPath, Kind } from './document.js';

/** The schema of each kind. */
export const kindSchemas = {
  Adaptation: adaptation,
  AdmissionRule: admissionRule,
  ChangeLimit: changeLimit,
  CostConstraint: costConstraint,
  Host: host,
  LinkPolicy: linkPolicy,
  Network: network,
  Objective: objective,
  Site: site,
  VirtualNetwork: virtualNetwork,
  VMSet: vmSet,
} satisfies Record<Kind, object>;

export const kinds = Object.keys(kindSchemas) as Kind[];

export function isKind(name: unknown): name is Kind {
  return typeof name === 'string' && Object.hasOwn(kindSchemas, name);
}

const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true, schemas: [common] });

/** Checks a value against the schema of a kind; leaves its findings in `errors`, each with the schema that it breaks. */
export function validatorOf(kind: Kind): ValidateFunction {
  const { $id } = kindSchemas[kind];
  return ajv.getSchema($id) ?? ajv.addSchema(kindSchemas[kind]).getSchema($id) ?? missing(kind);
}

function missing(kind: Kind): never {
  throw new Error(`the schema of ${kind} does not compile`);
}

/** A part of a schema, as far as findings are explained by it. */
export interface SchemaPart {
  $ref?: string;
  description?: string;
  type?: string | string[];
  pattern?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  required?: string[];
  properties?: Record<string, SchemaPart>;
  items?: SchemaPart;
}

/** What a shared definition like `common.schema.json#/$defs/Memory` is; the part itself when it refers to none. */
export function resolved(part: SchemaPart): SchemaPart {
  const name = /\/\$defs\/(\w+)$/.exec(part.$ref ?? '')?.[1];
  const definitions: Record<string, SchemaPart> = common.$defs;
  return name === undefined ? part : (definitions[name] ?? part);
}

/** The schema of a field of a kind; undefined where the kind has no such field. */
export function partAt(kind: Kind, field: FieldPath): SchemaPart | undefined {
  let part: SchemaPart | undefined = kindSchemas[kind] as SchemaPart;
  for (const step of field) {
    const inner: SchemaPart | undefined = typeof step === 'number' ? part?.items : part?.properties?.[step];
    part = inner && resolved(inner);
  }
  return part;
}
