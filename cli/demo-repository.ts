import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleGit } from 'simple-git';
import { type Document, isMap, isSeq, parseAllDocuments } from 'yaml';
import { packageRoot } from '../package-root.js';

export interface DemoRepositoryOptions {
  /** Name of a folder in `examples/`. */
  example: string;
  /** Where the repository is made anew; what was there is removed. */
  directory: string;
  /** Public key pin of each host's agent. */
  pins: Map<string, string>;
  /** Public key of each SSH server that links go through, by host. */
  sshKeys?: ReadonlyMap<string, string>;
  /** Leaves in the inventory what it says that the network carries; so it is when left out. Otherwise all VMs may move at once, too. */
  nominal?: boolean;
  /** Seed of the search; the example's own when left out. */
  seed?: number | undefined;
}

/** Makes a git repository of an example: its documents as they are, then a commit that enrols the agents' keys. */
export async function makeDemoRepository({
  example,
  directory,
  pins,
  sshKeys = new Map(),
  nominal = true,
  seed,
}: DemoRepositoryOptions): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const folder = join(packageRoot(), 'examples', example);
  for (const part of ['inventory', 'desired', 'policies']) {
    await cp(join(folder, part), join(directory, part), { recursive: true });
  }
  const git = simpleGit(directory);
  await git.init(['--initial-branch=main', '--quiet']);
  await git.addConfig('user.name', 'Operator').addConfig('user.email', 'operator@localhost');
  // The journal's branch arrives by push; the working tree stays the operator's.
  await git.addConfig('receive.denyCurrentBranch', 'refuse');
  await git.add('.').commit(`Describe the fleet of ${example}`);
  await editDocuments(join(directory, 'inventory', 'hosts.yaml'), 'Host', (name) => [
    ['spec', 'agentKey'],
    pins.get(name),
  ]);
  await editDocuments(join(directory, 'inventory', 'hosts.yaml'), 'Host', (name) => [
    ['spec', 'ssh', 'hostKey'],
    sshKeys.get(name),
  ]);
  if (seed !== undefined) {
    const path = join(directory, 'desired', 'adaptation.yaml');
    await editDocuments(path, 'Adaptation', () => [['spec', 'vadapt', 'seed'], seed]);
  }
  await git.add('.').commit("Enrol the agents' keys");
  if (nominal) return;
  const inventory = join(directory, 'inventory');
  await leaveOut(join(inventory, 'hosts.yaml'), 'Host', [['spec', 'interfaces']], 'bandwidth');
  await leaveOut(join(inventory, 'network.yaml'), 'Network', carrying, 'bandwidth');
  await git.add('.').commit('Leave it to measurement what the network carries');
  // Paths are tried before they are known: from where that leads, all VMs may have to move.
  const limits = join(directory, 'policies', 'limits.yaml');
  await editDocuments(limits, 'ChangeLimit', () => [['spec', 'maxMovedShare'], 1]);
  await git.add('.').commit('Let all VMs move at once');
}

/** Of a Network, lists of what it carries where. */
const carrying = [
  ['spec', 'within'],
  ['spec', 'between'],
];

/** Sets one field of every document of a kind; everything else in the file, comments included, stays. */
async function editDocuments(
  path: string,
  kind: string,
  change: (name: string) => [field: string[], value: string | number | undefined],
): Promise<void> {
  await eachDocument(path, kind, (document) => {
    const [field, value] = change(String(document.getIn(['metadata', 'name'])));
    if (value !== undefined) document.setIn(field, value);
  });
}

/** Takes a field out of every item of some lists, in every document of a kind. */
function leaveOut(path: string, kind: string, lists: readonly string[][], field: string): Promise<void> {
  return eachDocument(path, kind, (document) => {
    for (const list of lists) {
      const items = document.getIn(list);
      if (isSeq(items)) for (const item of items.items) if (isMap(item)) item.delete(field);
    }
  });
}

async function eachDocument(path: string, kind: string, change: (document: Document) => void): Promise<void> {
  const documents = parseAllDocuments(await readFile(path, 'utf8'));
  for (const document of documents) {
    if (isMap(document.contents) && document.get('kind') === kind) change(document);
  }
  await writeFile(
    path,
    documents.map((document) => document.toString({ lineWidth: 0, flowCollectionPadding: false })).join(''),
  );
}
