import { closeSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BpfMap } from '../../../agents/vnet/bpf-map.js';
import { layout } from '../../../agents/vnet/layout.js';
import { demand, libbpf } from '../../../agents/vnet/libbpf.js';
import { loadedCores } from '../../../agents/vnet/loaded-cores.js';
import { describeLab } from '../../environment.js';

describeLab('cores in the kernel', ['root', 'bpf', 'libbpf'], () => {
  /** The configuration of a core whose version has `more` bytes in it. */
  const core = (owner: string, more: number): number => {
    const size = layout.config.size + more;
    const descriptor = demand(libbpf().createHash('vnet_config', 4, size, 1), 'cannot make a map');
    const value = Buffer.alloc(size, 0xff);
    value.fill(0, layout.config.owner, layout.config.owner + 64);
    value.write(owner, layout.config.owner, 'utf8');
    new BpfMap('vnet_config', descriptor, 4, size).set(Buffer.alloc(4), value);
    return descriptor;
  };

  it('are found whatever their version has in its configuration', () => {
    const descriptors = [core('loaded-cores/old', 0), core('loaded-cores/new', 4096)];
    try {
      const found = loadedCores().filter((owner) => owner.startsWith('loaded-cores/'));
      expect(found).toEqual(['loaded-cores/new', 'loaded-cores/old']);
    } finally {
      for (const descriptor of descriptors) closeSync(descriptor);
    }
    expect(loadedCores().filter((owner) => owner.startsWith('loaded-cores/'))).toEqual([]);
  });
});
