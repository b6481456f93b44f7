import { expect, it } from 'vitest';
import { concernOf, subjectOf } from '../../cli/blame-concern.js';
import { type DocumentChange, documentChanges } from '../../cli/document-changes.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { exampleFiles } from '../examples.js';

const files = exampleFiles('fig14').map(({ path, text }) => ({ path, text }));
const documents = validateFiles(files).documents;

function changed(path: string, change: (text: string) => string) {
  const edited = files.map((file) => (file.path === path ? { ...file, text: change(file.text) } : file));
  return validateFiles(edited).documents;
}

const fields = (changes: DocumentChange[]) => changes.map(({ kind, name, field }) => `${kind} ${name} ${field}`.trim());

it('finds nothing between a commit and itself, nor in comments and the order of members', () => {
  expect(documentChanges(documents, documents)).toEqual([]);
  const commented = changed('desired/vms.yaml', (text) => `# More words.\n${text}`);
  expect(documentChanges(documents, commented)).toEqual([]);
});

it('names members by their names, and tells where each change is written', () => {
  const after = changed('desired/vms.yaml', (text) =>
    text.replace('compute: 1', 'compute: 2').replace('initialHost: host-6', 'pin: host-3'),
  );
  const changes = documentChanges(documents, after);
  expect(fields(changes)).toEqual([
    'VMSet application spec.compute',
    'VMSet application spec.members[vm-4].initialHost',
    'VMSet application spec.members[vm-4].pin',
  ]);
  expect(changes.map(({ before, after: now }) => [before, now])).toEqual([
    [1, 2],
    ['host-6', undefined],
    [undefined, 'host-3'],
  ]);
  expect(changes.map(({ place }) => `${place.commit} ${place.filename}`)).toEqual([
    'after desired/vms.yaml',
    'before desired/vms.yaml',
    'after desired/vms.yaml',
  ]);
});

it('tells documents that came and went', () => {
  const without = documents.filter(({ document }) => document.kind !== 'Objective');
  expect(documentChanges(documents, without)).toMatchObject([
    { kind: 'Objective', field: '', place: { commit: 'before', filename: 'desired/objective.yaml' } },
  ]);
  expect(documentChanges(without, documents)).toMatchObject([{ kind: 'Objective', place: { commit: 'after' } }]);
});

it.each([
  ['VMSet', 'application', 'spec.members[vm-4].pin', 'own'],
  ['VMSet', 'application', 'spec.members[vm-40].pin', 'others'],
  ['VMSet', 'application', 'spec.compute', 'own'],
  ['VMSet', 'database', 'spec.compute', 'others'],
  ['VMSet', 'database', 'spec.demands[db-1 -> vm-4].bandwidth', 'own'],
  ['VMSet', 'application', 'spec.demands[vm-1 -> vm-2].bandwidth', 'others'],
  ['Host', 'host-6', 'spec.memory', 'own'],
  ['Host', 'host-1', 'spec.memory', 'others'],
  ['Site', 'domain-2', '', 'own'],
  ['VirtualNetwork', 'lan', 'spec.proxy', 'own'],
  ['VirtualNetwork', 'other', 'spec.proxy', 'none'],
  ['Adaptation', 'quick', 'spec.interval', 'none'],
  ['Adaptation', 'quick', 'spec.vadapt.minimumGain', 'own'],
  ['Objective', 'room-to-grow', 'spec.goal', 'own'],
] as const)('%s %s %s concerns vm-4 on host-6: %s', (kind, name, field, concern) => {
  const subject = subjectOf(new Set(['vm-4']), new Set(['host-6']), [documents]);
  const place = { commit: 'after' as const, filename: 'a.yaml', line: 1, column: 1 };
  expect(concernOf({ kind, name, field, place }, subject)).toBe(concern);
});
