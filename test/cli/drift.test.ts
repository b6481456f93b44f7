import { expect, it } from 'vitest';
import { driftText } from '../../cli/drift.js';
import { drift } from '../reconciler/api/fleet.js';

it('tells what is not as it was left, by host, and what is not compared or waits', () => {
  expect(driftText(drift)).toBe(`3 things are not as the reconciler left it (2026-01-02 03:04:05 UTC).

host-2
  + vm vm-9: runs here, left nowhere (by others)

host-4
  - link host-5: was udp a -> b

host-5
  ~ vm vm-1: was host-4, is host-5 (by others)

- is missing, + is there and was not left, ~ is different

Not compared, since their agents are not connected: host-3.
The newest plan waits, with 2 steps: see \`virtuoso get plan\`.
`);
});

it('tells that there is none', () => {
  expect(driftText({ ...drift, drift: [], unheard: [], pending: 0 })).toBe(
    'The fleet is as the reconciler left it (2026-01-02 03:04:05 UTC).\n',
  );
});
