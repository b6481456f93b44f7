import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const schema = JSON.parse(readFileSync(new URL('../../schema/notification.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ allErrors: true });
formats.default(ajv);
const validate = ajv.compile(schema);

/** In what a body is not a notification; nothing when it is one. */
export function breachesOfNotification(body: unknown): string[] {
  return validate(body) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
