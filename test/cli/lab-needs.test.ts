import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { labNeeds, lookNeeds } from '../../cli/lab-needs.js';

describe.runIf(process.platform === 'linux')('what a lab needs', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtuoso-needs-'));
    vi.stubEnv('PATH', folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });
  const install = (...programs: string[]) => {
    for (const program of programs) writeFileSync(join(folder, program), '', { mode: 0o755 });
  };
  const being = (uid: number) => vi.spyOn(process, 'getuid').mockReturnValue(uid);

  it('is root, before anything else', () => {
    being(1000);
    expect(labNeeds()).toMatch(/needs root: run it with sudo\.$/);
    expect(lookNeeds()).toBe(labNeeds());
  });

  it('is a few programs, named with the packages that have them', () => {
    being(0);
    install('ip', 'tc', 'git', 'mount', 'umount', 'nsenter');
    expect(labNeeds()).toBe('The lab needs clang, iperf3: apt-get install clang iperf3 libbpf-dev linux-libc-dev');
    rmSync(join(folder, 'ip'));
    expect(lookNeeds()).toBe('The lab needs ip: apt-get install iproute2');
  });
});
