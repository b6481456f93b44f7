import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { gitIn, type Repository, repository, temporaryDirectory, writeFiles } from './git-fixture.js';

/** How a commit is made: settings of git that sign it, whose it is, and variables. */
export interface Pen {
  settings: string[];
  email: string;
}

export const noPen: Pen = { settings: ['commit.gpgSign=false'], email: 'ada@example.org' };

/** A new SSH key; `line` is what a file of allowed signers says of it. */
export function sshPen(email = 'ada@example.org', owner = email): Pen & { line(options?: string): string } {
  const file = join(temporaryDirectory(), 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file]);
  const key = readFileSync(`${file}.pub`, 'utf8').trim();
  const settings = ['commit.gpgSign=true', 'gpg.format=ssh', `user.signingKey=${file}`];
  return { settings, email, line: (options = '') => `${owner} ${options} ${key}\n` };
}

/** A home of gpg, whose agent ends with the test. */
export class GpgHome {
  readonly directory = temporaryDirectory();

  constructor() {
    onTestFinished(
      () => void execFileSync('gpgconf', ['--homedir', this.directory, '--kill', 'all'], { stdio: 'pipe' }),
    );
  }

  gpg(args: readonly string[], input = ''): string {
    const all = [
      '--homedir',
      this.directory,
      '--batch',
      '--quiet',
      '--pinentry-mode',
      'loopback',
      '--passphrase',
      '',
      ...args,
    ];
    return execFileSync('gpg', all, { input, encoding: 'utf8', stdio: 'pipe' });
  }

  /** A new key, and a program that signs with it at `atTime` (as gpg has it), or now. */
  pen(email: string, expires = '0', atTime?: string): Pen & { fingerprint: string } {
    const time = atTime === undefined ? [] : ['--faked-system-time', `${atTime}!`];
    this.gpg([...time, '--quick-gen-key', `Somebody <${email}>`, 'ed25519', 'sign', expires]);
    const fingerprint = /^fpr:+([0-9A-F]+):/m.exec(this.gpg(['--with-colons', '--list-keys', email]))?.[1] ?? '';
    const program = join(this.directory, `sign-${fingerprint}`);
    writeFileSync(program, `#!/bin/sh\nexec gpg --homedir ${this.directory} ${time.join(' ')} "$@"\n`, { mode: 0o755 });
    const settings = ['commit.gpgSign=true', `gpg.program=${program}`, `user.signingKey=${fingerprint}`];
    return { settings, email, fingerprint };
  }

  revoke(fingerprint: string): void {
    const path = join(this.directory, 'openpgp-revocs.d', `${fingerprint}.rev`);
    this.gpg(['--import'], readFileSync(path, 'utf8').replace(/^:-----BEGIN/m, '-----BEGIN'));
  }

  exported(...emails: string[]): string {
    return this.gpg(['--armor', '--export', ...emails]);
  }
}

/** A repository whose commits are signed as the test says. */
export class SignedRepository {
  readonly repository: Repository = repository();
  readonly work = this.repository.work;

  git(...args: string[]): string {
    return gitIn(this.work, ...args);
  }

  /** Commits files and leaves the push to `push`. */
  commit(pen: Pen, files: Record<string, string>, ...options: string[]): string {
    writeFiles(this.work, files);
    this.git('add', '-A');
    this.#with(pen, 'commit', '-q', '--allow-empty', '-m', 'Change the fleet', ...options);
    return this.git('rev-parse', 'HEAD');
  }

  merge(pen: Pen, branch: string): string {
    this.#with(pen, 'merge', '-q', '--no-ff', '--no-edit', branch);
    return this.git('rev-parse', 'HEAD');
  }

  push(): string {
    this.git('push', '-q', '-f', 'origin', 'HEAD:main');
    return this.git('rev-parse', 'HEAD');
  }

  /** Puts a commit in the place of the newest one, whose object is that one's after `change`. */
  tamper(change: (object: string) => string): string {
    const path = join(temporaryDirectory(), 'object');
    mkdirSync(join(path, '..'), { recursive: true });
    const raw = execFileSync('git', ['-C', this.work, 'cat-file', 'commit', 'HEAD'], { encoding: 'utf8' });
    const changed = change(raw);
    if (changed === raw) throw new Error('nothing was changed');
    writeFileSync(path, changed);
    const made = this.git('hash-object', '-t', 'commit', '-w', '--literally', path);
    this.git('reset', '-q', '--soft', made);
    return made;
  }

  #with({ settings, email }: Pen, ...args: string[]): void {
    this.git(...settings.flatMap((setting) => ['-c', setting]), '-c', `user.email=${email}`, ...args);
  }
}
