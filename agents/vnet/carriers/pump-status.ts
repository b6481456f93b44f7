import { readFileSync } from 'node:fs';
import { identifyProcess } from '../../linux/process-identity.js';

/** What a pump says of a link. */
export interface PumpStatus {
  /** Of the process that has, or had, the connection. */
  pid: number;
  state: 'connecting' | 'connected' | 'refused';
  /** Why it is not connected, in a few words; empty while nothing has failed. */
  detail: string;
  /** Times the link was connected: by this process at a connecting end, by all at a listening one. */
  connections: number;
}

/** Reads a status file; undefined if there is none yet. */
export function pumpStatus(path: string): PumpStatus | undefined {
  let status: PumpStatus;
  try {
    status = JSON.parse(readFileSync(path, 'utf8')) as PumpStatus;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (status.state !== 'connected' || identifyProcess(status.pid)) return status;
  return { ...status, state: 'connecting', detail: 'the process that had the connection was killed' };
}
