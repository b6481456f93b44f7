import type { ValidateFunction } from 'ajv/dist/2020.js';
import type {
  ApplyRequest,
  LiftRequest,
  PollRequest,
  ReconcileRequest,
  RollbackRequest,
  SubscribeRequest,
  UnsubscribeRequest,
} from '../../schema/generated/types.js';
import { apiId, messages, soapId } from './message-schemas.js';
import { type Problem, problem } from './problem.js';

interface Bodies {
  ApplyRequest: ApplyRequest;
  LiftRequest: LiftRequest;
  ReconcileRequest: ReconcileRequest;
  RollbackRequest: RollbackRequest;
  SubscribeRequest: SubscribeRequest;
  PollRequest: PollRequest;
  UnsubscribeRequest: UnsubscribeRequest;
}

const pages: Record<keyof Bodies, { schema: string; page: string }> = {
  ApplyRequest: { schema: apiId, page: 'api.md' },
  LiftRequest: { schema: apiId, page: 'api.md' },
  ReconcileRequest: { schema: apiId, page: 'api.md' },
  RollbackRequest: { schema: apiId, page: 'api.md' },
  SubscribeRequest: { schema: soapId, page: 'soap.md' },
  PollRequest: { schema: soapId, page: 'soap.md' },
  UnsubscribeRequest: { schema: soapId, page: 'soap.md' },
};

export type ReadBody<T> = { kind: 'body'; body: T } | { kind: 'refused'; problem: Problem };

/** A request's body, if it is what the schema says. */
export function readBody<N extends keyof Bodies>(name: N, body: unknown): ReadBody<Bodies[N]> {
  const { schema, page } = pages[name];
  const validate = messages.getSchema(`${schema}#/$defs/${name}`) as ValidateFunction<Bodies[N]> | undefined;
  if (!validate) throw new Error(`the schema of ${name} is missing`);
  if (validate(body)) return { kind: 'body', body };
  const [first] = validate.errors ?? [];
  const place = first?.instancePath || '/';
  const text = `The body is wrong at ${place}: ${first?.message}. See docs/reference/${page}, ${name}.`;
  return { kind: 'refused', problem: problem('malformed', text) };
}
