import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openCore } from '../../../agents/vnet/load-core.js';

describe('the core of a host', () => {
  const folder = mkdtempSync(join(tmpdir(), 'virtuoso-pins-'));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is pinned nowhere but on a bpffs, and says how to mount one', () => {
    const object = join(folder, 'core.o');
    writeFileSync(object, 'an object');
    const parts = { maps: ['config'], programs: [] };
    for (const pins of [join(folder, 'pins', 'host-1'), '/sys/fs/no-such-folder/virtuoso/host-1']) {
      expect(() => openCore(pins, object, parts)).toThrow(/is not on a bpffs.*mount -t bpf/);
    }
  });
});
