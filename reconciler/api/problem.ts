import type { ApiError } from '../../schema/generated/types.js';

/** A request that is not served: status and body. */
export interface Problem {
  status: number;
  body: ApiError;
}

const statuses = {
  'bad-request': 400,
  unauthorized: 401,
  denied: 403,
  'not-found': 404,
  'no-plan': 404,
  'not-acceptable': 406,
  stale: 409,
  impossible: 409,
  'too-large': 413,
  'not-json': 415,
  'wrong-host': 421,
  malformed: 422,
  'wrong-hash': 422,
  internal: 500,
  busy: 503,
} as const satisfies Record<ApiError['error']['kind'], number>;

export function problem(kind: ApiError['error']['kind'], message: string): Problem {
  return { status: statuses[kind], body: { format_version: '1', error: { kind, message } } };
}
