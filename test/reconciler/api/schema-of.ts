import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { packageRoot } from '../../../package-root.js';
import { readSchemas } from '../../../tools/generate/read-schemas.js';

const schemas = readSchemas(join(packageRoot(), 'schema')).map(({ schema }) => schema);
const ajv = new Ajv2020({ schemas, strictTypes: false, formats: { 'date-time': true } });

/** What of `value` breaks a definition of the API's schema. */
export function breaches(name: string, value: unknown): string[] {
  const validate = ajv.getSchema(`https://virtuoso.dev/schema/api.schema.json#/$defs/${name}`);
  if (!validate) throw new Error(`no schema ${name}`);
  validate(value);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
