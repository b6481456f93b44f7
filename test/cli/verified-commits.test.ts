import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeDemoRepository } from '../../cli/demo-repository.js';
import { startEmulatedAgents } from '../../cli/emulated-agents.js';
import { history, historyJson, historyText } from '../../cli/history.js';
import { readInventory } from '../../cli/inventory.js';
import { openRepository, type Repository } from '../../cli/open-repository.js';
import { openSession, type Session } from '../../cli/session.js';
import { createIdentity, type Identity } from '../../wire/identity.js';
import { describeLab } from '../environment.js';
import { gitIn, temporaryDirectory } from '../reconciler/adapters/git-fixture.js';
import { noPen, type Pen, sshPen } from '../reconciler/adapters/signing-fixture.js';

const hosts = ['host-1', 'host-2', 'host-3', 'host-4', 'host-5', 'host-6'];

/** A bare repository of the example, somebody's clone of it, and the reconciler as it ships. */
class Fleet {
  readonly directory = temporaryDirectory();
  readonly work = join(this.directory, 'work');
  readonly remote = join(this.directory, 'remote.git');
  readonly allowed = join(this.directory, 'allowed_signers');
  readonly identities = new Map<string, Identity>();

  async make(): Promise<void> {
    for (const host of hosts) this.identities.set(host, await createIdentity(host, Date.now()));
    const pins = new Map([...this.identities].map(([host, { pin }]) => [host, pin]));
    await makeDemoRepository({ example: 'fig14', directory: this.work, pins });
    mkdirSync(this.remote);
    gitIn(this.remote, 'init', '-q', '--bare', '-b', 'main');
    gitIn(this.work, 'remote', 'add', 'origin', this.remote);
  }

  /** Commits a change of a comment, and pushes it. */
  push({ settings, email }: Pen, comment: string): string {
    const path = join(this.work, 'desired/adaptation.yaml');
    const text = readFileSync(path, 'utf8').replace(/^# .*\n/m, '');
    writeFileSync(path, `# ${comment}\n${text}`);
    const all = [...settings, `user.email=${email}`].flatMap((setting) => ['-c', setting]);
    gitIn(this.work, ...all, 'commit', '-q', '-a', '-m', 'Change the fleet');
    gitIn(this.work, 'push', '-q', '-f', 'origin', 'HEAD:main');
    return gitIn(this.work, 'rev-parse', 'HEAD');
  }

  /** Changes what the newest commit says after it was signed, and pushes that. */
  pushTampered(pen: Pen): string {
    this.push(pen, 'BadSignature');
    const signed = execFileSync('git', ['-C', this.work, 'cat-file', 'commit', 'HEAD'], { encoding: 'utf8' });
    const path = join(this.directory, 'object');
    writeFileSync(path, signed.replace('Change the fleet', 'Change it all'));
    const made = gitIn(this.work, 'hash-object', '-t', 'commit', '-w', '--literally', path);
    gitIn(this.work, 'push', '-q', '-f', 'origin', `${made}:refs/heads/main`);
    return made;
  }

  async open(): Promise<Repository> {
    const opened = await openRepository({
      ...{ repository: this.remote, ref: 'main', subdirectory: '', pollMs: 1000 },
      stateDirectory: join(this.directory, 'state'),
      verification: { verify: 'strict', allowedSigners: this.allowed },
    });
    if (opened.kind === 'failed') throw new Error(opened.message);
    return opened;
  }

  async start(repository: Repository): Promise<Session> {
    const stateDirectory = join(this.directory, 'state');
    const hub = { host: '127.0.0.1', port: 0 };
    const session = await openSession({ repository, stateDirectory, hub, api: null, log: () => undefined });
    if (session.kind === 'failed') throw new Error(session.message);
    const inventory = await readInventory(repository.source);
    if (typeof inventory === 'string') throw new Error(inventory);
    const url = { url: session.hubUrl, pin: session.hubPin };
    const agents = await startEmulatedAgents(inventory, this.identities, url, 1);
    onTestFinished(async () => {
      await agents.stop();
      await session.close();
    });
    await session.loop.start();
    return session;
  }
}

describeLab('a reconciler in strict mode', ['sshKeygen'], () => {
  it('refuses commits with their reason, keeps the last good one, and takes up the next', async () => {
    const fleet = new Fleet();
    await fleet.make();
    const ada = sshPen();
    const bob = sshPen('bob@example.org');
    writeFileSync(fleet.allowed, ada.line() + bob.line('valid-before="20200101"'));
    const good = fleet.push(ada, 'first');
    const repository = await fleet.open();
    const { loop } = await fleet.start(repository);
    const condition = (type: string) =>
      loop.conditions().find((each) => each.object === 'source/repository' && each.type === type);
    const reasonBecomes = (reason: string) =>
      expect.poll(() => condition('SourceVerified')?.reason, { timeout: 20_000 }).toBe(reason);
    await reasonBecomes('TrustedSigner');
    expect(condition('SourceVerified')?.message).toContain(
      `Commit ${good} is signed by ada@example.org with the SSH key`,
    );

    const tampered = 'BadSignature';
    const wrong: [Pen, string][] = [
      [noPen, 'Unsigned'],
      [ada, tampered],
      [sshPen(), 'UnknownSigner'],
      [{ ...ada, email: 'bob@example.org' }, 'OtherIdentity'],
      [bob, 'ExpiredKey'],
    ];
    for (const [pen, reason] of wrong) {
      const bad = reason === tampered ? fleet.pushTampered(pen) : fleet.push(pen, reason);
      await reasonBecomes(reason);
      expect(condition('SourceVerified')).toMatchObject({ status: 'False' });
      expect(condition('Ready')).toMatchObject({ status: 'False', reason: 'Unverified' });
      expect(condition('Ready')?.message).toMatch(new RegExp(`^commit ${bad} is refused: `));
      expect(condition('Ready')?.message).toContain(`The documents of ${good} stay in effect.`);
      expect(loop.view().source).toBe(good);
      gitIn(fleet.work, 'reset', '-q', '--hard', good);
    }
    gitIn(fleet.work, 'reset', '-q', '--hard', 'HEAD~1');
    fleet.push(ada, 'rewritten');
    await reasonBecomes('NotDescendant');

    gitIn(fleet.work, 'reset', '-q', '--hard', good);
    const next = fleet.push(ada, 'next');
    await reasonBecomes('TrustedSigner');
    await expect.poll(() => loop.view().source, { timeout: 20_000 }).toBe(next);
    expect(condition('Ready')).toMatchObject({ status: 'True', reason: 'Read' });

    const rows = await history(repository.journal);
    const refused = rows.flatMap((row) => (row.kind === 'entry' && row.verdict === 'refused' ? [row] : []));
    expect(refused.length).toBe(wrong.length + 1);
    expect(refused.every(({ signer }) => signer === null)).toBe(true);
    const applied = rows.find((row) => row.kind === 'entry' && row.verdict === 'applied');
    expect(applied).toMatchObject({ source: good, signer: { method: 'ssh', name: 'ada@example.org' } });
    expect(historyText(rows)).toMatch(/ {2}SIGNER +WHAT\n/);
    expect(historyText(rows)).toContain(`${good.slice(0, 12)}  ada@example.org  applied`);
    expect(JSON.parse(historyJson(rows)).entries.at(-1)).toMatchObject({ signer: { method: 'ssh' } });
  }, 120_000);

  it('that starts anew on a distrusted commit runs what was accepted before', async () => {
    const fleet = new Fleet();
    await fleet.make();
    const ada = sshPen();
    writeFileSync(fleet.allowed, ada.line());
    const good = fleet.push(ada, 'first');
    await (await fleet.open()).source.read();
    fleet.push(noPen, 'second');
    const repository = await fleet.open();
    const session = await openSession({
      ...{ repository, stateDirectory: join(fleet.directory, 'state'), api: null, log: () => undefined },
      hub: { host: '127.0.0.1', port: 0 },
      times: { startGraceMs: 0 },
    });
    if (session.kind === 'failed') throw new Error(session.message);
    onTestFinished(() => session.close());
    await session.loop.start();
    await expect.poll(() => session.loop.view().source, { timeout: 20_000 }).toBe(good);
    await expect.poll(() => session.loop.conditions().map(({ reason }) => reason)).toContain('Unsigned');
  }, 60_000);
});

it('tells options that do not fit, and refuses trusted keys inside the repository', async () => {
  const fleet = new Fleet();
  await fleet.make();
  const inside = join(fleet.remote, 'keys');
  writeFileSync(inside, '');
  const opened = async (verification: object) => {
    const options = { repository: fleet.remote, ref: 'main', subdirectory: '', pollMs: 1000 };
    const state = { stateDirectory: join(fleet.directory, 'state') };
    return openRepository({ ...options, ...state, verification: { verify: 'strict', ...verification } });
  };
  const fails = async (verification: object, message: string) =>
    expect(await opened(verification)).toMatchObject({ kind: 'failed', message: expect.stringContaining(message) });
  await fails({}, 'trusts nobody');
  await fails({ verify: 'off', allowedSigners: inside }, 'add --verify head');
  await fails({ allowedSigners: inside }, 'is inside the repository');
  await fails({ allowedSigners: join(fleet.directory, 'none') }, 'cannot be read');
  rmSync(inside);
  writeFileSync(fleet.allowed, '');
  await fails({ allowedSigners: fleet.allowed, verifyFrom: 'HEAD' }, 'not the whole id');
  await fails({ verify: 'head', allowedSigners: fleet.allowed, verifyFrom: 'HEAD' }, 'no meaning');
  expect(await opened({ allowedSigners: fleet.allowed })).toMatchObject({ kind: 'repository' });
});
