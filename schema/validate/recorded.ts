import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import journal from '../journal.schema.json' with { type: 'json' };
import observed from '../observed.schema.json' with { type: 'json' };
import plan from '../plan.schema.json' with { type: 'json' };
import hostState from '../wire/host-state.schema.json' with { type: 'json' };
import message from '../wire/message.schema.json' with { type: 'json' };
import observation from '../wire/observation.schema.json' with { type: 'json' };
import report from '../wire/report.schema.json' with { type: 'json' };

const recordedSchemas = { JournalEntry: journal, Plan: plan, Observed: observed };

/** What Virtuoso writes down and reads back. */
export type RecordedKind = keyof typeof recordedSchemas;

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, schemas: [hostState, message, observation, report] });
formats.default(ajv);
for (const schema of Object.values(recordedSchemas)) ajv.addSchema(schema);

/** Reads what was recorded, by Virtuoso or by whoever had the file in between. */
export function readRecorded(
  kind: RecordedKind,
  text: string,
): { kind: 'valid'; value: unknown } | { kind: 'invalid'; message: string } {
  const check = ajv.getSchema(recordedSchemas[kind].$id);
  if (!check) throw new Error(`the schema of ${kind} does not compile`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: 'invalid', message: `not JSON (${error instanceof Error ? error.message : String(error)})` };
  }
  if (check(value) === true) return { kind: 'valid', value };
  const first = check.errors?.[0];
  return {
    kind: 'invalid',
    message: `not a ${kind}: ${first?.instancePath || 'it'} ${first?.message ?? 'does not fit'}`,
  };
}
