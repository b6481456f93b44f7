/** What a machine does, in QEMU's words. */
export type RunState =
  | 'running'
  | 'paused'
  | 'io-error'
  | 'internal-error'
  | 'guest-panicked'
  | 'shutdown'
  | 'prelaunch'
  | 'inmigrate'
  | 'postmigrate'
  | 'finish-migrate'
  | 'save-vm'
  | 'restore-vm'
  | 'suspended'
  | 'watchdog'
  | 'debug'
  | 'colo';

/** The QMP commands that are used: what each takes, and what it gives. */
export interface QmpCommands {
  'query-status': { takes: undefined; gives: { status: RunState; running: boolean } };
  'query-cpus-fast': { takes: undefined; gives: { 'cpu-index': number; 'thread-id': number }[] };
  'query-block': { takes: undefined; gives: QmpBlock[] };
  cont: { takes: undefined; gives: object };
  system_powerdown: { takes: undefined; gives: object };
  quit: { takes: undefined; gives: object };
  eject: { takes: { id: string; force?: boolean }; gives: object };
  'blockdev-change-medium': {
    takes: { id: string; filename: string; format: 'raw'; 'read-only-mode': 'read-only'; force?: boolean };
    gives: object;
  };
}

export interface QmpBlock {
  /** Path of the device's object, such as `/machine/peripheral/cd/…`. */
  qdev?: string;
  inserted?: { file: string };
}

export interface QmpEvent {
  event: string;
  data: Record<string, unknown>;
}
