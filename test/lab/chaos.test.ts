import { expect, it } from 'vitest';
import { isEmpty } from '../../lab/leftovers.js';
import { describeLab } from '../environment.js';
import { chaos } from './chaos/chaos.js';
import { build } from './lab-run.js';
import { randomLab } from './lab-world.js';

const needs = ['root', 'namespaces', 'bpf', 'clang', 'libbpf', 'libssl', 'tun', 'iperf3', 'sshd', 'ping'] as const;

/** The benchmark `chaos` does the same for ten minutes. */
const seconds = 30;

describeLab('chaos under load', needs, () => {
  it('resets no connection, silences none and leaves nothing behind', async () => {
    build();
    const told: string[] = [];
    const result = await chaos({ lab: randomLab(), seed: 1, seconds, log: (message) => told.push(message) });
    const { broken, silent, strays, leftovers, disturbances } = result;
    expect({ broken, silent, strays }, told.join('\n')).toEqual({ broken: [], silent: [], strays: [] });
    expect(isEmpty(leftovers), JSON.stringify(leftovers)).toBe(true);
    expect(disturbances).toBeGreaterThan(5);
  }, 400_000);
});
