import { spawn } from 'node:child_process';

export interface GitCall {
  arguments: readonly string[];
  /** Given to git's standard input. */
  input?: string | Uint8Array;
  /** Added to the few variables that git is given. */
  environment?: Record<string, string>;
  /** Git and what it started are ended after this time. */
  timeLimitMs: number;
  /** Most bytes of output that are accepted. */
  maxOutputBytes: number;
}

/** `message` says why, in git's words where it has some; `code` is git's exit code where it ended by itself. */
export type GitFailure = { kind: 'failed'; message: string; code: number | null };
export type GitResult = { kind: 'done'; output: Buffer } | GitFailure;

/** What git, ssh and the transports need from their environment: programs, keys, proxies and certificates. */
const inherited = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'XDG_CONFIG_HOME'],
  ...['SSH_AUTH_SOCK', 'GIT_SSH_COMMAND', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM'],
  ...['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY', 'no_proxy', 'NO_PROXY'],
  ...['GIT_SSL_CAINFO', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
];

/** Between asking a process to end and ending it. */
const graceMs = 1000;

const fixed = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  // Nothing else, whatever a configuration file allows: `ext::` runs any command.
  GIT_ALLOW_PROTOCOL: 'file:ssh:https',
};

/** Nothing in a repository may start a program, and nothing may go on after the call. */
const settings = [
  ...['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'i18n.commitEncoding=UTF-8'],
  ...['gc.autoDetach=false', 'maintenance.autoDetach=false'],
].flatMap((setting) => ['-c', setting]);

/** Runs git once, in no working directory that matters, without a terminal. Never throws. */
export function git(call: GitCall): Promise<GitResult> {
  return new Promise((resolve) => {
    const child = spawn('git', [...settings, ...call.arguments], {
      cwd: '/',
      env: { ...fromEnvironment(), ...fixed, ...call.environment },
      stdio: 'pipe',
      detached: true, // its own session: no terminal to ask on, and one process group to end
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let bytes = 0;
    let ended: string | null = null;
    let grace: NodeJS.Timeout | undefined;
    const end = (why: string) => {
      ended ??= why;
      signalGroup(child.pid, 'SIGTERM'); // on which git removes its lock files
      grace ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs);
    };
    const timer = setTimeout(() => end(`git gave no answer within ${call.timeLimitMs / 1000} s`), call.timeLimitMs);
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > call.maxOutputBytes) end(`git answered with more than ${call.maxOutputBytes} bytes`);
      else output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => errors.length < 100 && errors.push(chunk));
    child.stdin.on('error', (error) => errors.push(Buffer.from(`error: ${error.message}\n`)));
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ kind: 'failed', message: `git does not start (${error.message}): install git`, code: null });
    });
    // A shared ssh connection may outlive git and hold its standard error open.
    child.on('exit', () => {
      clearTimeout(timer);
      clearTimeout(grace);
      if (ended !== null) signalGroup(child.pid, 'SIGKILL');
      grace = setTimeout(() => child.stderr.destroy(), graceMs);
    });
    child.on('close', (code) => {
      clearTimeout(grace);
      if (code === 0 && ended === null) resolve({ kind: 'done', output: Buffer.concat(output) });
      else resolve({ kind: 'failed', message: ended ?? complaint(errors, code), code });
    });
    child.stdin.end(call.input ?? '');
  });
}

function fromEnvironment(): Record<string, string> {
  return Object.fromEntries(
    inherited.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function signalGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    return; // the group has ended by itself in the meantime
  }
}

/** What git complained about: its lines that say so, or all it said. */
function complaint(errors: Buffer[], code: number | null): string {
  const lines = Buffer.concat(errors)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const telling = lines.filter((line) => /^(fatal|error|remote|ssh|Permission|Host key| !|\s+git config)/.test(line));
  const said = (telling.length > 0 ? telling : lines).slice(0, 6).map((line) => line.trim());
  return said.length > 0 ? said.join('; ') : `git ended with code ${code}`;
}
