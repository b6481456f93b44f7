import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import api from '../../schema/api.schema.json' with { type: 'json' };
import type { ApplyRequest, ReconcileRequest } from '../../schema/generated/types.js';
import journal from '../../schema/journal.schema.json' with { type: 'json' };
import observed from '../../schema/observed.schema.json' with { type: 'json' };
import plan from '../../schema/plan.schema.json' with { type: 'json' };
import hostState from '../../schema/wire/host-state.schema.json' with { type: 'json' };
import message from '../../schema/wire/message.schema.json' with { type: 'json' };
import observation from '../../schema/wire/observation.schema.json' with { type: 'json' };
import report from '../../schema/wire/report.schema.json' with { type: 'json' };
import { type Problem, problem } from './problem.js';

interface Bodies {
  ApplyRequest: ApplyRequest;
  ReconcileRequest: ReconcileRequest;
}

export type ReadBody<T> = { kind: 'body'; body: T } | { kind: 'refused'; problem: Problem };

const schemas = [api, journal, observed, plan, hostState, message, observation, report];
const ajv = new Ajv2020({ schemas, strictTypes: false, formats: { 'date-time': true } });

/** A request's body, if it is what the schema says. */
export function readBody<N extends keyof Bodies>(name: N, body: unknown): ReadBody<Bodies[N]> {
  const validate = ajv.getSchema(`${api.$id}#/$defs/${name}`) as ValidateFunction<Bodies[N]> | undefined;
  if (!validate) throw new Error(`the schema of ${name} is missing`);
  if (validate(body)) return { kind: 'body', body };
  const [first] = validate.errors ?? [];
  const place = first?.instancePath || '/';
  const text = `The body is wrong at ${place}: ${first?.message}. See docs/reference/api.md, ${name}.`;
  return { kind: 'refused', problem: problem('malformed', text) };
}
