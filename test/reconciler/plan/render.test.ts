import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { assemble, verifyHash } from '../../../reconciler/plan/assemble.js';
import { renderMarkdown } from '../../../reconciler/plan/render-markdown.js';
import { renderText } from '../../../reconciler/plan/render-text.js';
import type { Change, Step } from '../../../schema/generated/types.js';
import { emptyPlan, samplePlan } from '../../generators/sample-plan.js';

const golden = (name: string) => `../../golden/${name}`;

describe('a plan as text', () => {
  it('looks as it always did', async () => {
    await expect(renderText(samplePlan())).toMatchFileSnapshot(golden('plan.txt'));
  });

  it('differs in nothing but colours when coloured', () => {
    const colored = renderText(samplePlan(), { color: true });
    expect(colored).toContain('\u001b[');
    expect(stripVTControlCharacters(colored)).toBe(renderText(samplePlan()));
  });

  it('says in one line that there is nothing to do', () => {
    expect(renderText(emptyPlan())).toBe('No changes: the fleet is as it should be.\n');
  });
});

describe('a plan as Markdown', () => {
  it('looks as it always did', async () => {
    await expect(renderMarkdown(samplePlan())).toMatchFileSnapshot(golden('plan.md'));
  });

  it('says in one line that there is nothing to do', () => {
    expect(renderMarkdown(emptyPlan())).toBe('No changes: the fleet is as it should be.\n');
  });

  it('stays under 65,000 characters and says what is left out', () => {
    const { basis, decision, changes, steps } = samplePlan();
    const paths = Array.from({ length: 5000 }, (_, index): Change => {
      return {
        kind: 'path',
        source: `vm-${index}`,
        destination: 'vm-0',
        before: ['host-1'],
        after: ['host-2', 'host-3'],
      };
    });
    const text = renderMarkdown(assemble({ basis, decision, changes: [...changes, ...paths], steps }));
    expect(text.length).toBeLessThan(65_000);
    expect(text).toMatch(/\*\d+ more are left out here for length; the plan as JSON has all 5006\.\*/);
    expect(text).toContain('Plan `sha256:');
  });

  it('stays under 65,000 characters when every row is as long as can be', () => {
    const { basis, decision } = samplePlan();
    const title = '*'.repeat(10_000);
    const steps = Array.from({ length: 100 }, (_, index): Step => ({ id: index + 1, kind: 'route', title, edits: [] }));
    const hosts = Array.from({ length: 900 }, (_, index) => `host-${index}`);
    const change: Change = { kind: 'path', source: 'vm-1', destination: 'vm-2', before: hosts, after: hosts };
    const long = { ...decision, reason: title, paths: Array(50).fill({ ...decision.paths[0], hosts }) };
    const plan = assemble({ basis, decision: long, changes: Array<Change>(100).fill(change), steps });
    expect(renderMarkdown(plan).length).toBeLessThan(65_000);
  });

  it('lets no text change its structure', () => {
    const text = renderMarkdown(samplePlan({ reason: 'a|b <script>\n# *c* [d](e) `f` </details>' }));
    expect(text).toContain('a\\|b &lt;script&gt; \\# \\*c\\* \\[d\\](e) \\`f\\` &lt;/details&gt;');
  });
});

describe('the hash of a plan', () => {
  it('is the same for the same plan, and no other', () => {
    expect(samplePlan().hash).toBe(samplePlan().hash);
    expect(samplePlan({ reason: 'Other.' }).hash).not.toBe(samplePlan().hash);
  });

  it('survives being saved, and shows that a saved plan was edited', () => {
    const saved = JSON.parse(JSON.stringify(samplePlan()));
    expect(verifyHash(saved)).toBe(true);
    expect(verifyHash({ ...saved, steps: saved.steps.slice(1) })).toBe(false);
  });
});
