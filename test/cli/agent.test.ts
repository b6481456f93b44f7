import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { agent } from '../../cli/agent.js';
import { exitCodes } from '../../cli/exit-codes.js';

describe('the agent of a host of a lab', () => {
  let stateDirectory: string;
  let said: string;
  beforeEach(() => {
    stateDirectory = mkdtempSync(join(tmpdir(), 'virtuoso-agent-'));
    said = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said += text;
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(stateDirectory, { recursive: true });
  });

  it('schedules on no processor that it was not given', async () => {
    const choices = { core: 'auto', accelerator: 'auto', logFormat: 'json' } as const;
    const options = { host: 'host-1', hub: 'wss://192.0.2.1:7443', hubKey: '', stateDirectory, ...choices };
    expect(await agent({ ...options, lab: 'none', vsched: 'edf' })).toBe(exitCodes.error);
    expect(said).toMatch(/^error: hosts of a lab share the processors .* --vsched-cpus/);
  });
});
