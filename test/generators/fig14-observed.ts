import { merge } from '../../reconciler/merge/merge.js';
import type { Inputs } from '../../reconciler/pass/pose.js';
import type { HostReport, Observed } from '../../schema/generated/types.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { exampleFiles } from '../examples.js';

const hosts = ['host-1', 'host-2', 'host-3', 'host-4', 'host-5', 'host-6'];
const nowMs = Date.parse('2026-03-01T12:00:00Z');

/** Fig. 14 as a pass meets it: VMs where they are said to be, with no link but what a plan will set up, and what they exchange. */
export function fig14Inputs(
  places: Record<string, string>,
  rateMbps = (from: string, to: string): number => (from === 'vm-4' || to === 'vm-4' ? 5 : 50),
): Inputs {
  const { documents } = validateFiles(exampleFiles('fig14'));
  const traffic = { declaredAtMs: nowMs - 500, smoothingIntervalMs: 2000, demands: [] };
  const empty: Observed = { format_version: '1', nowMs, hosts: [], traffic, lastPlacement: [] };
  const merged = merge(documents, 'fig14', empty);
  if ('kind' in merged) throw new Error('the example is refused');
  const { vms } = merged;
  const reportOf = (host: string): HostReport => ({
    ...{ host, boot: 'b', sequence: 1, generation: 0, atMs: 0, networks: [], links: [], rules: [], faults: [] },
    guests: vms.filter(({ name }) => places[name] === host).map(({ spec }) => ({ guest: spec, phase: 'running' })),
  });
  const demands = vms.flatMap(({ name: from, spec: { mac: source } }) =>
    vms
      .filter(({ name }) => name !== from)
      .map(({ name: to, spec: { mac: destination } }) => {
        return { network: 'lan', source, destination, rateMbps: rateMbps(from, to), origin: 'observed' as const };
      }),
  );
  const statuses = hosts.map((host) => ({ host, connected: true, report: reportOf(host) }));
  return { documents, source: 'fig14', observed: { ...empty, hosts: statuses, traffic: { ...traffic, demands } } };
}
