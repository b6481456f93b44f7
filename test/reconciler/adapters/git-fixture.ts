import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { GitMirror } from '../../../reconciler/adapters/git-mirror.js';
import { parseRemote } from '../../../reconciler/adapters/git-remote.js';

/** A directory that goes when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'virtuoso-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Runs git as a person would, without that person's configuration. */
export function gitIn(directory: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], {
    cwd: directory,
    encoding: 'utf8',
    stdio: 'pipe',
    // No settings from HOME: it is the working copy, whose files may be hostile.
    env: { PATH: process.env.PATH, HOME: directory, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
  }).trim();
}

export interface Repository {
  /** A bare repository: the remote. */
  remote: string;
  /** Where a person works. */
  work: string;
  /** Writes the files, commits everything, pushes, and returns the commit. */
  commit(files: Record<string, string | Uint8Array>): string;
}

/** A bare remote with one working copy, both empty, on branch `main`. */
export function repository(): Repository {
  const root = temporaryDirectory();
  const remote = join(root, 'remote.git');
  const work = join(root, 'work');
  gitIn(root, 'init', '-q', '--bare', '-b', 'main', remote);
  gitIn(root, 'init', '-q', '-b', 'main', work);
  gitIn(work, 'remote', 'add', 'origin', remote);
  const commit = (files: Record<string, string | Uint8Array>): string => {
    writeFiles(work, files);
    gitIn(work, 'add', '-A');
    gitIn(work, 'commit', '-q', '--allow-empty', '-m', 'Change the fleet');
    gitIn(work, 'push', '-q', 'origin', 'HEAD:main');
    return gitIn(work, 'rev-parse', 'HEAD');
  };
  return { remote, work, commit };
}

export function writeFiles(directory: string, files: Record<string, string | Uint8Array>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}

/** The mirror of a remote in a new state directory, or in the one given. */
export async function mirrorOf(url: string, stateDirectory = temporaryDirectory()): Promise<GitMirror> {
  const remote = parseRemote(url);
  if (remote.kind === 'invalid') throw new Error(remote.message);
  const opened = await GitMirror.open(remote, stateDirectory);
  if (opened.kind === 'failed') throw new Error(opened.message);
  return opened.mirror;
}
