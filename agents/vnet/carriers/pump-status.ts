import { readFileSync } from 'node:fs';
import { identifyProcess } from '../../linux/process-identity.js';

/** What a running pump says of a link. */
export interface PumpStatus {
  pid: number;
  state: 'connecting' | 'connected' | 'refused';
  /** Why it is not connected, in a few words. */
  detail: string;
  /** Times that this process has connected the link. */
  connections: number;
}

/** Reads a status file; undefined if there is none, or whoever wrote it runs no more. */
export function pumpStatus(path: string): PumpStatus | undefined {
  let status: PumpStatus;
  try {
    status = JSON.parse(readFileSync(path, 'utf8')) as PumpStatus;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return identifyProcess(status.pid) ? status : undefined;
}
