import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readProblem } from '../../../schema/problem/read-problem.js';
import { maxDiagnostics } from '../../../schema/validate/diagnostic.js';

const sound = {
  format_version: '1',
  hosts: [{ name: 'a', site: 'x' }, { name: 'b' }],
  vms: [{ name: 'v', host: 'a' }, { name: 'w' }],
  demands: [{ from: 'v', to: 'w', rateMbps: 5 }],
  network: { links: [{ from: 'a', to: 'b', capacityMbps: 10 }], star: 'a' },
};

function mistakes(value: unknown, path = 'p.json'): string[] {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  const read = readProblem({ path, text });
  if (read.kind === 'problem') return [];
  return read.diagnostics.map(({ id, range, summary }) => `${range.start.line}:${range.start.column} ${id} ${summary}`);
}

describe('a problem that stands alone', () => {
  it('is read with the ranks of its objective', () => {
    const read = readProblem({ path: 'p.json', text: JSON.stringify(sound) });
    expect(read).toMatchObject({ kind: 'problem', problem: sound, ranks: [{ expression: 'sum(bottleneck)' }] });
  });

  it('may be YAML', () => {
    const text = 'format_version: "1"\nhosts: [{name: a}]\nvms: [{name: v, host: b}]\nnetwork: {links: []}\n';
    expect(mistakes(text, 'p.yaml')).toEqual(['3:23 VIRT6002 There is no host `b`.']);
  });

  it('has every mistake told at its place, in one run', () => {
    const text = `{
  "format_version": "2",
  "hosts": [{ "name": "a", "cores": 3 }, { "name": "b", "zones": ["r"] }, { "name": "b" }],
  "vms": [{ "name": "v", "host": "c" }, { "name": "w", "memoryMib": -1 }],
  "demands": [{ "from": "v", "to": "v", "rateMbps": 1 }, { "from": "v", "to": "x", "rateMbps": 1 }],
  "network": {
    "links": [
      { "from": "a", "to": "b" },
      { "from": "a", "to": "b", "capacityMbps": 1, "through": ["t"] },
      { "from": "b", "to": "b", "capacityMbps": "1" }
    ]
  },
  "objective": { "level": "path", "goal": "maximise", "expression": "sum(bottelneck) + fastPathLinks" },
  "groups": [{ "name": "g", "kind": "apart", "vms": ["v", "v"] }],
  "limits": { "fastPathLinks": { "count": 1, "intensityShare": 1 } }
}`;
    expect(mistakes(text)).toEqual([
      '2:21 VIRT2008 `format_version` cannot be the text `2`.',
      '3:28 VIRT2004 There is no field `hosts[0].cores`.',
      '3:66 VIRT6009 `b` is in 1 zone; the network has 0 levels.',
      '3:85 VIRT6001 The name `b` is that of another host already.',
      '4:34 VIRT6002 There is no host `c`.',
      '4:69 VIRT2009 `vms[1].memoryMib` must be at least 0, not `-1`.',
      '5:15 VIRT6003 `v` is both ends of this demand.',
      '5:79 VIRT6002 There is no VM `x`.',
      '8:7 VIRT6006 Nothing says what the link from `a` to `b` carries.',
      '9:7 VIRT6004 There is a link from `a` to `b` already.',
      '9:64 VIRT6002 There is no shared bottleneck `t`.',
      '10:49 VIRT2006 `network.links[2].capacityMbps` must be a number, not the text `1`.',
      '14:59 VIRT2011 `v` is in this list already.',
      '15:32 VIRT2010 `limits.fastPathLinks` must have at most 1 field.',
    ]);
  });

  it('has mistakes of its expression told where they are in the text', () => {
    const text = `{ "format_version": "1", "hosts": [{ "name": "a" }], "vms": [], "network": { "links": [] },
  "objective": { "level": "path", "goal": "maximise", "expression": "sum(b\\u006fttelneck) + 1Mbps * fastPathLinks" } }`;
    expect(mistakes(text)).toEqual(['2:74 VIRT5003 There is no term `bottelneck`.']);
    expect(mistakes(text.replace('b\\u006ftteln', 'bottlen'))).toEqual([
      '2:96 VIRT6012 Nothing says which links are those of the star.',
    ]);
  });

  it.each([
    ['a matrix of wrong size', { latencyMs: [[0, 1], [1]] }, 'VIRT6008 This row has 1 numbers for 2 hosts.'],
    ['a matrix with too few rows', { latencyMs: [[0, 1]] }, 'VIRT6008 The matrix has 1 rows for 2 hosts.'],
    [
      'a latency that is none',
      {
        latencyMs: [
          [0, 1],
          [null, 0],
        ],
      },
      'VIRT2009 This is no latency.',
    ],
    ['zones that hosts lack', { levels: [{ name: 'rack', latencyMs: 1 }], beyondMs: 2 }, 'VIRT6007'],
    ['nothing', {}, 'VIRT2005 `network.links` is missing.'],
    ['two kinds at once', { links: [], beyondMs: 3 }, 'VIRT2004 There is no field `network.beyondMs`.'],
    ['a star that is no host', { links: [], star: 'z' }, 'VIRT6002 There is no host `z`.'],
  ])('is refused with a network of %s', (_what, network, message) => {
    const objective = { level: 'path', goal: 'minimise', expression: 'sum(demand * pathLatency)' };
    const told = mistakes({ ...sound, network, objective });
    expect(
      told.some((each) => each.includes(message)),
      told.join('\n'),
    ).toBe(true);
  });

  it('is refused where it asks for capacities that its network does not have', () => {
    const network = {
      latencyMs: [
        [0, 1],
        [1, 0],
      ],
    };
    expect(mistakes({ ...sound, network }).join()).toMatch(/VIRT6010/);
    const objective = { level: 'path', goal: 'maximise', expression: 'sum(bottleneck)' };
    expect(mistakes({ ...sound, network, objective, confidence: 0.9 })).toHaveLength(2);
  });

  it.each([
    ['{', '1:1 VIRT1004 What is opened here is not closed.'],
    ['{"a": 1 "b": 2}', '1:9 VIRT1001 A comma or `}` is missing here.'],
    ['{"a": [1, 2,]}', '1:13 VIRT1001'],
    ['{"a": "x\ny"}', '1:7 VIRT1004'],
    ['{"a": 01}', '1:7 VIRT1001'],
    ['{"a": 1}\n{}', '2:1 VIRT1001 Something follows the end of the document.'],
    ['{"a" 1}', '1:6 VIRT1001 A colon is missing here.'],
    ['{a: 1}', '1:2 VIRT1001 A key in double quotes is missing here.'],
    [`{"a": ${'['.repeat(40)}`, '1:38 VIRT1010'],
    ['{"a": 1, "a": 2}', '1:10 VIRT1003 The key `a` is there twice.'],
  ])('is refused where it is no JSON: %s', (text, message) => {
    expect(mistakes(text)[0]).toContain(message);
  });

  it('takes as JSON what is JSON, and nothing else', () => {
    const damaged = fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 2 })).map(([json, at, cut]) => {
      const place = at % (json.length + 1);
      return `{"a": ${json.slice(0, place)}${cut}${json.slice(place + cut.length)}}`;
    });
    fc.assert(
      fc.property(damaged, (text) => {
        const isSyntax = mistakes(text).some((each) => / VIRT100[14] /.test(each));
        expect(isSyntax, text).toBe(!parses(text));
      }),
      { seed: 5, numRuns: 2000 },
    );
  });

  it.each([
    ['entries', `"vms": [${'{},'.repeat(200_000)}{}]`],
    ['fields', `"vms": [{${Array.from({ length: 200_000 }, (_, i) => `"f${i}": 1`).join()}}]`],
    ['tie-breaks', `"vms": [], "objective": {"tieBreaks": [${'{},'.repeat(200_000)}{}]}`],
    ['members', `"vms": [], "groups": [{"vms": [${'0,'.repeat(200_000)}0]}]`],
    ['numbers', `"vms": [], "network": {"latencyMs": [[${'"",'.repeat(200_000)}0]]}`],
    ['keys that are there twice', Array.from({ length: 50_000 }, () => '"vms": []').join()],
  ])('with countless mistakes in %s is refused with as many as are listed', (_what, fields) => {
    const told = mistakes(`{"format_version": "1", "hosts": [{"name": "a"}], ${fields}}`);
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThanOrEqual(maxDiagnostics + 1);
  });

  it('is refused where it is nothing', () => {
    expect(mistakes('', 'p.yaml')[0]).toContain('VIRT2001');
    expect(mistakes('[]', 'p.yaml')[0]).toContain('VIRT2001');
    expect(readProblem({ path: 'p', refused: 'too-large', bytes: 1e9 })).toMatchObject({
      diagnostics: [{ id: 'VIRT1006' }],
    });
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
