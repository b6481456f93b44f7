import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readApplication } from '../../cli/application.js';
import { type Blame, blame, blameJson } from '../../cli/blame.js';
import { blameText } from '../../cli/blame-text.js';
import { documentsAt } from '../../cli/documents-at.js';
import { packageRoot } from '../../package-root.js';
import type { SourceFile } from '../../schema/validate/source-file.js';
import { RunningFleet } from '../reconciler/running/running-fleet.js';

const flows = await readApplication(join(packageRoot(), 'examples', 'fig14', 'application.yaml'));
const vms = 'desired/vms.yaml';

let running: RunningFleet;
/** What the repository held at each commit. */
let commits: Map<string, SourceFile[]>;

function keep(): void {
  const files = [...running.repository.files].map(([path, text]) => ({ path, text }));
  commits.set(running.repository.tip, files);
}

function commit(path: string, change: (text: string) => string): void {
  running.repository.edit(path, change);
  keep();
}

async function blamed(vm: string, withPaths = false): Promise<Blame> {
  const at = documentsAt(async (source) => {
    const files = commits.get(source);
    return files ? { kind: 'documents', source, files } : { kind: 'unavailable', message: 'no such commit' };
  });
  const found = await blame(running.journal, vm, at, withPaths);
  if (found === null) throw new Error(`nothing is known of ${vm}`);
  return found;
}

const answers = ({ events }: Blame) => events.map(({ what, grounds }) => `${what.kind} ${grounds.answer}`);

beforeEach(async () => {
  running = await RunningFleet.open();
  commits = new Map();
  keep();
  await running.start();
});

afterEach(() => running.close());

describe('blame, of what the emulated fleet recorded', () => {
  it('tells policy from traffic', { timeout: 120_000 }, async () => {
    running.fleet.offer(flows);
    await running.pass(35_000);
    expect(answers(await blamed('vm-4'))).toEqual(['moved traffic', 'created policy']);
    commit(vms, (text) => text.replace('initialHost: host-6', 'pin: host-3'));
    await running.settled();
    expect(running.places('vm-4')).toEqual({ 'vm-4': 'host-3' });
    const found = await blamed('vm-4');
    expect(answers(found)).toEqual(['moved policy', 'moved traffic', 'created policy']);
    expect(found.events[0]?.grounds.documents).toContainEqual({
      ...{ kind: 'VMSet', name: 'application', field: 'spec.members[vm-4].pin', after: 'host-3' },
      place: { commit: 'after', filename: vms, line: 24, column: 12 },
    });
    await expect(blameText(found)).toMatchFileSnapshot('../golden/blame-vm.txt');
    await expect(blameText(await blamed('vm-1', true))).toMatchFileSnapshot('../golden/blame-paths.txt');
    expect(JSON.parse(blameJson(found))).toMatchObject({ format_version: '1', kind: 'blame', vm: 'vm-4' });
  });

  it('tells that a table was put right, and that a VM was taken out of the documents', async () => {
    running.fleet.resetCore('host-4');
    await running.settled();
    expect(answers(await blamed('vm-2', true))[0]).toBe('paths repair');
    expect(answers(await blamed('vm-2'))).toEqual(['created policy']);
    commit(vms, (text) => text.slice(0, text.indexOf('    - name: vm-4')));
    await running.settled();
    const [stopped] = (await blamed('vm-4')).events;
    expect(stopped).toMatchObject({ what: { kind: 'stopped', host: 'host-6' }, grounds: { answer: 'policy' } });
    expect(stopped?.grounds.documents).toMatchObject([
      { field: 'spec.members[vm-4]', place: { commit: 'before', filename: vms } },
    ]);
  });

  it('looks past passes that were not carried out: what was suspended is policy of when it was asked for', async () => {
    const adaptation = 'desired/adaptation.yaml';
    commit(adaptation, (text) => text.replace('spec:\n', 'spec:\n  suspend: true\n'));
    commit(vms, (text) => `${text.trimEnd()}\n    - name: vm-5\n      pin: host-3\n`);
    await running.nextPass();
    commit(adaptation, (text) => text.replace('  suspend: true\n', ''));
    await running.settled();
    const found = await blamed('vm-5');
    expect(answers(found)).toEqual(['created policy']);
    expect(found.events[0]?.grounds).toMatchObject({
      since: { pass: 1 },
      documents: [{ field: 'spec.members[vm-5]' }],
    });
  });
});
