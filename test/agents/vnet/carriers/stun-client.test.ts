import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ClientView,
  type StunLink,
  type StunStatus,
  stunStatus,
  stunTrouble,
} from '../../../../agents/vnet/carriers/stun-client.js';

const server = { address: '203.0.113.9', port: 3478 };
const link: StunLink = {
  ...{ peer: 'b', type: 'stun', local: '10.1.0.2', remote: '203.0.113.2', port: 3479, remotePort: 40_002 },
  stun: server,
};
const { remotePort: _unknown, ...unheard } = link;
const running: ClientView = { pid: 77, lastEnd: undefined, lastLines: () => [] };
const known: StunStatus = { pid: 77, state: 'known', publicAddress: '203.0.113.1', publicPort: 40_001, detail: '' };

describe('why a stun link does not carry', () => {
  it.each<[string, StunLink, ClientView, StunStatus | undefined, RegExp | undefined]>([
    ['nothing that is known here', link, running, known, undefined],
    ['the peer is not known', unheard, running, known, /^Waiting for the peer's address: b has not told/],
    ['no answer yet', link, running, undefined, /203\.0\.113\.9:3478 has not answered yet\. .*10\.1\.0\.2:3479/],
    ['no answer', unheard, running, { ...known, state: 'asking', detail: 'No route to host' }, /answered: No route/],
    ['no answer any more', link, running, { ...known, state: 'asking', detail: 'it does not answer' }, /does not/],
    [
      'a port that another has',
      link,
      {
        pid: undefined,
        lastEnd: 'ended with code 1',
        lastLines: () => ['cannot bind the port: Address already in use'],
      },
      known,
      /^UDP port 3479 of 10\.1\.0\.2 is not held: cannot bind the port: Address already in use\./,
    ],
    ['a client that ended', link, { ...running, pid: undefined, lastEnd: 'was ended by SIGKILL' }, known, /SIGKILL/],
  ])('%s', (_name, of, client, status, expected) => {
    const trouble = stunTrouble(of, server, client, status);
    if (expected === undefined) expect(trouble).toBeUndefined();
    else expect(trouble).toMatch(expected);
  });
});

describe('what a client says', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtuoso-stun-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('counts only while it is the one that runs', () => {
    const path = join(folder, 'status');
    expect(stunStatus(path, running)).toBeUndefined();
    writeFileSync(path, JSON.stringify(known));
    expect(stunStatus(path, running)).toEqual(known);
    expect(stunStatus(path, { ...running, pid: 78 })).toBeUndefined();
    expect(stunStatus(path, { ...running, pid: undefined })).toBeUndefined();
  });
});
