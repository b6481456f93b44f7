import type { RunState } from '../qmp/commands.js';

/** What is wrong with a machine that QEMU runs, and what to do; undefined if nothing is, or it will be over at once. */
export function stateTrouble(state: RunState): string | undefined {
  switch (state) {
    case 'running':
    case 'paused':
    case 'prelaunch':
    case 'inmigrate':
    case 'postmigrate':
    case 'finish-migrate':
    case 'save-vm':
    case 'restore-vm':
    case 'shutdown':
      return undefined;
    case 'io-error':
      return 'it stands still, because its disk could not be written: free space on the host, and it goes on';
    case 'guest-panicked':
      return 'its kernel has panicked: look at its console, and end its process to have it started again';
    case 'suspended':
      return 'it sleeps, as it was told to from inside: wake it by its power button, or end its process';
    default:
      return `it stands still, and QEMU calls that ${state}: look at its log, and end its process to have it started again`;
  }
}

/** States that a machine that shall run is taken out of. */
export const isToContinue = (state: RunState): boolean => state === 'paused' || state === 'io-error';
