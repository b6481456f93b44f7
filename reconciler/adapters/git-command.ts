import { printable } from '../../schema/validate/render.js';
import { runProgram } from './run-program.js';

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
  // What goes on beside a fetch could outlast its time: see `MirrorUpkeep`.
  ...['gc.auto=0', 'maintenance.auto=false'],
  // Larger objects go from pipe to disk and are not held in memory.
  'core.bigFileThreshold=8m',
].flatMap((setting) => ['-c', setting]);

/** Runs git once, in no working directory that matters, without a terminal. Never throws. */
export async function git(call: GitCall): Promise<GitResult> {
  const ended = await runProgram({
    ...call,
    program: 'git',
    arguments: [...settings, ...call.arguments],
    environment: { ...fromEnvironment(), ...fixed, ...call.environment },
  });
  if (ended.kind === 'absent')
    return { kind: 'failed', message: `git does not start (${ended.message}): install git`, code: null };
  if (ended.kind === 'stopped') return { kind: 'failed', message: ended.message, code: ended.code };
  if (ended.code === 0) return { kind: 'done', output: ended.output };
  return { kind: 'failed', message: complaint(ended.errors, ended.code), code: ended.code };
}

function fromEnvironment(): Record<string, string> {
  return Object.fromEntries(
    inherited.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** What git complained about: its lines that say so, or all it said. */
function complaint(errors: string, code: number | null): string {
  const lines = errors.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.filter((line) => /^(fatal|error|remote|ssh|Permission|Host key| !|\s+git config)/.test(line));
  const said = (telling.length > 0 ? telling : lines).slice(0, 6).map((line) => line.trim());
  return said.length > 0 ? printable(said.join('; ')) : `git ended with code ${code}`;
}
