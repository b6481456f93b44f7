import { describe, expect, it } from 'vitest';
import { mistakesOf, reportOf } from '../../../../schema/validate/report/report.js';
import { validateFiles } from '../../../../schema/validate/validate-files.js';
import { planted, plantedFiles } from '../../planted-mistakes.js';

const header = 'apiVersion: virtuoso.dev/v1alpha1\nkind: VMSet\nmetadata:\n  name: web\nspec:\n';
const spec = '  network: lan\n  compute: one\n  memory: lots\n  members:\n    - name: web-1\n      mac: none\n';
const demands = '  demands:\n    - from: web-1\n      to: web-2\n      bandwidth: fast\n';

/** Rule, place and fingerprint of each mistake of one file. */
function told(text: string, prefix = '') {
  const files = [{ path: 'desired/vms.yaml', text }];
  const { diagnostics } = validateFiles(files);
  return mistakesOf(reportOf([{ prefix, files, diagnostics }]));
}

const places = (text: string) =>
  told(text)
    .filter(({ diagnostic }) => diagnostic.id === 'VIRT2007')
    .map(({ place }) => `${place.document} ${place.field}`);

const fingerprints = (text: string) =>
  told(text)
    .filter(({ diagnostic }) => diagnostic.id === 'VIRT2007')
    .map(({ fingerprint }) => fingerprint);

describe('the place of a mistake', () => {
  it('is its document and field, entries of lists by name or by their first values', () => {
    expect(places(header + spec + demands)).toEqual([
      'VMSet/web spec.compute',
      'VMSet/web spec.memory',
      'VMSet/web spec.members[web-1].mac',
      'VMSet/web spec.demands[from=web-1,to=web-2].bandwidth',
    ]);
  });

  it('is the text of the line where there is no document', () => {
    const [first] = told(`kind: Site\u0000\n`);
    expect(first?.place).toEqual({ index: undefined, document: '', field: 'kind: Site\u0000' });
  });
});

describe('a fingerprint', () => {
  const before = fingerprints(header + spec + demands);

  it('survives comments, documents and entries above', () => {
    expect(before).toHaveLength(4);
    const commented = `# one\n\n${header}  # two\n${spec}${demands}`;
    expect(fingerprints(commented)).toEqual(before);
    const inserted = spec.replace('  members:\n', '  members:\n    - name: web-0\n');
    expect(fingerprints(header + inserted + demands)).toEqual(before);
    const site = 'apiVersion: virtuoso.dev/v1alpha1\nkind: Site\nmetadata:\n  name: east\nspec: {}\n---\n';
    expect(fingerprints(site + header + spec + demands)).toEqual(before);
  });

  it('stays when another mistake of its rule is corrected', () => {
    const corrected = spec.replace('compute: one', 'compute: 1');
    expect(fingerprints(header + corrected + demands)).toEqual(before.slice(1));
  });

  it('tells apart several fields that are missing at one place', () => {
    const missing = (text: string) =>
      told(text).flatMap(({ diagnostic, fingerprint }) => (diagnostic.id === 'VIRT2005' ? [fingerprint] : []));
    const both = missing(
      'apiVersion: virtuoso.dev/v1alpha1\nkind: Host\nmetadata:\n  name: a\nspec:\n  interfaces: []\n',
    );
    expect(both.length).toBeGreaterThan(2);
    expect(new Set(both).size).toBe(both.length);
    const one = missing(
      'apiVersion: virtuoso.dev/v1alpha1\nkind: Host\nmetadata:\n  name: a\nspec:\n  site: east\n  interfaces: []\n',
    );
    expect(both).toEqual(expect.arrayContaining(one));
  });

  it('differs by directory', () => {
    const other = told(header + spec, 'north').map(({ fingerprint }) => fingerprint);
    expect(other.filter((each) => before.includes(each))).toEqual([]);
  });
});

it('has every mistake of a repository full of them, each with a fingerprint of its own', () => {
  const files = plantedFiles();
  const mistakes = mistakesOf(reportOf([{ prefix: '', files, diagnostics: validateFiles(files).diagnostics }]));
  expect(mistakes).toHaveLength(planted.length);
  expect(new Set(mistakes.map(({ fingerprint }) => fingerprint)).size).toBe(planted.length);
});
