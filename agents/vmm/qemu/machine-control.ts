import { join } from 'node:path';
import type { QmpCommands } from '../qmp/commands.js';
import { type QmpAnswer, QmpConnection } from '../qmp/qmp-connection.js';
import { driveId, sockets } from './machine-command.js';

/** What is asked of a running machine, over one connection that is made when it is needed and kept. */
export class MachineControl {
  readonly #path: string;
  readonly #timeoutMs: number;
  #connection: QmpConnection | undefined;

  constructor(folder: string, timeoutMs: number) {
    this.#path = join(folder, sockets.qmp);
    this.#timeoutMs = timeoutMs;
  }

  async command<C extends keyof QmpCommands>(
    name: C,
    ...takes: QmpCommands[C]['takes'] extends undefined ? [] : [QmpCommands[C]['takes']]
  ): Promise<QmpAnswer<QmpCommands[C]['gives']>> {
    if (!this.#connection?.isOpen) {
      const opened = await QmpConnection.open(this.#path, { timeoutMs: this.#timeoutMs });
      if (opened.kind !== 'open') return opened;
      this.#connection = opened.connection;
    }
    return this.#connection.command(name, ...takes);
  }

  /** Path of what is in the CD drive; undefined: nothing. */
  async medium(): Promise<QmpAnswer<string | undefined>> {
    const blocks = await this.command('query-block');
    if (blocks.kind !== 'answer') return blocks;
    const drive = blocks.value.find(({ qdev }) => qdev?.split('/').includes(driveId));
    return { kind: 'answer', value: drive?.inserted?.file };
  }

  /** Puts a medium into the CD drive in place of any other, or takes it out, even if the guest has locked the drive. */
  async insert(path: string | undefined): Promise<QmpAnswer<object>> {
    if (path === undefined) return this.command('eject', { id: driveId, force: true });
    const medium = { id: driveId, filename: path, format: 'raw', 'read-only-mode': 'read-only', force: true } as const;
    return this.command('blockdev-change-medium', medium);
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }
}
