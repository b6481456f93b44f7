import { afterEach, expect, it } from 'vitest';
import type { Snapshot } from '../../../reconciler/model/snapshot.js';
import type { LinkPolicyList } from '../../../schema/generated/types.js';
import { breaches } from './schema-of.js';
import { call, json, serving } from './serving.js';

const picture = {
  hosts: [
    { name: 'host-1', site: 'east' },
    { name: 'host-2', site: 'east' },
    { name: 'host-3', site: 'west' },
  ],
  linkPolicies: {
    sites: ['east', 'west'].map((name) => ({ name, labels: {} })),
    policies: [
      { name: 'secret', at: 'policies/links.yaml:2', spec: { between: [{}, {}], encryption: 'required' } },
      { name: 'unused', at: 'policies/links.yaml:9', spec: { within: { site: 'west' }, links: 'forbidden' } },
    ],
  },
} as unknown as Snapshot;

let api: Awaited<ReturnType<typeof serving>>;
afterEach(() => api.close());

it('tells which policy decides about each pair of sites, and what that leaves', async () => {
  api = await serving();
  const nothing = { format_version: '1', policies: [], pairs: [] };
  expect(json(await call(`${api.url}/v1/link-policies`))).toEqual(nothing);
  api.live.picture = picture;
  const list = json(await call(`${api.url}/v1/link-policies`)) as LinkPolicyList;
  expect(breaches('LinkPolicyList', list)).toEqual([]);
  expect(list.policies.map(({ name, decides }) => [name, decides])).toEqual([
    ['unused', 0],
    ['secret', 1],
  ]);
  expect(list.pairs).toEqual([
    { sites: ['east', 'east'], types: ['udp'] },
    {
      sites: ['east', 'west'],
      policy: { name: 'secret', at: 'policies/links.yaml:2' },
      types: ['wireguard', 'tls', 'http', 'ssh'],
    },
  ]);
});
