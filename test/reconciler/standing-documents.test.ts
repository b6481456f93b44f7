import { describe, expect, it } from 'vitest';
import { noDocuments, pinnedKeys, standing } from '../../reconciler/standing-documents.js';
import { Validations } from '../../reconciler/validations.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { exampleFiles } from '../examples.js';

const good = { kind: 'documents' as const, source: 'a'.repeat(40), files: exampleFiles('fig14') };
const broken = {
  ...good,
  source: 'b'.repeat(40),
  files: good.files.map((file) => ({ ...file, text: file.text.replace('kind: VMSet', 'kind: VMSett') })),
};

describe('validations', () => {
  const answer = async (validations: Validations, read: typeof good) => (await validations.of(read))(read);

  it('are made of a commit once', async () => {
    const validations = new Validations(async () => undefined);
    const first = await answer(validations, broken);
    expect(first.diagnostics).not.toEqual([]);
    expect(await answer(validations, { ...broken, files: [...broken.files] })).toBe(first);
    const other = await answer(validations, good);
    expect(other.diagnostics).toEqual([]);
    expect(await answer(validations, broken)).not.toBe(first);
  });

  it('are made anew of what is no commit', async () => {
    const validations = new Validations(async () => undefined);
    const folder = { ...broken, source: '/srv/fleet' };
    const first = await answer(validations, folder);
    expect(await answer(validations, { ...folder, files: good.files })).not.toBe(first);
  });

  it('leave turns to others where there is much, and come to the same', async () => {
    let pauses = 0;
    const validations = new Validations(async () => void pauses++);
    await answer(validations, good);
    expect(pauses).toBe(0);
    const comment = `# ${'x'.repeat(100_000)}\n`;
    const large = { ...broken, files: broken.files.map((file) => ({ ...file, text: comment + file.text })) };
    const found = await answer(validations, large);
    expect(pauses).toBeGreaterThan(3);
    expect(found.diagnostics).toEqual(validateFiles(large.files).diagnostics);
  });
});

describe('standing documents', () => {
  it('stay in effect when a commit is broken, and the problem names the place', () => {
    const before = standing(noDocuments, good);
    const after = standing(before, broken);
    expect(after.documents).toBe(before.documents);
    expect(after.source).toBe(good.source);
    expect(after.problem?.source).toBe(broken.source);
    expect(after.problem?.message).toMatch(/desired\/vms\.yaml:\d+:\d+: VIRT\d+/);
    expect(standing(after, good).problem).toBeNull();
  });

  it('stay in effect when the repository does not answer', () => {
    const before = standing(noDocuments, good);
    const after = standing(before, { kind: 'unavailable', message: 'no answer' });
    expect(after).toEqual({
      ...before,
      problem: { source: '', message: 'no answer', reason: 'Rejected', signer: null },
    });
  });

  it('stay in effect when a commit is not trusted, and name the signer of what stays', () => {
    const signer = { method: 'ssh' as const, name: 'ada@example.org', key: 'SHA256:x' };
    const accepted = { ...good, verdict: { kind: 'trusted' as const, commit: good.source, signer } };
    const message = 'it is not signed';
    const verdict = { kind: 'distrusted' as const, commit: 'c'.repeat(40), reason: 'Unsigned' as const, message };
    const refused = { kind: 'unverified' as const, verdict, message, accepted };
    const afterRestart = standing(noDocuments, refused);
    expect(afterRestart).toMatchObject({ source: good.source, signer, verdict });
    expect(afterRestart.problem).toEqual({ source: verdict.commit, reason: 'Unverified', message, signer: null });
    const again = standing(afterRestart, refused);
    expect(again.documents).toBe(afterRestart.documents);
    expect(again.problem?.message).toBe(message);
    expect(standing(noDocuments, { ...refused, accepted: null }).documents).toEqual([]);
    expect(standing(again, accepted)).toMatchObject({ problem: null, signer, verdict: accepted.verdict });
    const both = standing(noDocuments, { ...refused, accepted: { ...accepted, ...broken } });
    expect(both.problem?.message).toMatch(/^it is not signed\n.* is not valid/);
  });

  it('are not read again when they are the same', () => {
    const before = standing(noDocuments, good);
    expect(standing(before, good)).toBe(before);
  });

  it('pin the keys that they state', () => {
    const key = `sha256:${'A'.repeat(43)}=`;
    const files = good.files.map((file) => ({
      ...file,
      text: file.text.replace('  site: domain-1', `  agentKey: ${key}\n  site: domain-1`),
    }));
    expect(pinnedKeys(standing(noDocuments, good).documents).size).toBe(0);
    expect([...pinnedKeys(standing(noDocuments, { ...good, files }).documents)]).toEqual([['host-1', key]]);
  });
});
