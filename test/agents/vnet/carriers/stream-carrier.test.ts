import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { detachedVariable } from '../../../../agents/linux/detached-process.js';
import { endProcesses, environmentValues, processesWithEnvironment } from '../../../../agents/linux/processes.js';
import type { StreamCarrier } from '../../../../agents/vnet/carriers/stream-carrier.js';
import { endName } from '../../../../agents/vnet/carriers/stream-end.js';
import { tapName } from '../../../../agents/vnet/carriers/tap-devices.js';
import type { LinkEnd } from '../../../../schema/generated/types.js';
import { describeLab } from '../../../environment.js';
import { isDeath, linkTo, network, type StandIn, standIn } from './stand-in.js';

let root = '';
let host: StandIn;
let carrier: StreamCarrier;
const path = process.env.PATH;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'streams-'));
  process.env.PATH = `${join(root, 'programs')}:${path}`;
  host = standIn(root);
  carrier = host.start();
});

afterEach(async () => {
  process.env.PATH = path;
  carrier.close();
  await endProcesses(() => marked().flatMap((mark) => running(mark)));
  rmSync(root, { recursive: true });
});

const marked = (): string[] => environmentValues(detachedVariable).filter((mark) => mark.startsWith(`${root}/`));
const running = (mark: string): number[] => processesWithEnvironment(`${detachedVariable}=${mark}`);

/** The agent was killed, and another one starts. */
function restart(): void {
  carrier.close();
  host.dieAt(undefined);
  carrier = host.start();
}

/** What is there: processes by path with their number, folders, devices. */
const world = () => ({
  processes: Object.fromEntries(marked().map((mark) => [mark.slice(host.folder.length + 1), running(mark).length])),
  folders: readdirSync(host.folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
    .sort(),
  devices: [...host.devices.keys()].sort(),
});

/** What should be there. */
function wanted(links: readonly LinkEnd[]): ReturnType<typeof world> {
  const names = [...new Set(links.map(endName))].sort();
  const processes = links.flatMap((link) => {
    const pump = `${endName(link)}/pump`;
    return link.type === 'ssh' && link.role === 'connect' ? [`${endName(link)}/ssh`, pump] : [pump];
  });
  return {
    processes: Object.fromEntries([...new Set(processes)].sort().map((name) => [name, 1])),
    folders: names,
    devices: links.map(tapName).sort(),
  };
}

async function become(links: readonly LinkEnd[]): Promise<void> {
  for (const link of links)
    expect(await carrier.provide(link, [network])).toEqual({ kind: 'device', device: tapName(link) });
  expect(await carrier.retire(links)).toEqual([]);
}

const linksOf = (name: string): string => readFileSync(join(host.folder, name, 'links'), 'utf8');

describeLab('links over streams, on a host of stand-ins', ['linux'], () => {
  it('share a listener where they listen at one place', async () => {
    const links = [linkTo('b', 'tcp', 'listen'), linkTo('c', 'tcp', 'listen'), linkTo('d', 'tls', 'listen', 7445)];
    await become(links);
    expect(world()).toEqual(wanted(links));
    const [b, c, d] = links.map(tapName);
    expect(linksOf('listen-tcp-192.0.2.1-7444')).toBe(`b ${b} - 192.0.2.2\nc ${c} - 192.0.2.2\n`);
    expect(linksOf('listen-tls-192.0.2.1-7445')).toBe(`d ${d} sha256:${'A'.repeat(43)}= -\n`);
    await become(links.slice(1));
    expect(linksOf('listen-tcp-192.0.2.1-7444')).toBe(`c ${c} - 192.0.2.2\n`);
    expect(world()).toEqual(wanted(links.slice(1)));
  });

  it('are taken up by the next agent as they are, before all of them are provided again', async () => {
    const links = [linkTo('b', 'tcp', 'listen'), linkTo('c', 'tcp', 'listen'), linkTo('d', 'ssh', 'connect')];
    await become(links);
    const before = marked().map(running);
    restart();
    for (const link of links) {
      await carrier.provide(link, [network]);
      expect(linksOf('listen-tcp-192.0.2.1-7444').split('\n').length).toBe(3);
    }
    await carrier.retire(links);
    expect(marked().map(running)).toEqual(before);
  });

  it('are replaced when what they are told changes, and only then', async () => {
    const link = linkTo('b', 'tcp', 'connect');
    await become([link]);
    const [before] = marked().map(running);
    await become([{ ...link }]);
    expect(marked().map(running)).toEqual([before]);
    await become([{ ...link, port: 9000 }]);
    expect(marked().map(running)).not.toEqual([before]);
    expect(world()).toEqual(wanted([link]));
  });

  it('have devices that carry the packets of all networks', async () => {
    const link = linkTo('b', 'tcp', 'connect');
    await carrier.provide(link, [network, { ...network, name: 'blue', vni: 8, mtu: 8000 }]);
    expect(host.devices.get(tapName(link))).toBe(8000);
    carrier.renumber([network]);
    expect(host.devices.get(tapName(link))).toBe(1400);
  });

  it('that cannot be leave the others alone and say why', async () => {
    const good = linkTo('b', 'http', 'listen');
    await become([good]);
    const other: LinkEnd = { ...linkTo('c', 'http', 'listen'), http: { secure: false, path: '/there' } };
    const { peerKey: _, ...unpinned } = linkTo('d', 'tls', 'connect');
    for (const [link, message] of [
      [other, /has another path or security/],
      [unpinned, /write agentKey into the Host d/],
    ] as const) {
      const answer = await carrier.provide(link, [network]);
      expect(answer).toEqual({ kind: 'link', subject: link.peer, message: expect.stringMatching(message) });
    }
    expect(world()).toEqual(wanted([good]));
  });

  it('leave nothing of an agent whose memory is lost', async () => {
    await become([linkTo('b', 'tcp', 'listen'), linkTo('c', 'tcp', 'connect')]);
    rmSync(join(host.folder, 'links.json'));
    restart();
    expect(await carrier.retire([])).toEqual([]);
    expect(world()).toEqual(wanted([]));
    expect(existsSync(join(root, 'sockets'))).toBe(false);
  });

  it('are what is wanted after any sequence of changes and crashes at any step', async () => {
    const possible = [
      linkTo('b', 'tcp', 'connect'),
      linkTo('b', 'tls', 'connect', 7445),
      linkTo('c', 'tcp', 'listen'),
      linkTo('c', 'tcp', 'connect'),
      linkTo('d', 'tcp', 'listen'),
      linkTo('d', 'ssh', 'connect'),
      linkTo('e', 'ssh', 'listen'),
    ];
    // Of one type and peer, at most one link.
    const sets = fc
      .subarray(possible)
      .map((links) => links.filter((link, at) => links.findIndex((each) => tapName(each) === tapName(link)) === at));
    const fates = fc.option(fc.record({ passes: fc.nat({ max: 6 }), after: fc.boolean() }), { nil: undefined });
    const round = fc.record({ links: sets, fate: fates });
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 4 }), async (rounds) => {
        for (const { links, fate } of rounds) {
          host.dieAt(fate && { ...fate });
          const died = await become(links).then(
            () => false,
            (error) => {
              if (!isDeath(error)) throw error;
              return true;
            },
          );
          if (!died) expect(world()).toEqual(wanted(links));
          else restart();
        }
        host.dieAt(undefined);
        const last = rounds.at(-1)?.links ?? [];
        await become(last);
        expect(world()).toEqual(wanted(last));
      }),
      { seed: 11, numRuns: 25 },
    );
  }, 180_000);

  it('come back when their processes are killed', async () => {
    const links = [linkTo('b', 'ssh', 'connect'), linkTo('c', 'tcp', 'listen')];
    await become(links);
    for (const pid of marked().flatMap(running)) process.kill(pid, 'SIGKILL');
    const trouble = (): string | undefined => links[1] && carrier.state(links[1]).trouble;
    const seen = /virtuoso-pump (does not run|was ended by SIGKILL); it is started/;
    for (let waited = 0; waited < 100 && !seen.test(trouble() ?? ''); waited++) await sleep(2);
    expect(trouble()).toMatch(seen);
    for (let waited = 0; waited < 100 && marked().length < 3; waited++) await sleep(50);
    expect(world()).toEqual(wanted(links));
  });
});
