import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDemoRepository } from '../../cli/demo-repository.js';
import { hasLabNetwork, readLabTopology } from '../../cli/lab-network.js';
import { packageRoot } from '../../package-root.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { gitIn, temporaryDirectory } from '../reconciler/adapters/git-fixture.js';

const example = (name: string) => join(packageRoot(), 'examples', name);

it('has the rates of the file that the lab alone reads', async () => {
  const topology = await readLabTopology(example('fig14'));
  if (typeof topology === 'string') throw new Error(topology);
  expect(topology.hosts.map(({ interfaces }) => interfaces[0]?.rateMbps)).toEqual([100, 100, 100, 1000, 1000, 1000]);
  expect(topology.trunks).toEqual([{ network: 'internet', sites: ['domain-1', 'domain-2'], rateMbps: 10 }]);
});

it('has the rates of the inventory where there is no such file', async () => {
  expect(hasLabNetwork(example('branches'))).toBe(false);
  const topology = await readLabTopology(example('branches'));
  if (typeof topology === 'string') throw new Error(topology);
  expect(new Set(topology.trunks.map((trunk) => 'rateMbps' in trunk && trunk.rateMbps))).toEqual(new Set([200]));
});

it.each([false, true])(
  'hands over an inventory with what the network carries only if asked to: %s',
  async (nominal) => {
    const directory = join(temporaryDirectory(), 'repository');
    await makeDemoRepository({ example: 'fig14', directory, pins: new Map(), nominal });
    const files = ['inventory', 'desired', 'policies'].flatMap((folder) =>
      readdirSync(join(directory, folder)).map((name) => {
        const path = `${folder}/${name}`;
        return { path, text: readFileSync(join(directory, path), 'utf8') };
      }),
    );
    expect(validateFiles(files).diagnostics).toEqual([]);
    const stating = files.filter(({ text }) => /bandwidth|bps/i.test(text)).map(({ path }) => path);
    expect(stating.sort()).toEqual(nominal ? ['inventory/hosts.yaml', 'inventory/network.yaml'] : []);
    expect(gitIn(directory, 'status', '--porcelain')).toBe('');
  },
);
