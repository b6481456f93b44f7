import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProgramRun } from '../../../../agents/linux/run-program.js';
import { probeQemu, type QemuProbes } from '../../../../agents/vmm/qemu/probe-qemu.js';

describe('whether a host runs machines', () => {
  const images = mkdtempSync(join(tmpdir(), 'images-'));
  afterAll(() => rmSync(images, { recursive: true, force: true }));
  const failed = (message: string, code?: number): ProgramRun => ({
    kind: 'failed',
    message,
    ...(code === undefined ? {} : { code }),
  });
  const probes = (change: Partial<QemuProbes> & { trial?: ProgramRun } = {}): QemuProbes => ({
    run: async (_program, args) =>
      args.includes('--version') ? { kind: 'done', output: '' } : (change.trial ?? failed('', 67)),
    kvmDevice: () => undefined,
    makeFolder: () => mkdtempSync(join(tmpdir(), 'trial-')),
    ...change,
  });

  it('by KVM where a trial machine runs by it', async () => {
    expect(await probeQemu(images, 'auto', probes())).toEqual({ kind: 'usable', accelerator: 'kvm', lacks: [] });
  });

  it('without, and says so, where the device is missing or guests do not run by it', async () => {
    const missing = await probeQemu(images, 'auto', probes({ kvmDevice: () => 'ENOENT' }));
    expect(missing).toMatchObject({
      kind: 'usable',
      accelerator: 'tcg',
      lacks: [expect.stringMatching(/ENOENT.*kvm_intel/)],
    });
    const broken = await probeQemu(
      images,
      'auto',
      probes({ trial: failed("Host doesn't support requested features", 1) }),
    );
    expect(broken).toMatchObject({ accelerator: 'tcg', lacks: [expect.stringMatching(/trial.*requested features/)] });
  });

  it('not at all where KVM was asked for and is not there', async () => {
    expect(await probeQemu(images, 'kvm', probes({ kvmDevice: () => 'ENOENT' }))).toMatchObject({
      kind: 'missing',
      message: expect.stringMatching(/KVM was asked for/),
    });
  });

  it('not at all without QEMU or images, with what to install', async () => {
    const without = probes({ run: async (program) => failed(`${program} is not installed`) });
    expect(await probeQemu(images, 'tcg', without)).toEqual({
      kind: 'missing',
      message:
        'No machines of driver qemu: qemu-system-x86_64 is not installed: install it with `apt install qemu-system-x86`',
    });
    expect(await probeQemu(join(images, 'gone'), 'tcg', probes())).toMatchObject({ kind: 'missing' });
  });
});
