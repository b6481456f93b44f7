import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { type Problem, problem } from './problem.js';

/**
 * Refuses a Host header that a page of another site could have brought about by rebinding its own name to this address: only
 * addresses, `localhost` and the names that the operator gave are served.
 */
export function wrongHost(host: string | undefined, names: readonly string[]): Problem | null {
  const name = (host ?? '').toLowerCase().replace(/:\d+$/, '');
  const address = name.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) !== 0 || name === 'localhost' || names.includes(name)) return null;
  return problem(
    'wrong-host',
    'This server does not answer under the name in the Host header. Use its address or localhost, or allow the name where it is started.',
  );
}

/** Refuses everybody who does not show the token; takes as long for a token that is nearly right as for any other. */
export function notAuthorized(authorization: string | undefined, token: string | null): Problem | null {
  if (token === null)
    return problem('unauthorized', 'Nothing may be changed over this API: start it with a token to allow that.');
  const shown = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (shown === undefined) return problem('unauthorized', 'Send the header `Authorization: Bearer TOKEN`.');
  const sha256 = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(sha256(shown), sha256(token))
    ? null
    : problem('unauthorized', 'The token is not the right one.');
}
