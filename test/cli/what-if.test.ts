import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type WhatIf, type WhatIfInputs, whatIf } from '../../cli/what-if.js';
import { marker, whatIfMarkdown } from '../../cli/what-if-markdown.js';
import type { Revision } from '../../cli/what-if-side.js';
import { whatIfText } from '../../cli/what-if-text.js';
import type { Diagnostic } from '../../schema/generated/types.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { exampleFiles } from '../examples.js';
import { fig14Inputs } from '../generators/fig14-observed.js';
import { samplePlan } from '../generators/sample-plan.js';
import { scattered } from './fleet-repository.js';

const { observed } = fig14Inputs(scattered);
const observation = { from: 'entry 7 of the journal', atMs: observed.nowMs, ageMs: 90_000 };

/** The example with one file changed. */
function revision(ref: string, path = '', change = (text: string) => text): Revision {
  const files = exampleFiles('fig14').map((file) => (file.path === path ? { ...file, text: change(file.text) } : file));
  const { documents, diagnostics } = validateFiles(files);
  return { ref, commit: ref.padEnd(40, '0').replaceAll(/[^0-9a-f]/g, 'a'), documents, mistakes: diagnostics };
}

const main = { ...revision('main'), commit: 'b'.repeat(40) };
const vms = 'desired/vms.yaml';
const pinned = revision('HEAD', vms, (text) => text.replace('initialHost: host-6', 'pin: host-3'));

function compared(head: Revision, change: Partial<WhatIfInputs> = {}): Promise<WhatIf> {
  const nothing = { unobserved: '', notes: [], ask: async () => [] };
  return whatIf({ base: main, head, observed, observation, ...nothing, ...change });
}

describe('what a change would do', () => {
  it('is told against what would be done without it, not against the fleet as it is', async () => {
    const found = await compared(pinned);
    expect(found.placement).toMatchObject([{ vm: 'vm-4', now: 'host-6', head: 'host-3' }]);
    const same = await compared({ ...main, ref: 'HEAD' });
    expect(same).toMatchObject({ changes: [], placement: [], documents: [] });
    expect(same.base).toMatchObject({ kind: 'planned', work: { moves: 2 } });
    expect(whatIfText(same)).toContain('The fleet comes out as by main.');
  });

  it('reads well as text and as Markdown', async () => {
    const found = await compared(pinned, { notes: ['HEAD lacks 2 commits of main.'] });
    await expect(whatIfText(found)).toMatchFileSnapshot('../golden/what-if.txt');
    await expect(whatIfMarkdown(found)).toMatchFileSnapshot('../golden/what-if.md');
    expect(whatIfMarkdown(await compared(pinned, { notes: ['HEAD lacks 2 commits of main.'] }))).toBe(
      whatIfMarkdown(found),
    );
  });

  it('has values of one measure where the objective changes', async () => {
    const other = revision('HEAD', 'desired/objective.yaml', (text) =>
      text.replace('goal: maximise', 'goal: minimise\n  expression: max(pathLatency)'),
    );
    const found = await compared(other);
    expect(found.scores.base?.objective.unit).toBe('ms');
    expect(found.scores.head?.objective.unit).toBe('ms');
    expect(found.notes).toEqual(['The objective changes. All values are by the objective of HEAD.']);
  });

  it('says that no placement exists, or that a limit forbids it', async () => {
    const crowd = ['vm-5', 'vm-6', 'vm-7'].map((vm) => `    - name: ${vm}\n`).join('');
    const full = await compared(revision('HEAD', vms, (text) => text + crowd));
    expect(full).toMatchObject({ head: { kind: 'infeasible' }, changes: [], scores: { head: null } });
    expect(whatIfMarkdown(full)).toContain('**No placement satisfies what HEAD asks for.** ');
    const fewer = await compared(revision('HEAD', vms, (text) => text.slice(0, text.indexOf('    - name: vm-3'))));
    expect(fewer.head).toMatchObject({ kind: 'unsafe', message: expect.stringContaining('ChangeLimit careful') });
  });

  it('has the mistakes of a commit that is not valid, and compares with the fleet as it is where that is the base', async () => {
    const broken = revision('HEAD', vms, (text) => text.replace('1Gi', 'much'));
    const found = await compared(broken);
    expect(found.head).toMatchObject({ kind: 'invalid', message: expect.stringMatching(/^desired\/vms\.yaml:\d+: /) });
    expect(found.findings.added.map(({ severity }) => severity)).toEqual(['error']);
    const mended = await compared(pinned, { base: { ...broken, ref: 'main' } });
    expect(mended.notes[0]).toMatch(/^main has mistakes itself .* so HEAD is compared with the fleet as it is\.$/);
    expect(mended.placement.find(({ vm }) => vm === 'vm-4')).toEqual({
      vm: 'vm-4',
      now: 'host-6',
      base: 'host-6',
      head: 'host-3',
    });
  });

  it('tells what rules say of it that they did not say before', async () => {
    const range = { filename: vms, start: { line: 3, column: 1, byte: 1 }, end: { line: 3, column: 2, byte: 2 } };
    const finding = (summary: string, severity: Diagnostic['severity']): Diagnostic => {
      return { id: 'VIRT7011', severity, summary, detail: 'Change it.', range };
    };
    const old = finding('Rule a warns of b', 'warning');
    const fresh = finding('Rule c denies d', 'error');
    const found = await compared(pinned, {
      ask: async (documents, plan) => (plan !== null ? [] : documents === pinned.documents ? [old, fresh] : [old]),
    });
    expect(found.findings).toEqual({ added: [fresh], gone: [], isDenied: true });
    expect(whatIfMarkdown(found)).toContain('**Rules deny HEAD.**');
  });

  it('says why it cannot be told, and tells of the documents all the same', async () => {
    const found = await compared(pinned, { observed: null, observation: null, unobserved: 'Nothing is known yet.' });
    expect(found).toMatchObject({ head: { kind: 'not-decided', message: 'Nothing is known yet.' }, changes: [] });
    const text = whatIfMarkdown(found);
    expect(text).toContain('cannot be told.** Nothing is known yet.');
    expect(text).toContain('pin');
  });
});

const known = await compared(pinned);

describe('the comment', () => {
  const nasty = fc.oneof(
    fc.constantFrom(
      ...[
        '@ops',
        '@org/team',
        'a@example.org',
        '/close',
        '/approve',
        '<img src=x onerror=alert(1)>',
        '</details>',
        '--> x',
        '<!--',
      ],
      ...[
        '[x](https://example.org)',
        'https://example.org',
        'www.example.org',
        '![x](//example.org)',
        '#1',
        '!1',
        'GH-1',
        'a|b|c',
      ],
      ...[
        '`code',
        '```',
        '\n/close\n',
        '\n\n# Head',
        '\r\n@ops',
        '\u202eabc',
        '\u200b@ops',
        '\u0000',
        '&lt;b&gt;',
        '~~x~~',
        '\ud800',
        '$1',
        '\\',
        '\\|',
      ],
    ),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
  );
  const texts = fc.array(nasty, { maxLength: 6 }).map((parts) => parts.join(' '));

  /** A comparison whose every text that others have written is `text`, with `rows` of each kind. */
  function planted(text: string, rows: number): WhatIf {
    const many = <T>(item: T): T[] => Array.from({ length: rows }, () => item);
    const position = { line: 1, column: 1, byte: 0 };
    const range = { filename: text, start: position, end: position };
    const finding: Diagnostic = { id: 'VIRT7011', severity: 'error', summary: text, detail: text, range };
    const plan = samplePlan({ reason: text });
    const path = { source: text, destination: text, hosts: [text], residualMbps: -1, bottleneck: text };
    const work = { moves: 1, migrationSeconds: 1, starts: 0, stops: 0, schedules: 0, linksAdded: 1, linksRemoved: 0 };
    return {
      ...known,
      head: {
        ...{ ref: 'HEAD', commit: 'c'.repeat(40), kind: 'planned' },
        plan: { ...plan, steps: many({ id: 1, kind: 'move', title: text, edits: [] }) },
        work: { ...work, rulesSet: 1, rulesRemoved: 0, steps: rows, overloaded: many(path) },
      },
      notes: many(text),
      changes: many({ kind: 'link-add', a: text, b: text, type: 'udp', star: false }),
      placement: many({ vm: text, now: text, base: text, head: text }),
      documents: many({
        ...{ kind: 'VMSet', name: text, field: text, before: text, after: { [text]: text } },
        place: { commit: 'after', filename: text, line: 1, column: 1 },
      }),
      findings: { added: many(finding), gone: many(finding), isDenied: true },
    };
  }

  it('is under 65,000 characters whatever there is to tell, and counts what it leaves out', {
    timeout: 120_000,
  }, () => {
    const property = fc.property(
      texts,
      fc.constantFrom(0, 1, 12, 400, 1500),
      fc.integer({ min: 1, max: 20 }),
      (text, rows, times) => {
        const comment = whatIfMarkdown(planted(text.repeat(times), rows));
        expect(comment.length).toBeLessThan(65_000);
        if (rows === 1500) expect(comment).toMatch(/\d+ more are left out here for length; .* has all 1500\./);
      },
    );
    fc.assert(property, { seed: 7, numRuns: 25 });
  });

  it('says what others wrote, and nothing else: no markup, no mention, no link, no command', () => {
    const property = fc.property(texts, (text) => {
      const comment = whatIfMarkdown(planted(text, 2));
      expect(comment.split('\n')[0]).toBe(marker);
      const rest = comment.slice(marker.length);
      // All tags are ours.
      expect(rest.replaceAll(/<\/?(details|summary)>/g, '')).not.toMatch(/[<>]/);
      expect(rest.match(/<details>/g)?.length).toBe(rest.match(/<\/details>/g)?.length);
      expect(rest).not.toMatch(/[@#!$~^][\p{L}\p{N}]/u);
      expect(rest).not.toMatch(/:\/\/|\bwww\./i);
      // Quick actions of GitLab begin a line; so do heads, fences and rulers, other than ours.
      expect(rest).not.toMatch(/^[ \t]*(\/|```|~~~|<!)/m);
      expect(rest.match(/^#+ .*$/gm)).toEqual(['## What this does to the fleet', '### New findings', '### VMs']);
      expect(rest.replaceAll('\u2060', '')).not.toMatch(/[\p{Cf}\p{Cs}]|[^\n\P{Cc}]/u);
      for (const block of rest.split('\n\n').filter((each) => each.startsWith('| '))) {
        const cells = block.split('\n').map((line) => line.split(/(?<!(?<!\\)(?:\\\\)*\\)\|/).length);
        expect(new Set(cells).size).toBe(1);
      }
    });
    fc.assert(property, { seed: 7, numRuns: 100 });
  });
});
