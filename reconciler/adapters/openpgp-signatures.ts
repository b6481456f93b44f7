import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OpenPgpKey, openPgpKeys, openPgpSignature } from '../trust/openpgp-status.js';
import type { CheckedSignature } from '../trust/signature.js';
import type { SignedCommit } from '../trust/signed-commit.js';
import { runProgram } from './run-program.js';
import type { CheckFailure } from './ssh-signatures.js';

const timeLimitMs = 20_000;
const maxOutputBytes = 4_000_000;

/** Nothing is read from a configuration, fetched from anywhere, or left running. */
const settings = [
  ...['--batch', '--no-tty', '--no-options', '--no-autostart', '--disable-dirmngr', '--no-auto-key-retrieve'],
  ...['--trust-model', 'always', '--status-fd', '1'],
];

/** Checks signatures with `gpg` and a keyring that holds the operator's keys and no others. */
export class OpenPgpSignatures {
  readonly #directory: string;
  readonly #keys: OpenPgpKey[];

  private constructor(directory: string, keys: OpenPgpKey[]) {
    this.#directory = directory;
    this.#keys = keys;
  }

  /** @param directory private to the process: it becomes the home of gpg */
  static async open(directory: string, keys: Buffer): Promise<OpenPgpSignatures | CheckFailure> {
    const imported = await gpg(directory, ['--import'], keys);
    if ('kind' in imported) return imported;
    const listed = await gpg(directory, ['--with-colons', '--list-keys']);
    if ('kind' in listed) return listed;
    const found = openPgpKeys(listed.output);
    if (found.length > 0) return new OpenPgpSignatures(directory, found);
    const message = 'the file of --openpgp-keys has no OpenPGP public key: write it with `gpg --armor --export`';
    return { kind: 'failed', message };
  }

  async check({ payload, committer }: SignedCommit, armour: string): Promise<CheckedSignature | CheckFailure> {
    const signature = join(this.#directory, 'signature.asc');
    await writeFile(signature, armour);
    const verified = await gpg(this.#directory, ['--verify', '--', signature, '-'], payload);
    return 'kind' in verified ? verified : openPgpSignature(verified.output, this.#keys, committer);
  }
}

/** What gpg prints; its exit code says less than its status lines do. */
async function gpg(
  directory: string,
  args: readonly string[],
  input: Uint8Array = new Uint8Array(),
): Promise<{ output: string } | CheckFailure> {
  const ended = await runProgram({
    program: 'gpg',
    arguments: ['--homedir', directory, ...settings, ...args],
    input,
    environment: { PATH: process.env.PATH ?? '', HOME: directory, GNUPGHOME: directory, LC_ALL: 'C', TZ: 'UTC' },
    timeLimitMs,
    maxOutputBytes,
  });
  if (ended.kind === 'stopped') return { kind: 'failed', message: ended.message };
  if (ended.kind === 'absent')
    return { kind: 'failed', message: `gpg does not start (${ended.message}): install GnuPG, or sign with SSH keys` };
  return { output: ended.output.toString('utf8') };
}
