import { chaos } from '../test/lab/chaos/chaos.js';
import { build } from '../test/lab/lab-run.js';
import { randomLab } from '../test/lab/lab-world.js';
import type { Figure } from './figure.js';

/** Ten minutes of failures under load; both can be set to look at something. */
const seconds = Number(process.env.VIRTUOSO_CHAOS_SECONDS ?? 600);
const seed = Number(process.env.VIRTUOSO_CHAOS_SEED ?? 1);

export async function run(): Promise<Figure[]> {
  build();
  const startedMs = Date.now();
  const log = (message: string): void =>
    console.error(`[${((Date.now() - startedMs) / 1000).toFixed(1)} s] ${message}`);
  const result = await chaos({ lab: randomLab(), seed, seconds, log });
  const lists = { ...result.leftovers };
  const left = Object.values(lists).reduce((sum, list: unknown[]) => sum + list.length, 0);
  for (const each of [...result.broken, ...result.silent, ...result.strays]) log(each);
  const none = (name: string, value: number): Figure => ({ name, value, unit: '', target: '= 0', ok: value === 0 });
  return [
    { name: 'time under failures', value: seconds, unit: 's', target: '>= 600', ok: seconds >= 600 },
    { name: 'failures', value: result.disturbances, unit: '', target: '', ok: true },
    { name: 'TCP connections between 8 guests', value: result.connections, unit: '', target: '', ok: true },
    none('connections reset or refused', result.broken.length),
    none('connections silent after all healed', result.silent.length),
    none('devices, processes and cores that nothing accounts for', result.strays.length),
    none('left behind by taking down', left),
  ];
}
