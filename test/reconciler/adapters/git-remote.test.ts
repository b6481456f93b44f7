import { describe, expect, it } from 'vitest';
import { parseRef, parseRemote, parseSubdirectory } from '../../../reconciler/adapters/git-remote.js';

describe('parseRemote', () => {
  it.each([
    ['/srv/git/fleet.git', '/srv/git/fleet.git'],
    ['file:///srv/git/fleet.git', '/srv/git/fleet.git'],
    ['ssh://git@git.example.org:2222/fleet.git', null],
    ['git@git.example.org:team/fleet.git', null],
    ['git@git.example.org:/srv/fleet.git', null],
    ['ssh://git@[2001:db8::1]/fleet.git', null],
    ['https://git.example.org/team/fleet.git', null],
  ])('accepts %s', (text, directory) => {
    expect(parseRemote(text)).toMatchObject({ kind: 'remote', directory });
  });

  it.each([
    '--upload-pack=touch /tmp/owned',
    '--upload-pack=touch',
    '-oProxyCommand=touch',
    'ext::sh -c touch',
    'ext::sh',
    'fd::17/repo',
    'ssh://-oProxyCommand=touch/repo',
    'ssh://git@-oProxyCommand=touch/repo',
    '-oProxyCommand=touch:repo',
    'git@-oProxyCommand=touch:repo',
    'host:-upload',
    'http://git.example.org/fleet.git',
    'git://git.example.org/fleet.git',
    'ftp://git.example.org/fleet.git',
    'https://user:secret@git.example.org/fleet.git',
    'https://-x/fleet.git',
    'relative/path',
    './fleet',
    '',
    'ssh://host/a\nb',
    'file://host/share',
  ])('refuses %j', (text) => {
    expect(parseRemote(text)).toMatchObject({ kind: 'invalid' });
  });

  it('does not repeat credentials', () => {
    expect(JSON.stringify(parseRemote('https://user:secret@git.example.org/fleet.git'))).not.toContain('secret');
  });
});

describe('parseRef', () => {
  it.each([
    ['main', 'refs/heads/main'],
    ['team/fleet-1', 'refs/heads/team/fleet-1'],
    ['refs/tags/v1.2', 'refs/tags/v1.2'],
    ['HEAD', 'HEAD'],
  ])('takes %s for %s', (text, name) => {
    expect(parseRef(text)).toEqual({ kind: 'ref', name });
  });

  it.each([
    '--upload-pack=touch',
    '-x',
    'a/-x',
    'a..b',
    'a b',
    'main:refs/heads/other',
    '+main',
    'main^{commit}',
    'main@{1}',
    'a.lock',
    'a.lock/b',
    'a.',
    '.a',
    'a//b',
    '/a',
    'a/',
    'a*',
    '',
    'x'.repeat(300),
  ])('refuses %j', (text) => {
    expect(parseRef(text)).toMatchObject({ kind: 'invalid' });
  });
});

describe('parseSubdirectory', () => {
  it.each([
    ['', ''],
    ['.', ''],
    ['fleets/lab/', 'fleets/lab'],
    ['./fleets', 'fleets'],
  ])('takes %j for %j', (text, path) => {
    expect(parseSubdirectory(text)).toEqual({ kind: 'subdirectory', path });
  });

  it.each(['/etc', '../other', 'a/../../b', '-x', 'a:b', 'a\\b', 'a\nb'])('refuses %j', (text) => {
    expect(parseSubdirectory(text)).toMatchObject({ kind: 'invalid' });
  });
});
