import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A bare repository and a person's working copy of it, with git itself. */
export class GitRepository {
  readonly directory: string;
  readonly remote: string;
  readonly #work: string;

  private constructor(directory: string) {
    this.directory = directory;
    this.remote = join(directory, 'remote.git');
    this.#work = join(directory, 'work');
  }

  static async make(): Promise<GitRepository> {
    const made = new GitRepository(await mkdtemp(join(tmpdir(), 'virtuoso-bench-')));
    await made.#git('.', ['init', '--quiet', '--bare', '--initial-branch=main', made.remote]);
    await made.#git('.', ['init', '--quiet', '--initial-branch=main', made.#work]);
    await made.#git('work', ['remote', 'add', 'origin', made.remote]);
    return made;
  }

  async commit(files: Readonly<Record<string, string>>): Promise<string> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.#work, path)), { recursive: true });
      await writeFile(join(this.#work, path), text);
    }
    await this.#git('work', ['add', '--all']);
    await this.#git('work', ['commit', '--quiet', '--message', 'Change the policy']);
    return this.#git('work', ['rev-parse', 'HEAD']);
  }

  /** Returns when the push had ended, in milliseconds since the epoch: read in the shell, so that nothing here delays it. */
  async push(): Promise<number> {
    const script = 'git push --quiet origin HEAD:main && date +%s%3N';
    const { stdout } = await run('sh', ['-c', script], { cwd: this.#work, env: this.#environment() });
    return Number(stdout);
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  async #git(folder: string, args: readonly string[]): Promise<string> {
    const identity = ['-c', 'user.name=Operator', '-c', 'user.email=operator@localhost'];
    const done = await run('git', [...identity, ...args], {
      cwd: join(this.directory, folder),
      env: this.#environment(),
    });
    return done.stdout.trim();
  }

  #environment(): Record<string, string> {
    return { PATH: process.env.PATH ?? '', HOME: this.directory, GIT_CONFIG_NOSYSTEM: '1' };
  }
}
