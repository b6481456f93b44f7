import type { ApiError, ApplyReply } from '../../schema/generated/types.js';
import type { ApplyResult } from './live.js';
import { problem } from './problem.js';

/** Status and body for what became of an apply. A plan that failed half way was still served: its outcomes say so. */
export function applyAnswer(result: ApplyResult): { status: number; body: ApplyReply | ApiError } {
  switch (result.kind) {
    case 'applied':
    case 'failed':
      return { status: 200, body: { format_version: '1', result } };
    case 'stale':
    case 'wrong-hash':
    case 'malformed':
    case 'denied':
      return problem(result.kind, result.message);
  }
}
