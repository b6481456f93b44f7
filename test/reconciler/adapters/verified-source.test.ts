import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { CommitSignatures } from '../../../reconciler/adapters/commit-signatures.js';
import { GitSource } from '../../../reconciler/adapters/git-source.js';
import { VerifiedSource } from '../../../reconciler/adapters/verified-source.js';
import type { SourceRead } from '../../../reconciler/ports.js';
import { isDocumentPath } from '../../../schema/validate/select.js';
import { describeLab } from '../../environment.js';
import { mirrorOf, temporaryDirectory, writeFiles } from './git-fixture.js';
import { GpgHome, noPen, type Pen, SignedRepository, sshPen } from './signing-fixture.js';

const file = 'desired/a.yaml';

/** A repository and the files of somebody who trusts some keys. */
class World {
  readonly fleet = new SignedRepository();
  readonly keys = temporaryDirectory();
  readonly state = temporaryDirectory();

  trust(allowed: string): void {
    writeFileSync(join(this.keys, 'allowed'), allowed);
  }

  trustOpenPgp(keys: string): void {
    writeFileSync(join(this.keys, 'openpgp'), keys);
  }

  /** A reconciler's source that has just started. */
  async source(mode: 'head' | 'strict' = 'strict', from: string | null = null): Promise<VerifiedSource> {
    const mirror = await mirrorOf(this.fleet.repository.remote, this.state);
    const ref = 'refs/heads/main';
    const source = new GitSource({ mirror, ref, subdirectory: '', select: isDocumentPath });
    const named = (name: string) => (existsSync(join(this.keys, name)) ? join(this.keys, name) : undefined);
    const files = { allowedSigners: named('allowed'), openPgpKeys: named('openpgp') };
    return new VerifiedSource({ source, mirror, signatures: new CommitSignatures(mirror, files), mode, ref, from });
  }

  push(pen: Pen, text: string, ...options: string[]): string {
    this.fleet.commit(pen, { [file]: `a: ${text}\n` }, ...options);
    return this.fleet.push();
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

/** What a read refuses and what it keeps. */
const refusal = (read: SourceRead) =>
  read.kind === 'unverified'
    ? { commit: read.verdict.commit, reason: read.verdict.reason, kept: read.accepted?.source ?? null }
    : read;

async function refuses(source: VerifiedSource, reason: string, kept: string | null): Promise<string> {
  const read = await source.read();
  expect(refusal(read)).toEqual({ commit: world.fleet.git('rev-parse', 'HEAD'), reason, kept });
  return read.kind === 'unverified' ? read.message : '';
}

const accepts = async (source: VerifiedSource, commit: string, name = 'ada@example.org') =>
  expect(await source.read()).toMatchObject({ kind: 'documents', source: commit, verdict: { signer: { name } } });

describeLab('commits that are signed with SSH', ['sshKeygen'], () => {
  let ada: ReturnType<typeof sshPen>;
  let source: VerifiedSource;
  let good: string;

  beforeEach(async () => {
    ada = sshPen();
    world.trust(ada.line());
    good = world.push(ada, '1');
    source = await world.source();
    await accepts(source, good);
  });

  it('are remembered as in effect in the mode that verified them, and in no other', async () => {
    expect(await source.tookEffect(good)).toBeNull();
    const again = await world.source();
    expect(await again.lastInEffect()).toMatchObject({
      source: good,
      verdict: { signer: { name: 'ada@example.org' } },
    });
    expect(await (await world.source('head')).lastInEffect()).toBeNull();
    const later = world.push(ada, '2');
    await (await world.source('head')).read();
    // Whoever vouches for a newer commit does not want an older one back.
    expect(await (await world.source('strict', later)).lastInEffect()).toBeNull();
  });

  it('take effect, and name their signer', async () => {
    const read = await source.read();
    expect(read).toMatchObject({
      files: [{ path: file, text: 'a: 1\n' }],
      verdict: { signer: { method: 'ssh', key: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/) } },
    });
  });

  it('unless they are not signed; the next good one does not help in strict mode, but does in head', async () => {
    const bad = world.push(noPen, '2');
    const message = await refuses(source, 'Unsigned', good);
    expect(message).toContain(`commit ${bad} is refused: it is not signed. ada@example.org committed it.`);
    const above = world.push(ada, '3');
    expect(await refuses(source, 'Unsigned', good)).toContain(`because of commit ${bad} before it`);
    await accepts(await world.source('head'), above);
    world.fleet.git('reset', '-q', '--soft', good);
    await accepts(source, world.push(ada, '4'));
  });

  it.each([
    ['message', (object: string) => object.replace('Change the fleet', 'Change the fleets')],
    [
      'tree',
      (object: string) => object.replace(/^tree .*$/m, `tree ${world.fleet.git('rev-parse', `${good}^{tree}`)}`),
    ],
    ['author', (object: string) => object.replace('author Ada', 'author Eve')],
  ])('unless their %s was changed afterwards', async (_what, change) => {
    world.fleet.commit(ada, { [file]: 'a: 2\n' });
    world.fleet.tamper(change);
    world.fleet.push();
    await refuses(source, 'BadSignature', good);
  });

  it('unless they state two committers or hold two signatures', async () => {
    world.fleet.commit(ada, { [file]: 'a: 2\n' });
    world.fleet.tamper((object) => object.replace(/^(committer .*\n)/m, '$1committer Eve <eve@example.org> 1 +0000\n'));
    world.fleet.push();
    await refuses(source, 'UnusableSignature', good);
    world.fleet.git('reset', '-q', '--soft', good);
    world.fleet.commit(ada, { [file]: 'a: 3\n' });
    world.fleet.tamper((object) => object.replace(/^(gpgsig (?:.*\n )*.*\n)/m, '$1$1'));
    world.fleet.push();
    await refuses(source, 'UnusableSignature', good);
  });

  it("unless the key is nobody's who is trusted", async () => {
    world.push(sshPen(), '2');
    expect(await refuses(source, 'UnknownSigner', good)).toContain('the file of --allowed-signers does not name');
  });

  it('unless they go under the name of somebody else', async () => {
    const bob = sshPen('bob@example.org');
    world.trust(ada.line() + bob.line());
    world.push({ ...bob, email: 'ada@example.org' }, '2');
    expect(await refuses(source, 'OtherIdentity', good)).toContain('which is for bob@example.org');
    world.push({ ...bob, email: '*@example.org' }, '3', '--amend', '--reset-author');
    await refuses(source, 'OtherIdentity', good);
    await accepts(source, world.push(bob, '4', '--amend', '--reset-author'), 'bob@example.org');
  });

  it('unless the key was not in use when they were made', async () => {
    const bob = sshPen('bob@example.org');
    world.trust(ada.line() + bob.line('valid-before="20200101"'));
    world.push(bob, '2');
    await refuses(source, 'ExpiredKey', good);
    world.trust(ada.line() + bob.line('valid-after="20980101"'));
    await refuses(source, 'KeyNotYetValid', good);
    world.trust(ada.line() + bob.line('namespaces="file"'));
    await refuses(source, 'UnknownSigner', good);
    world.trust(ada.line() + bob.line('valid-after="20200101",valid-before="20980101",namespaces="git"'));
    await accepts(source, world.fleet.git('rev-parse', 'HEAD'), 'bob@example.org');
  });

  it('unless they merge what is not signed, or the merge itself is not', async () => {
    world.fleet.git('checkout', '-q', '-b', 'side');
    world.fleet.commit(noPen, { 'desired/b.yaml': 'b: 1\n' });
    world.fleet.git('checkout', '-q', 'main');
    world.fleet.merge(ada, 'side');
    world.fleet.push();
    await refuses(source, 'Unsigned', good);
    world.fleet.git('reset', '-q', '--hard', good);
    world.fleet.git('checkout', '-q', '-B', 'side');
    world.fleet.commit(ada, { 'desired/b.yaml': 'b: 1\n' });
    world.fleet.git('checkout', '-q', 'main');
    world.fleet.merge(noPen, 'side');
    world.fleet.push();
    await refuses(source, 'Unsigned', good);
    world.fleet.git('reset', '-q', '--hard', good);
    const merged = world.fleet.merge(ada, 'side');
    world.fleet.push();
    await accepts(source, merged);
  });

  it('unless the history was rewritten or rolled back; the operator may vouch for it', async () => {
    const second = world.push(ada, '2');
    await accepts(source, second);
    world.fleet.git('reset', '-q', '--hard', good);
    world.fleet.push();
    await refuses(source, 'NotDescendant', second);
    await refuses(await world.source('strict', second), 'NotDescendant', second);
    const other = world.push(ada, '1', '--amend', '--date=2020-01-01T00:00:00Z');
    expect(await refuses(source, 'NotDescendant', second)).toContain(`--verify-from ${other}`);
    expect(await (await world.source('strict', other)).read()).toMatchObject({
      source: other,
      verdict: { signer: null },
    });
    await accepts(await world.source(), world.push(ada, '5'));
  });

  it('and what was accepted stays so across restarts', async () => {
    world.push(noPen, '2');
    const read = await (await world.source()).read();
    expect(refusal(read)).toMatchObject({ reason: 'Unsigned', kept: good });
    expect(read).toMatchObject({
      accepted: { files: [{ text: 'a: 1\n' }], verdict: { signer: { name: 'ada@example.org' } } },
    });
  });

  it('count as far back as the operator vouches for', async () => {
    const unsigned = world.push(noPen, '2');
    const above = world.push(ada, '3');
    world.trust(ada.line());
    await accepts(await world.source('strict', unsigned), above);
    const unknown = '1'.repeat(40);
    expect(refusal(await (await world.source('strict', unknown)).read())).toMatchObject({ reason: 'NotDescendant' });
  });

  it('are judged anew when the file of trusted keys changes', async () => {
    world.trust(sshPen('eve@example.org').line());
    await refuses(source, 'UnknownSigner', good);
    world.trust(ada.line());
    await accepts(source, good);
  });

  it('are not accepted where nothing can be found out', async () => {
    const second = world.push(ada, '2');
    vi.stubEnv('PATH', onlyGit());
    expect(await refuses(source, 'CannotVerify', good)).toContain('install OpenSSH');
    vi.unstubAllEnvs();
    await accepts(source, second);
  });

  it("are checked by no program that a repository or a person's settings name", async () => {
    const ran = join(temporaryDirectory(), 'ran');
    const home = temporaryDirectory();
    const liar = join(home, 'liar');
    writeFiles(home, { liar: `#!/bin/sh\ntouch ${ran}\necho '[GNUPG:] GOODSIG 1 Ada'\necho 'Good "git" signature'\n` });
    chmodSync(liar, 0o755);
    const config = `[gpg]\n\tformat = ssh\n\tprogram = ${liar}\n[gpg "ssh"]\n\tprogram = ${liar}\n\tallowedSignersFile = ${liar}\n[log]\n\tshowSignature = true\n`;
    writeFiles(home, {
      '.gitconfig': `${config}[filter "x"]\n\tsmudge = touch ${ran}\n\tclean = touch ${ran}\n\trequired = true\n`,
    });
    writeFiles(world.fleet.repository.remote, {
      config: `[core]\n\tbare = true\n${config}`,
      'info/attributes': '* filter=x\n',
    });
    vi.stubEnv('HOME', home);
    vi.stubEnv('GNUPGHOME', home);
    onTestFinished(() => void vi.unstubAllEnvs());
    world.fleet.commit(noPen, {
      '.gitattributes': '* filter=x diff=x export-subst ident\n',
      'fleet/.gitconfig': config,
    });
    world.fleet.push();
    await refuses(source, 'Unsigned', good);
    world.push(sshPen(), '2', '--amend');
    await refuses(source, 'UnknownSigner', good);
    await accepts(source, world.push(ada, '3', '--amend'));
    expect(existsSync(ran)).toBe(false);
  });
});

describeLab('commits that are signed with OpenPGP', ['sshKeygen', 'gpg'], () => {
  let home: GpgHome;
  let ada: ReturnType<GpgHome['pen']>;
  let good: string;

  beforeEach(() => {
    home = new GpgHome();
    ada = home.pen('ada@example.org');
    world.trustOpenPgp(home.exported('ada@example.org'));
    good = world.push(ada, '1');
  });

  it('take effect, and name their signer', async () => {
    expect(await (await world.source()).read()).toMatchObject({
      source: good,
      verdict: { signer: { method: 'openpgp', name: 'ada@example.org', key: ada.fingerprint } },
    });
  });

  it('are refused when changed afterwards, by strangers, or under the name of somebody else', async () => {
    const source = await world.source();
    await accepts(source, good);
    world.fleet.commit(ada, { [file]: 'a: 2\n' });
    world.fleet.tamper((object) => object.replace('Change the fleet', 'Change it'));
    world.fleet.push();
    await refuses(source, 'BadSignature', good);
    world.fleet.git('reset', '-q', '--soft', good);
    const bob = home.pen('bob@example.org');
    world.push(bob, '3');
    expect(await refuses(source, 'UnknownSigner', good)).toContain(bob.fingerprint);
    world.trustOpenPgp(home.exported());
    await accepts(source, world.fleet.git('rev-parse', 'HEAD'), 'bob@example.org');
    const second = world.fleet.git('rev-parse', 'HEAD');
    world.push({ ...bob, email: 'ada@example.org' }, '4');
    expect(await refuses(source, 'OtherIdentity', second)).toContain('which is for bob@example.org');
  });

  it('are refused when their key is revoked or had expired', async () => {
    const source = await world.source();
    await accepts(source, good);
    const old = home.pen('old@example.org', '2020-06-01', '20200101T000000');
    world.trustOpenPgp(home.exported());
    world.push(old, '2');
    await refuses(source, 'ExpiredKey', good);
    world.fleet.git('reset', '-q', '--soft', good);
    world.push(ada, '3');
    home.revoke(ada.fingerprint);
    world.trustOpenPgp(home.exported());
    await refuses(source, 'RevokedKey', good);
  });

  it('are not accepted without gpg, without keys, or where none of this kind are trusted', async () => {
    const source = await world.source();
    vi.stubEnv('PATH', onlyGit());
    expect(refusal(await source.read())).toMatchObject({ reason: 'CannotVerify', kept: null });
    vi.unstubAllEnvs();
    world.trustOpenPgp('nothing\n');
    expect(await refuses(source, 'CannotVerify', null)).toContain('has no OpenPGP public key');
    world = Object.assign(new World(), { fleet: world.fleet });
    world.trust(sshPen().line());
    expect(await refuses(await world.source(), 'UnknownSigner', null)).toContain('without --openpgp-keys');
  });
});

/** A folder for PATH in which git and nothing else is found. */
function onlyGit(): string {
  const folder = temporaryDirectory();
  const real = (process.env.PATH ?? '')
    .split(':')
    .map((each) => join(each, 'git'))
    .find(existsSync);
  writeFileSync(join(folder, 'git'), `#!/bin/sh\nPATH=${process.env.PATH} exec ${real} "$@"\n`, { mode: 0o755 });
  return folder;
}
