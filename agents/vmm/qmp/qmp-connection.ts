import { closeSync, constants, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import type { QmpCommands, QmpEvent } from './commands.js';
import { MessageLines } from './message-lines.js';

export type QmpFailure =
  /** No answer in time: the process is stopped or hangs. */
  | { kind: 'silent'; message: string }
  /** There is nobody at the socket, or no longer. */
  | { kind: 'closed'; message: string }
  /** QEMU says no. `class` is its own word for the kind of error. */
  | { kind: 'refused'; class: string; message: string };

export type QmpAnswer<T> = { kind: 'answer'; value: T } | QmpFailure;

export interface QmpOptions {
  /** Time for the greeting, and for each answer. */
  timeoutMs: number;
  onEvent?(event: QmpEvent): void;
}

interface Waiting {
  settle(answer: QmpAnswer<unknown>): void;
}

/** Commands that wait for answers at the same time. */
const mostWaiting = 64;

/** A connection to a machine's QMP socket. QEMU serves one at a time. */
export class QmpConnection {
  readonly #socket: Socket;
  readonly #options: QmpOptions;
  readonly #lines = new MessageLines();
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #ended: string | undefined;
  #greeted: (() => void) | undefined;

  private constructor(socket: Socket, options: QmpOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('data', (piece: Buffer) => this.#take(piece));
    socket.on('error', (error) => this.#end(error.message));
    socket.on('close', () => this.#end('it closed the connection'));
  }

  /** Connects to the socket at `path`, of any length, and agrees on capabilities. */
  static async open(
    path: string,
    options: QmpOptions,
  ): Promise<{ kind: 'open'; connection: QmpConnection } | QmpFailure> {
    const socket = await dial(path, options.timeoutMs);
    if (socket.kind !== 'open') return socket;
    const connection = new QmpConnection(socket.socket, options);
    const greeted = await connection.#greeting();
    const agreed = greeted ?? (await connection.#send('qmp_capabilities', undefined));
    if (agreed.kind === 'answer') return { kind: 'open', connection };
    connection.close();
    return agreed;
  }

  get isOpen(): boolean {
    return this.#ended === undefined;
  }

  /** Sends a command; the answer comes within the time-out, or is a failure. */
  command<C extends keyof QmpCommands>(
    name: C,
    ...takes: QmpCommands[C]['takes'] extends undefined ? [] : [QmpCommands[C]['takes']]
  ): Promise<QmpAnswer<QmpCommands[C]['gives']>> {
    return this.#send(name, takes[0]) as Promise<QmpAnswer<QmpCommands[C]['gives']>>;
  }

  close(): void {
    this.#end('the connection was closed');
  }

  #greeting(): Promise<QmpFailure | undefined> {
    return new Promise((resolve) => {
      const settle = (answer: QmpAnswer<unknown>) => resolve(answer.kind === 'answer' ? undefined : answer);
      this.#await(0, 'It does not greet', settle);
      this.#greeted = () => this.#waiting.get(0)?.settle({ kind: 'answer', value: undefined });
      if (this.#ended !== undefined) this.#waiting.get(0)?.settle({ kind: 'closed', message: this.#ended });
    });
  }

  #send(execute: string, takes: object | undefined): Promise<QmpAnswer<unknown>> {
    const { promise, settle } = answered();
    if (this.#ended !== undefined) settle({ kind: 'closed', message: this.#ended });
    else if (this.#waiting.size >= mostWaiting)
      settle({ kind: 'silent', message: `${mostWaiting} commands wait for an answer already` });
    else {
      const id = this.#next++;
      this.#await(id, `It does not answer ${execute}`, settle);
      this.#socket.write(`${JSON.stringify({ execute, ...(takes ? { arguments: takes } : {}), id })}\n`);
    }
    return promise;
  }

  #await(id: number, what: string, settle: (answer: QmpAnswer<unknown>) => void): void {
    const { timeoutMs } = this.#options;
    const finish = (answer: QmpAnswer<unknown>) => {
      clearTimeout(timer);
      this.#waiting.delete(id);
      settle(answer);
    };
    const timer = setTimeout(
      () => finish({ kind: 'silent', message: `${what} within ${timeoutMs} ms` }),
      timeoutMs,
    ).unref();
    this.#waiting.set(id, { settle: finish });
  }

  #take(piece: Buffer): void {
    const { values, trouble } = this.#lines.take(piece);
    for (const value of values) this.#hear(value);
    if (trouble !== undefined) this.#end(trouble);
  }

  #hear(value: Record<string, unknown>): void {
    if ('QMP' in value) this.#greeted?.();
    else if (typeof value.event === 'string') {
      const data = typeof value.data === 'object' && value.data !== null ? value.data : {};
      this.#options.onEvent?.({ event: value.event, data: data as Record<string, unknown> });
    } else {
      // An answer that came too late, or to nothing that was asked, is of no interest.
      const waiting = typeof value.id === 'number' ? this.#waiting.get(value.id) : undefined;
      waiting?.settle(answerIn(value));
    }
  }

  #end(why: string): void {
    this.#ended ??= why;
    this.#socket.destroy();
    for (const { settle } of [...this.#waiting.values()]) settle({ kind: 'closed', message: this.#ended });
  }
}

function answerIn(value: Record<string, unknown>): QmpAnswer<unknown> {
  if (!('error' in value)) return { kind: 'answer', value: value.return };
  const { class: name, desc } = (value.error ?? {}) as { class?: unknown; desc?: unknown };
  return { kind: 'refused', class: String(name), message: String(desc) };
}

function answered(): { promise: Promise<QmpAnswer<unknown>>; settle(answer: QmpAnswer<unknown>): void } {
  let settle: (answer: QmpAnswer<unknown>) => void = () => undefined;
  const promise = new Promise<QmpAnswer<unknown>>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}

/** Through a descriptor of the socket's folder, because the kernel takes no path of more than 107 bytes. */
function dial(path: string, timeoutMs: number): Promise<{ kind: 'open'; socket: Socket } | QmpFailure> {
  return new Promise((resolve) => {
    let folder: number;
    try {
      folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
    } catch (error) {
      return resolve({ kind: 'closed', message: (error as Error).message });
    }
    const socket = connect(`/proc/self/fd/${folder}/${basename(path)}`);
    const finish = (result: { kind: 'open'; socket: Socket } | QmpFailure) => {
      clearTimeout(timer);
      closeSync(folder);
      socket.off('error', failed);
      if (result.kind !== 'open') socket.destroy();
      resolve(result);
    };
    const failed = ({ code }: NodeJS.ErrnoException) =>
      finish({ kind: 'closed', message: `nobody listens at its control socket (${code})` });
    const timer = setTimeout(
      () => finish({ kind: 'silent', message: `It takes no connection within ${timeoutMs} ms` }),
      timeoutMs,
    ).unref();
    socket.once('error', failed);
    socket.once('connect', () => finish({ kind: 'open', socket }));
  });
}
