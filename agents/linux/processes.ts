import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Processes whose network namespace is one of those at `paths`; paths where there is none are left out. */
export function processesInNamespaces(paths: readonly string[]): number[] {
  return [...processesByNamespace(paths).values()].flat().sort((a, b) => a - b);
}

/** Of each namespace at `paths`, the processes in it; found in one look at all processes. */
export function processesByNamespace(paths: readonly string[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  const pidsOf = new Map<string, number[]>();
  for (const path of paths) {
    const pids: number[] = [];
    found.set(path, pids);
    const inode = attempt(() => statSync(path).ino);
    if (inode !== undefined) pidsOf.set(`net:[${inode}]`, pids);
  }
  if (pidsOf.size === 0) return found;
  for (const pid of processes()) pidsOf.get(attempt(() => readlinkSync(`/proc/${pid}/ns/net`)) ?? '')?.push(pid);
  return found;
}

/** Processes that were started with `variable` in their environment, and their children. */
export function processesWithEnvironment(variable: string): number[] {
  return processes().filter((pid) =>
    attempt(() => readFileSync(`/proc/${pid}/environ`, 'latin1'))
      ?.split('\0')
      .includes(variable),
  );
}

/** Values that `variable` has in the environments of processes. */
export function environmentValues(variable: string): string[] {
  const prefix = `${variable}=`;
  const values = processes().flatMap((pid) => {
    const environment = attempt(() => readFileSync(`/proc/${pid}/environ`, 'latin1')) ?? '';
    const entry = environment.split('\0').find((each) => each.startsWith(prefix));
    return entry === undefined ? [] : [entry.slice(prefix.length)];
  });
  return [...new Set(values)].sort();
}

/** Asks the processes that `find` finds to end, and ends those that do not within `graceMs`. */
export async function endProcesses(find: () => number[], graceMs = 1000): Promise<void> {
  const own = process.pid;
  const remaining = (): number[] => find().filter((pid) => pid !== own);
  for (const pid of remaining()) attempt(() => process.kill(pid, 'SIGTERM'));
  for (let waitedMs = 0; waitedMs < graceMs && remaining().length > 0; waitedMs += 20) await sleep(20);
  for (let round = 0; round < 50 && remaining().length > 0; round++) {
    for (const pid of remaining()) attempt(() => process.kill(pid, 'SIGKILL'));
    await sleep(20);
  }
}

/** Processes that run; zombies hold nothing any more. */
function processes(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter((pid) => !isZombie(pid));
}

function isZombie(pid: number): boolean {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  return stat === undefined || statFields(stat)[0] === 'Z';
}

/** As the process calls itself, in at most 15 printable characters. Undefined if it has ended. */
export function processName(pid: number): string | undefined {
  return attempt(() => readFileSync(`/proc/${pid}/comm`, 'latin1'))
    ?.trimEnd()
    .replace(/[^ -~]/g, '?');
}

/** The fields of /proc/PID/stat after the program's name, which may itself contain spaces and parentheses. */
export function statFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Processes end while they are looked at: what cannot be read any more is not there. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}
