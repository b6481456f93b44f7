import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../reconciler/model/canonical.js';
import { decide } from '../../../reconciler/pass.js';
import { verifyHash } from '../../../reconciler/plan/assemble.js';
import type { HostReport, Observed } from '../../../schema/generated/types.js';
import { validateFiles } from '../../../schema/validate/validate-files.js';
import { exampleFiles } from '../../examples.js';

function report(host: string, guests: HostReport['guests'] = []): HostReport {
  const nothing = { networks: [], links: [], rules: [], faults: [] };
  return { host, boot: 'b', sequence: 1, generation: 0, atMs: 0, ...nothing, guests };
}

const hosts = ['host-1', 'host-2', 'host-3', 'host-4', 'host-5', 'host-6'];

function observed(changes: Partial<Observed> = {}): Observed {
  return {
    format_version: '1',
    nowMs: 1000,
    hosts: hosts.map((host) => ({ host, connected: true, report: report(host) })),
    traffic: { declaredAtMs: null, smoothingIntervalMs: 2000, demands: [] },
    lastPlacement: [],
    ...changes,
  };
}

function decided(change: (text: string) => string = (text) => text, seen = observed()) {
  const files = exampleFiles('fig14').map((file) => ({ ...file, text: change(file.text) }));
  const { documents, diagnostics } = validateFiles(files);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return decide({ documents, source: 'test', observed: seen });
}

const guest = (name: string, last: number): HostReport['guests'][number] => ({
  guest: { name, network: 'lan', mac: `02:56:00:00:00:0${last}`, driver: 'netns', computeCores: 1, memoryMib: 1024 },
  phase: 'running',
});

describe('decide', () => {
  it('brings an empty fleet up: star, then VMs where they begin', () => {
    const result = decided();
    if (result.kind !== 'planned') throw new Error(result.kind);
    expect(verifyHash(result.plan)).toBe(true);
    expect(Object.fromEntries(result.plan.decision.mapping.map(({ vm, to }) => [vm, to]))).toEqual({
      'vm-1': 'host-2',
      'vm-2': 'host-4',
      'vm-3': 'host-5',
      'vm-4': 'host-6',
    });
    expect(result.plan.decision.capacities).toBe('nominal');
    const kinds = result.plan.steps.map(({ kind }) => kind);
    expect(kinds.indexOf('start')).toBeGreaterThan(kinds.lastIndexOf('link-up'));
  });

  it('gives the same bytes for the same inputs', () => {
    const [a, b] = [decided(), decided()];
    if (a.kind !== 'planned' || b.kind !== 'planned') throw new Error('not planned');
    expect(canonicalJson(a.plan)).toBe(canonicalJson(b.plan));
    expect(JSON.stringify(a.plan)).toBe(JSON.stringify(b.plan));
  });

  it('does not start a VM whose host is silent', () => {
    const seen = observed({
      hosts: hosts.map((host) => ({ host, connected: host !== 'host-4', report: report(host) })),
      lastPlacement: [{ vm: 'vm-2', host: 'host-4' }],
    });
    const result = decided(undefined, seen);
    if (result.kind !== 'planned') throw new Error(result.kind);
    expect(result.plan.decision.mapping.find(({ vm }) => vm === 'vm-2')).toMatchObject({
      from: 'host-4',
      to: 'host-4',
    });
    const started = result.plan.changes.flatMap((change) => (change.kind === 'guest-start' ? [change.guest] : []));
    expect(started).toEqual(['vm-1', 'vm-3', 'vm-4']);
  });

  it('refuses to go on when a host with guests was taken out of the inventory, unless it is gone', () => {
    const away = { host: 'host-9', connected: true, report: report('host-9', [guest('vm-2', 2)]) };
    const result = decided(undefined, observed({ hosts: [...observed().hosts, away] }));
    expect(result).toMatchObject({ kind: 'unsafe', limit: 'departed-host', actual: 1 });
    expect(result).toMatchObject({ message: expect.stringContaining('vm-2 runs there') });
    const gone = decided(undefined, observed({ hosts: [...observed().hosts, { ...away, connected: false }] }));
    expect(gone.kind).toBe('planned');
  });

  it('says who does not fit when VMs ask for more than there is', () => {
    const result = decided((text) => text.replace('maxGuests: 1', 'maxGuests: 0'));
    expect(result.kind).toBe('planned');
    const none = decided((text) => text.replaceAll('maxGuests: 1', 'maxGuests: 0'));
    expect(none).toMatchObject({ kind: 'infeasible' });
  });

  it('moves only what has to move when more would break a ChangeLimit', () => {
    const names = ['vm-1', 'vm-2', 'vm-3', 'vm-4'];
    const begun = decided();
    if (begun.kind !== 'planned') throw new Error(begun.kind);
    const macs = new Map(begun.snapshot.vms.map((vm) => [vm.name, vm.spec.mac]));
    const at: Record<string, string> = { 'host-4': 'vm-2', 'host-5': 'vm-3', 'host-6': 'vm-1', 'host-1': 'vm-4' };
    const specs = new Map(begun.snapshot.vms.map((vm) => [vm.name, vm.spec]));
    const seen = observed({
      hosts: hosts.map((host) => {
        const spec = specs.get(at[host] ?? '');
        return { host, connected: true, report: report(host, spec ? [{ guest: spec, phase: 'running' }] : []) };
      }),
      traffic: {
        declaredAtMs: 500,
        smoothingIntervalMs: 2000,
        demands: names.flatMap((from) =>
          names
            .filter((to) => to !== from)
            .map((to) => ({
              network: 'lan',
              source: macs.get(from) ?? '',
              destination: macs.get(to) ?? '',
              rateMbps: from === 'vm-4' || to === 'vm-4' ? 5 : 50,
              origin: 'observed' as const,
            })),
        ),
      },
    });
    const pinned = (text: string) => text.replace('- name: vm-3\n', '- name: vm-3\n      pin: host-2\n');
    const moves = (result: ReturnType<typeof decided>) => {
      if (result.kind !== 'planned') throw new Error(`${result.kind}: ${'message' in result ? result.message : ''}`);
      return result.plan.changes.flatMap((change) => (change.kind === 'guest-move' ? [change.guest] : []));
    };
    // The search keeps to the limit by itself.
    const within = moves(decided(pinned, seen));
    expect(within).toContain('vm-3');
    expect(within.length).toBeLessThanOrEqual(3);
    // The greedy mappings of the seed do not: then the rest of the fleet stays.
    const greedy = (text: string) =>
      pinned(text)
        .replace('algorithm: engine', 'algorithm: greedy-order')
        .replace('maxMovedShare: 0.75', 'maxMovedShare: 0.25');
    const result = decided(greedy, seen);
    expect(moves(result)).toEqual(['vm-3']);
    expect(result).toMatchObject({
      plan: {
        decision: { reason: expect.stringMatching(/ChangeLimit careful .* So only what has to move is moved\./s) },
      },
    });
  });

  it('refuses to stop more than a ChangeLimit allows', () => {
    const strays = observed().hosts.map((status, index) => ({
      ...status,
      report: report(status.host, index < 3 ? [guest(`old-${index}`, index + 1)] : []),
    }));
    expect(decided(undefined, observed({ hosts: strays }))).toMatchObject({ kind: 'unsafe', limit: 'maxDeletedShare' });
  });
});
