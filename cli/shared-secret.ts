import { readFile, realpath } from 'node:fs/promises';
import { relative } from 'node:path';

/** Shorter ones can be guessed from one signature. */
const leastBytes = 16;

/**
 * The secret in a file, without a line feed at its end.
 * @param repository directory of the repository where it is on this machine: who may write it must not read the secret
 */
export async function readSecret(
  file: string,
  repository: string | null,
): Promise<{ kind: 'secret'; secret: string } | { kind: 'failed'; message: string }> {
  const found = await Promise.all([realpath(file), readFile(file, 'utf8')]).catch((error: Error) => error);
  if (found instanceof Error)
    return failed(`the secret cannot be read (${found.message}): name a file that this user can read`);
  const [place, text] = found;
  const within = repository === null ? null : await realpath(repository).catch(() => null);
  if (within !== null && !relative(within, place).startsWith('..'))
    return failed(`${file} is inside the repository: keep secrets where only operators of the reconciler can read`);
  const secret = text.replace(/\r?\n$/, '');
  if (Buffer.byteLength(secret) < leastBytes || /[\r\n]/.test(secret))
    return failed(
      `${file} is not a secret of one line with at least ${leastBytes} bytes: make one with openssl rand -hex 32`,
    );
  return { kind: 'secret', secret };
}

function failed(message: string): { kind: 'failed'; message: string } {
  return { kind: 'failed', message };
}
