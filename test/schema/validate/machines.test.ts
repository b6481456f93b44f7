import { describe, expect, it } from 'vitest';
import { validateFiles } from '../../../schema/validate/validate-files.js';

const digest = `sha256:${'0'.repeat(64)}`;
const image = { file: 'debian.qcow2', digest };

/** What is wrong with a set that has these fields beside those that every set has. */
function mistakes(fields: Record<string, unknown>): string[] {
  const spec = { network: 'lan', compute: 1, memory: '1Gi', members: [{ name: 'vm-1' }], ...fields };
  const lines = Object.entries(spec).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
  const set = `apiVersion: virtuoso.dev/v1alpha1\nkind: VMSet\nmetadata: {name: set}\nspec:\n${lines.join('')}`;
  const { diagnostics } = validateFiles([{ path: 'desired/set.yaml', text: set }]);
  return diagnostics.map(({ id }) => id).filter((id) => id !== 'VIRT3006');
}

describe('machines of a set', () => {
  it('are whole', () => {
    expect(mistakes({ driver: 'qemu', machine: { disks: [{ image }, { size: '10Gi' }] } })).toEqual([]);
    expect(mistakes({ driver: 'qemu', machine: { boot: { kernel: image } } })).toEqual([]);
    expect(mistakes({ driver: 'qemu', machine: { disks: [{ size: '10Gi' }], cdrom: image } })).toEqual([]);
  });

  it('belong to the driver qemu, and to no other', () => {
    expect(mistakes({ driver: 'qemu' })).toEqual(['VIRT3034']);
    expect(mistakes({ machine: { boot: { kernel: image } } })).toEqual(['VIRT3034']);
    expect(mistakes({ driver: 'netns', machine: { boot: { kernel: image } } })).toEqual(['VIRT3034']);
  });

  it('have something to boot, and disks of some size', () => {
    expect(mistakes({ driver: 'qemu', machine: { disks: [{ size: '1Gi' }] } })).toEqual(['VIRT3032']);
    expect(mistakes({ driver: 'qemu', machine: { disks: [{ image }, {}] } })).toEqual(['VIRT3033']);
  });

  it.each(['../debian.qcow2', '/etc/passwd', '.hidden', 'a b', 'a,b', 'nbd://x'])('name no image %j', (file) => {
    expect(mistakes({ driver: 'qemu', machine: { cdrom: { file, digest } } })).toEqual(['VIRT2007']);
  });
});
