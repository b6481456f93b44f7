import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ip } from '../../../agents/linux/ip.js';
import { NetworkNamespace, namespacePath } from '../../../agents/linux/namespace.js';
import { processesInNamespaces } from '../../../agents/linux/processes.js';
import type { LabNames } from '../../../lab/names.js';

/** One thing that goes wrong; `heal` puts it right, where that does not happen by itself. */
export interface Disturbance {
  what: string;
  /** Whether there was something to strike. */
  strike(): boolean;
  heal(): void;
}

const nothing = () => undefined;

/** Everything that may go wrong in a lab. `hosts` in the order of its topology, each with one interface. */
export function disturbances(names: LabNames, hosts: readonly string[], proxy: string): Disturbance[] {
  const kill = (what: string, host: string, program: RegExp): Disturbance => ({
    what: `${what} of ${host} killed`,
    strike: () => killMatching(names.host(host), program),
    heal: nothing,
  });
  const cuts = hosts.map(
    (host, index): Disturbance => ({
      what: `${host} cut off`,
      strike: () => setPort(names, index, 'down'),
      heal: () => {
        setPort(names, index, 'up');
      },
    }),
  );
  const cutProxy = cuts[hosts.indexOf(proxy)];
  return [
    ...cuts,
    ...hosts.map((host) => kill('agent', host, /^node .*\bagent run\b/)),
    ...hosts.map((host) => kill('a carrier', host, /^virtuoso-pump\b/)),
    ...hosts.map((host) => kill('an SSH client', host, /^ssh\b/)),
    ...hosts.map((host) => kill('keep-alives', host, /^virtuoso-pulse\b/)),
    kill('SSH server', proxy, /^sshd\b/),
    {
      what: 'Proxy cut off and its agent killed',
      strike: () => {
        cutProxy?.strike();
        return killMatching(names.host(proxy), /^node .*\bagent run\b/);
      },
      heal: () => cutProxy?.heal(),
    },
    {
      what: 'reconciler killed',
      strike: () => killMatching(names.control, /^node .*\breconcile\b/),
      heal: nothing,
    },
  ];
}

/** The switch's port of a host: without carrier at the host, whose addresses and routes stay. */
function setPort(names: LabNames, index: number, state: 'up' | 'down'): true {
  const switches = new NetworkNamespace(namespacePath(names.switches));
  const failed = switches.within(() => ip([`link set h${index} ${state}`]));
  switches.close();
  if (failed) throw new Error(failed.message);
  return true;
}

/** Whether there was one to kill. */
function killMatching(namespace: string, program: RegExp): boolean {
  const found = programs(namespace).filter(({ command }) => program.test(command));
  for (const { pid } of found) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  return found.length > 0;
}

/** Processes of a namespace, with their command lines: the program without its folder. */
export function programs(namespace: string): { pid: number; command: string }[] {
  return processesInNamespaces([namespacePath(namespace)]).flatMap((pid) => {
    try {
      const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      // A server that names what it does, as sshd, has blanks and a colon in its first word.
      const name = basename(program.split(/[ :]/)[0] ?? '');
      return [{ pid, command: [name, ...args].join(' ').trim() }];
    } catch {
      return []; // it has just ended
    }
  });
}
