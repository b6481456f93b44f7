import { type Problem, problem } from './problem.js';

/** What is told about an error that was thrown while a request was served: never more than the caller's own mistake. */
export function failure(error: unknown): Problem {
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return problem('too-large', 'The body is larger than this server takes. A plan of that size did not come from it.');
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return problem('not-json', 'Send the body as JSON, with the header `Content-Type: application/json`.');
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return problem('bad-request', 'The request cannot be read: its path is no path, or its body is not JSON.');
  }
  return problem(
    'internal',
    'The request failed inside Virtuoso, which is a bug: its log says more. Please report it.',
  );
}
