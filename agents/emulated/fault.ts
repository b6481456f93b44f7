import type { Fault } from '../../schema/generated/types.js';

export function fault(kind: Fault['kind'], subject: string, message: string): Fault {
  return { kind, subject, message };
}
