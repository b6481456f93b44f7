import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sshKey } from '../../../../agents/vnet/carriers/ssh-key.js';
import { provideSocketFolder, removeSocket, sshSocket } from '../../../../agents/vnet/carriers/ssh-socket.js';
import { describeLab } from '../../../environment.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssh-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describeLab('the SSH key of a host', ['sshd'], () => {
  it('is made once, for its owner alone', () => {
    const first = sshKey(join(folder, 'ssh'), 'host-1');
    expect(first.publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]{68} virtuoso-host-1$/);
    expect(statSync(first.keyFile).mode & 0o777).toBe(0o600);
    expect(sshKey(join(folder, 'ssh'), 'host-1')).toEqual(first);
    expect(readdirSync(join(folder, 'ssh')).sort()).toEqual(['id_ed25519', 'id_ed25519.pub']);
  });

  it('is made anew when it was only half there', () => {
    const { keyFile, publicKey } = sshKey(folder, 'host-1');
    rmSync(keyFile);
    expect(sshKey(folder, 'host-1').publicKey).not.toBe(publicKey);
  });
});

describeLab('the socket that SSH servers lead to', ['root', 'linux'], () => {
  it('has a path that both ends know and the kernel takes, even of the longest host in the longest lab', () => {
    expect(sshSocket('/run/virtuoso', 'host-1')).toBe('/run/virtuoso/host-1/ssh.sock');
    const long = sshSocket(`/run/virtuoso/lab/${'l'.repeat(32)}/sockets`, 'h'.repeat(63));
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(107);
    expect(long).not.toBe(sshSocket(`/run/virtuoso/lab/${'l'.repeat(32)}/sockets`, `${'h'.repeat(62)}i`));
  });

  it('is for the group alone', () => {
    const socket = join(folder, 'host', 'ssh.sock');
    provideSocketFolder(socket, 'nogroup');
    const { mode, gid } = statSync(dirname(socket));
    expect(mode & 0o7777).toBe(0o2710);
    writeFileSync(socket, '');
    expect(statSync(socket).gid).toBe(gid);
    expect(gid).not.toBe(0);
    provideSocketFolder(socket, 'no-such-group');
    expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
    removeSocket(socket);
    removeSocket(socket);
    expect(readdirSync(folder)).toEqual([]);
  });
});
