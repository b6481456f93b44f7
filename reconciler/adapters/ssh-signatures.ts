import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckedSignature } from '../trust/signature.js';
import type { SignedCommit } from '../trust/signed-commit.js';
import { type Answer, sshSignature } from '../trust/ssh-answers.js';
import { runProgram } from './run-program.js';

const timeLimitMs = 20_000;
const maxOutputBytes = 1_000_000;

export type CheckFailure = { kind: 'failed'; message: string };

/** Checks signatures with `ssh-keygen`, from a private folder, with no setting of anybody's. */
export class SshSignatures {
  readonly #directory: string;
  readonly #environment: Record<string, string>;

  private constructor(directory: string) {
    this.#directory = directory;
    // Times in the file that name no zone are in UTC, wherever the reconciler runs.
    this.#environment = { PATH: process.env.PATH ?? '', HOME: directory, LC_ALL: 'C', TZ: 'UTC' };
  }

  static async open(directory: string, allowedSigners: Buffer): Promise<SshSignatures> {
    await writeFile(join(directory, 'allowed_signers'), allowedSigners);
    return new SshSignatures(directory);
  }

  async check({ payload, committer }: SignedCommit, armour: string): Promise<CheckedSignature | CheckFailure> {
    const { email, atS } = committer;
    const signature = join(this.#directory, 'signature.ssh');
    await writeFile(signature, armour);
    const of = ['-s', signature];
    const by = ['-f', join(this.#directory, 'allowed_signers'), `-Overify-time=${timestamp(atS)}`];
    const verify: Answer | CheckFailure = isPrincipal(email)
      ? await this.#ask(['-Y', 'verify', '-n', 'git', '-I', email, ...of, ...by], payload)
      : { code: 1, output: '', errors: 'no signer can have such a name' };
    if ('kind' in verify) return verify;
    if (verify.code === 0) return sshSignature({ verify }, email);
    const sound = await this.#ask(['-Y', 'check-novalidate', '-n', 'git', ...of], payload);
    if ('kind' in sound) return sound;
    const principals = await this.#ask(['-Y', 'find-principals', ...of, ...by], payload);
    if ('kind' in principals) return principals;
    return sshSignature({ verify, sound, principals }, email);
  }

  async #ask(args: readonly string[], input: Buffer): Promise<Answer | CheckFailure> {
    const environment = this.#environment;
    const call = { program: 'ssh-keygen', arguments: args, input, environment, timeLimitMs, maxOutputBytes };
    const ended = await runProgram(call);
    if (ended.kind === 'stopped') return { kind: 'failed', message: ended.message };
    if (ended.kind === 'absent')
      return { kind: 'failed', message: `ssh-keygen does not start (${ended.message}): install OpenSSH's client` };
    return { code: ended.code, output: ended.output.toString('utf8'), errors: ended.errors };
  }
}

/** Whether a file of allowed signers could mean it; who signs chooses it freely. */
function isPrincipal(email: string): boolean {
  return /^[^\s\p{Cc}\p{Cf}"',*?!-][^\s\p{Cc}\p{Cf}"',*?!]{0,253}$/u.test(email);
}

/** YYYYMMDDHHMMSS in UTC. */
function timestamp(atS: number): string {
  const latestS = Date.UTC(9999, 0) / 1000;
  return new Date(Math.min(atS, latestS) * 1000).toISOString().slice(0, 19).replace(/\D/g, '');
}
