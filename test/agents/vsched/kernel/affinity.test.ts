import { expect, it } from 'vitest';
import { everywhere, maskOf, processorsIn } from '../../../../agents/vsched/kernel/affinity.js';

it('reads processors from a mask as it writes them', () => {
  for (const cpu of [0, 5, 8, 63, 1023]) expect(processorsIn(maskOf(cpu))).toEqual([cpu]);
  expect(processorsIn('0501')).toEqual([0, 2, 8]);
  expect(processorsIn(everywhere)).toHaveLength(1024);
  expect(processorsIn('')).toEqual([]);
});
