import { pino } from 'pino';
import { printable } from '../schema/validate/render.js';
import { Redaction } from './redact.js';

export type LogFormat = 'json' | 'text';
export type LogLevel = 'info' | 'warn' | 'error';

/** The one way to log of a process that runs for long. No secret that it knows or recognises comes through. */
export interface Log {
  (level: LogLevel, message: string, fields?: Record<string, unknown>): void;
  /** Keeps a secret out of all that is logged from now on. */
  hide(secret: string): void;
}

export interface LogOptions {
  format: LogFormat;
  /** Part of every line, for example the host of an agent. */
  base?: Record<string, string>;
  /** Takes lines, each with its line feed; stderr when left out. */
  write?: (line: string) => void;
  nowMs?: () => number;
}

/** Opens a log on stderr. A line of `json` is an object of `level`, `time`, `msg` and fields; one of `text` is for people. */
export function openLog({ format, base = {}, write, nowMs = Date.now }: LogOptions): Log {
  const redaction = new Redaction();
  const output = write === undefined ? pino.destination({ dest: 2, sync: true }) : { write };
  const timestamp = () => `,"time":"${new Date(nowMs()).toISOString()}"`;
  const logger = pino({ base, timestamp }, output);
  const log = (level: LogLevel, message: string, fields: Record<string, unknown> = {}) => {
    const told = redaction.value(fields) as Record<string, unknown>;
    const text = redaction.text(message);
    if (format === 'json') logger[level](told, text);
    else output.write(line(nowMs(), level, text, { ...base, ...told }));
  };
  return Object.assign(log, { hide: (secret: string) => redaction.add(secret) });
}

function line(atMs: number, level: LogLevel, text: string, fields: Record<string, unknown>): string {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  const told = known.map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${new Date(atMs).toISOString()} ${level.padEnd(5)} ${printable(`${text}${told.join('')}`)}\n`;
}
