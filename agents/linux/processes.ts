import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Processes whose network namespace is the one at `path`. Empty if there is none. */
export function processesInNamespace(path: string): number[] {
  const inode = attempt(() => statSync(path).ino);
  if (inode === undefined) return [];
  const wanted = `net:[${inode}]`;
  return processes().filter((pid) => attempt(() => readlinkSync(`/proc/${pid}/ns/net`)) === wanted);
}

/** Processes that were started with `variable` in their environment, and their children. */
export function processesWithEnvironment(variable: string): number[] {
  return processes().filter((pid) =>
    attempt(() => readFileSync(`/proc/${pid}/environ`, 'latin1'))
      ?.split('\0')
      .includes(variable),
  );
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

/** The fields of /proc/PID/stat after the program's name, which may itself contain spaces and parentheses. */
export function statFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Processes end while they are looked at: what cannot be read any more is not there. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}
