import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { demandsText } from '../../cli/demands-text.js';
import { dotOf, mermaidOf } from '../../cli/drawing.js';
import { type GetOptions, get } from '../../cli/get.js';
import { demandsDrawing, pathsDrawing, topologyDrawing } from '../../cli/inference-picture.js';
import { pathsText } from '../../cli/paths-text.js';
import { topologyText } from '../../cli/topology-text.js';
import { demandList, pathList, topology } from '../../reconciler/api/inferred-view.js';
import type { DemandList, PathKnowledge } from '../../schema/generated/types.js';
import { bottlenecks, paths, traffic, view } from '../reconciler/api/fleet.js';
import { serving } from '../reconciler/api/serving.js';

const inferred = {
  traffic: () => traffic,
  paths: () => paths,
  bottlenecks: () => bottlenecks,
  implausible: () => [],
  gangs: () => [],
};
const demands = demandList(traffic, view.vms);
const nowMs = (traffic.declaredAtMs ?? 0) + 12_340;

/** A line of `count` VMs, each of which sends to the next. */
function line(count: number): DemandList {
  const address = (vm: number) => `02:00:00:00:${(vm >> 8).toString(16).padStart(2, '0')}:${(vm & 255).toString(16)}`;
  const vms = Array.from({ length: count }, (_, vm) => vm);
  return {
    ...demands,
    demands: vms.slice(1).map((vm) => ({
      network: 'lan',
      source: address(vm - 1),
      destination: address(vm),
      sourceVm: `worker-${vm - 1}`,
      destinationVm: `worker-${vm}`,
      rateMbps: vm,
      origin: 'observed',
    })),
    applications: [
      {
        network: 'lan',
        members: vms.map((vm) => ({ address: address(vm), vm: `worker-${vm}` })),
        shape: 'bus',
        confidence: 0.5,
      },
    ],
    computes: vms.map((vm) => ({ guest: `worker-${vm}`, cores: 1, deviationCores: 0, waitShare: 0 })),
  };
}

describe('demands', () => {
  it('are drawn as a matrix, with the applications in it and the largest in figures', () => {
    expect(demandsText(demands, nowMs).split('\n').slice(0, 10)).toEqual([
      'lan: 4 VMs, 12 demands, 330 Mb/s in all',
      '          1 2 3 4',
      '  1 vm-1    @ @ :',
      '  2 vm-2  @   @ :',
      '  3 vm-3  @ @   :',
      '  4 vm-4  : : :',
      '  From row to column: . none  : - = + * # % @ in eighths of 50.0 Mb/s',
      '  all-to-all of 4 VMs, 88 % sure, repeats every 1.3 s: vm-1 vm-2 vm-3 vm-4',
      '',
      'FROM  TO    MBIT/S  DEVIATION  ORIGIN',
    ]);
    expect(demandsText(demands, nowMs)).toContain('vm-1   0.75       0.13   25 %');
    expect(demandsText(demands, nowMs).endsWith('\nDeclared 12.3 s ago.\n')).toBe(true);
  });

  it('fit into 80 columns and little more than a screen each, however many they are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 3000 }), (count) => {
        const lines = demandsText(line(count), nowMs).split('\n');
        expect(lines.filter((each) => each.length > 80)).toEqual([]);
        expect(lines.length).toBeLessThan(110);
        if (count > 60) expect(lines.filter((each) => each.includes('-o json has'))).toHaveLength(3);
      }),
      { seed: 4, numRuns: 25 },
    );
  });

  it('keep the shape of an application when neighbours have to share a row', () => {
    const lines = demandsText(line(96), nowMs).split('\n');
    const rows = lines.filter((each) => /^ +\d+ worker-\d+ \+1 /.test(each));
    expect(rows).toHaveLength(48);
    // Odd to even numbers go to the next row, the others stay in their own.
    for (const [row, each] of rows.entries()) {
      const characters = each.slice(each.indexOf('+1') + 4).trimStart();
      const marks = [...characters.padEnd(48)].flatMap((mark, column) => (/[:\-=+*#%@]/.test(mark) ? [column] : []));
      expect(marks).toEqual(row === 47 ? [47] : [row, row + 1]);
    }
    expect(lines.join('\n')).toContain('A row or column stands for 2 VMs, a cell for their sum');
  });

  it('say why there are none', () => {
    const none = { ...demands, demands: [], applications: [], smoothingIntervalMs: 8000 };
    expect(demandsText(none, nowMs)).toMatch(/^No demands: .*interval is 8\.0 s/);
  });
});

describe('paths', () => {
  it('show what is known, and what is not', () => {
    const lines = pathsText(pathList(inferred)).split('\n');
    expect(lines[1]).toBe('host-1  host-4        8.3     7.5 to 9.0      10.0      1.5    21 ms  two-sided  400 ms');
    expect(lines[2]).toBe('host-1  host-5    unknown    5.0 to 10.0         -        -        -  one-sided   1.2 s');
    expect(lines.at(-2)).toBe('  host-1 > host-4, host-1 > host-5 share 10.0 Mb/s, 95 % sure');
    expect(pathsText({ format_version: '1', paths: [], bottlenecks: [] })).toContain(
      'links between hosts have to carry',
    );
  });

  it('are marked where the inventory states another capacity', () => {
    expect(pathsText(pathList(inferred))).not.toContain('!');
    const [first, ...rest] = paths;
    const marked = [...(first ? [{ ...first, statedMbps: 100 }] : []), ...rest];
    const text = pathsText({ ...pathList(inferred), paths: marked });
    expect(text).toMatch(/^host-1 +host-4 +8\.3 .* 10\.0 ! 100 stated +1\.5/m);
    expect(text).toContain('\n! The inventory states another capacity: see the conditions of inventory/capacities.\n');
  });

  it('are abridged, with a hint', () => {
    const many = Array.from({ length: 100 }, (_, index): PathKnowledge => {
      return { from: 'host-1', to: `host-${index}`, method: 'one-sided', lowMbps: 1, highMbps: 2, ageMs: 1 };
    });
    expect(pathsText({ format_version: '1', paths: many, bottlenecks: [] })).toContain(
      '  ... and 40 more paths: -o json has all.',
    );
  });
});

describe('the topology', () => {
  it('shows applications, hosts and what the paths between them give', () => {
    const text = topologyText(topology(inferred, view));
    expect(text).toContain('host-4  domain-2  vm-1\n');
    expect(text).toContain('  host-1             8.3    >5.0\n');
    expect(text).toContain('  lan: all-to-all of 4 VMs, 88 % sure');
  });

  it('draws many hosts as a matrix of characters', () => {
    const names = Array.from({ length: 60 }, (_, index) => `host-${index}`);
    const many = names.flatMap((from) =>
      names.flatMap((to): PathKnowledge[] =>
        from === to ? [] : [{ from, to, method: 'two-sided', availableMbps: 80, lowMbps: 1, highMbps: 99, ageMs: 1 }],
      ),
    );
    const text = topologyText({ ...topology(inferred, view), paths: many });
    expect(text).toContain('in eighths of 80.0 Mb/s');
    expect(text).toContain('A row or column stands for 2 hosts, a cell for their least');
    expect(text.split('\n').filter((each) => each.length > 80)).toEqual([]);
  });
});

describe('pictures', () => {
  it('of demands have an arrow for each, and a box for each application', () => {
    const drawn = mermaidOf(demandsDrawing(demands));
    expect(drawn).toContain('  subgraph g0["all-to-all on lan, 88 % sure"]\n    h0("vm-1")\n');
    expect(drawn).toContain('  h0 -->|50.0| h1\n');
    expect(drawn.match(/-->/g)).toHaveLength(12);
    expect(dotOf(demandsDrawing(demands))).toContain('"vm-1" -> "vm-2" [label="50.0", style=solid];');
  });

  it('of paths dot those whose bandwidth is unknown', () => {
    expect(mermaidOf(pathsDrawing({ paths }))).toContain('  h0 -->|8.3 of 10.0| h1\n  h0 -.->|5.0 to 10.0| h2\n');
  });

  it('of the topology put VMs on their hosts, also where both have one name', () => {
    const named = structuredClone(topology(inferred, view));
    for (const host of named.hosts) if (host.name === 'host-4') host.vms.push('host-1');
    const drawn = dotOf(topologyDrawing(named));
    expect(drawn).toContain(
      '  subgraph cluster_3 {\n    label="host-4 at domain-2";\n    "host-4" [label="host-4"];\n',
    );
    expect(drawn).toContain('    "vm host-1" [label="host-1", shape=ellipse];\n');
    expect(drawn).toContain('  "vm vm-1" -> "vm vm-2" [label="50.0", style=bold];');
  });

  it('leave the smallest demands out of many, and say so', () => {
    const drawn = mermaidOf(demandsDrawing(line(300)));
    expect(drawn.match(/-->/g)).toHaveLength(200);
    expect(drawn).toContain('%% 99 demands are left out: -o json has all.');
    expect(drawn).toContain('|299|');
    expect(drawn).not.toContain('|1.0|');
  });
});

describe('get', () => {
  afterEach(() => vi.restoreAllMocks());

  async function run(options: Pick<GetOptions, 'what' | 'output'>) {
    const api = await serving();
    const printed = { out: '', errors: '' };
    const into = (stream: keyof typeof printed) => (text: unknown) => {
      printed[stream] += String(text);
      return true;
    };
    vi.spyOn(process.stdout, 'write').mockImplementation(into('out'));
    vi.spyOn(process.stderr, 'write').mockImplementation(into('errors'));
    const code = await get({ ...options, server: api.url, stateDirectory: '/nowhere' });
    await api.close();
    return { code, ...printed };
  }

  it.each(['demands', 'paths', 'topology'] as const)('shows %s in every form', async (what) => {
    const json = await run({ what, output: 'json' });
    expect(JSON.parse(json.out)).toMatchObject({ format_version: '1' });
    expect((await run({ what, output: 'mermaid' })).out).toMatch(/^graph LR\n/);
    expect((await run({ what, output: 'dot' })).out).toMatch(/^digraph virtuoso \{\n/);
    expect(await run({ what, output: 'text' })).toMatchObject({ code: 0, errors: '' });
  });

  it('says what there are pictures of', async () => {
    expect(await run({ what: 'plan', output: 'dot' })).toEqual({
      code: 1,
      out: '',
      errors:
        'error: There is no picture of plan: ask for one of fleet, demands, paths, topology, links, or for -o text or json.\n',
    });
  });
});
