import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { interfaceNames } from '../../agents/linux/ip.js';
import { namespacePath } from '../../agents/linux/namespace.js';
import { attempt, processesInNamespaces } from '../../agents/linux/processes.js';
import { sshSocket } from '../../agents/vnet/carriers/ssh-socket.js';
import type { LabProcess } from '../../lab/process.js';
import { sshServerKey, startSshServer } from '../../lab/ssh-server.js';
import type { LinkEnd } from '../../schema/generated/types.js';
import { describeLab } from '../environment.js';
import { connect, connected, ends, type StreamWorld, streamWorld, trouble, until } from './stream-world.js';

let world: StreamWorld;
let server: LabProcess;
let near: LinkEnd;
let far: LinkEnd;

beforeEach(async () => {
  world = await streamWorld(`ssh-${process.pid}`);
  server = await startSshServer(world.names, 'b', [world.a.key.publicKey]);
  const { port: _, ...plain } = ends(world, 'ssh').far;
  far = plain;
  const { port: __, ...connecting } = ends(world, 'ssh').near;
  near = { ...connecting, ssh: { user: 'root', hostKey: sshServerKey(world.names, 'b') } };
});
afterEach(() => world.remove());

const comm = (pid: number): string => attempt(() => readFileSync(`/proc/${pid}/comm`, 'latin1'))?.trim() ?? '';
const programs = (host: 'a' | 'b', name: string): number[] =>
  processesInNamespaces([namespacePath(world.names.host(host))]).filter((pid) => comm(pid) === name);

/** The server and all its connections. */
async function killServer(): Promise<void> {
  for (const pid of programs('b', 'sshd')) attempt(() => process.kill(pid, 'SIGKILL'));
  await server.ended;
}

const needs = ['root', 'namespaces', 'clang', 'libssl', 'tun', 'sshd'] as const;

describeLab('links through an SSH server', needs, () => {
  it('carry frames, and leave nothing', async () => {
    const { a, b } = world;
    await connect(world, near, far);
    expect(await world.carries(near)).toBe(true);
    expect(a.carrier.state(near)).toEqual({ connections: 1 });
    expect(programs('a', 'ssh').length).toBe(1);
    expect([await a.carrier.retire([]), await b.carrier.retire([])]).toEqual([[], []]);
    for (const host of [a, b]) {
      expect(host.namespace.within(interfaceNames).sort()).toEqual(['eth0', 'lo']);
      expect(host.folders()).toEqual([]);
    }
    expect([...programs('a', 'ssh'), ...programs('a', 'virtuoso-pump'), ...programs('b', 'virtuoso-pump')]).toEqual([]);
  });

  it('let nobody else at the socket', async () => {
    await world.b.provide(far);
    const socket = sshSocket(join(world.names.folder, 'sockets'), 'b');
    await until(() => attempt(() => statSync(socket)) !== undefined);
    expect(statSync(socket).mode & 0o007).toBe(0);
    expect(statSync(dirname(socket)).mode & 0o007).toBe(0);
  });

  it('go on while agents are replaced', async () => {
    await connect(world, near, far);
    const before = [...programs('a', 'ssh'), ...programs('a', 'virtuoso-pump'), ...programs('b', 'virtuoso-pump')];
    for (const [host, link] of [
      [world.a, near],
      [world.b, far],
    ] as const) {
      host.restart();
      await host.provide(link);
      await host.carrier.retire([link]);
    }
    expect([...programs('a', 'ssh'), ...programs('a', 'virtuoso-pump'), ...programs('b', 'virtuoso-pump')]).toEqual(
      before,
    );
    expect(await world.carries(near)).toBe(true);
    expect(world.a.carrier.state(near)).toEqual({ connections: 1 });
  });

  it('come back when the server is killed and starts again, saying meanwhile that it is gone', async () => {
    await connect(world, near, far);
    await killServer();
    await trouble(world.a, near, /No SSH server answers at root@10\.77\.0\.2, port 22: start it/);
    await trouble(world.b, far, /a is not connected|a is awaited/);
    server = await startSshServer(world.names, 'b', [world.a.key.publicKey]);
    await until(() => connected(world.a, near) && connected(world.b, far));
    expect(world.a.carrier.state(near).connections).toBe(2);
    expect(await world.carries(near)).toBe(true);
  });

  it('come back when the client or a pump is killed', async () => {
    await connect(world, near, far);
    for (const [index, pids] of [
      () => programs('a', 'ssh'),
      () => programs('b', 'virtuoso-pump'),
      () => programs('a', 'virtuoso-pump'),
    ].entries()) {
      for (const pid of pids()) attempt(() => process.kill(pid, 'SIGKILL'));
      await until(
        () =>
          world.a.carrier.state(near).connections >= index + 2 && connected(world.a, near) && connected(world.b, far),
      );
    }
    expect(await world.carries(near)).toBe(true);
  });

  it('notice a server that hangs', async () => {
    await connect(world, near, far);
    expect(world.b.run('ip link set eth0 down')).toBe(0);
    await trouble(
      world.a,
      near,
      /The SSH server root@10\.77\.0\.2, port 22, cannot be reached \(.*\): check that b runs/,
    );
    expect(world.b.run('ip link set eth0 up')).toBe(0);
    await until(() => connected(world.a, near));
  });

  it('say which key to authorize when the server refuses it', async () => {
    await server.end();
    server = await startSshServer(world.names, 'b', []);
    await world.b.provide(far);
    await world.a.provide(near);
    const { publicKey } = world.a.key;
    await trouble(world.a, near, /root@10\.77\.0\.2 refused this host's key: add this line to authorized_keys/);
    expect(world.a.carrier.state(near).trouble).toContain(publicKey);
    appendFileSync(join(world.names.folder, 'sshd/b/authorized_keys'), `restrict,port-forwarding ${publicKey}\n`);
    await until(() => connected(world.a, near));
  });

  it('say that the server has another key than it should', async () => {
    const other = world.a.key.publicKey.split(' ').slice(0, 2).join(' ');
    const ssh = { user: 'root', hostKey: other };
    await world.b.provide(far);
    await world.a.provide({ ...near, ssh });
    await trouble(
      world.a,
      { ...near, ssh },
      /has not the host key that the Host b states: .* correct ssh\.hostKey there/,
    );
    await world.a.provide(near);
    await until(() => connected(world.a, near));
    // One that runs with a key that is not wanted any more is replaced.
    await world.a.provide({ ...near, ssh });
    await trouble(world.a, { ...near, ssh }, /has not the host key/);
  });

  it('say that there is no key of the stated type', async () => {
    const ssh = { user: 'root', hostKey: `ecdsa-sha2-nistp256 ${'A'.repeat(100)}` };
    await world.a.provide({ ...near, ssh });
    await trouble(world.a, { ...near, ssh }, /correct ssh\.hostKey/);
  });

  it('say that no server answers, or that it cannot be reached', async () => {
    const ssh = { user: 'root', hostKey: sshServerKey(world.names, 'b'), port: 2222 };
    await world.a.provide({ ...near, ssh });
    await trouble(
      world.a,
      { ...near, ssh },
      /No SSH server answers at root@10\.77\.0\.2, port 2222: start it, or correct ssh\.port/,
    );
    const unreachable = { ...near, remote: '10.77.0.9' };
    await world.a.provide(unreachable);
    await trouble(world.a, unreachable, /10\.77\.0\.9, port 22, cannot be reached/);
  });

  it("say that the peer's pump is not there", async () => {
    await world.a.provide(near);
    await trouble(world.a, near, /lets this host in, but not on to the pump of b: check that its agent runs/);
    await world.b.provide(far);
    await until(() => connected(world.a, near));
  });

  it('say that the server forwards nothing', async () => {
    const authorized = join(world.names.folder, 'sshd/b/authorized_keys');
    writeFileSync(authorized, `restrict ${world.a.key.publicKey}\n`);
    await world.b.provide(far);
    await world.a.provide(near);
    await trouble(world.a, near, /not on to the pump of b: .*port-forwarding beside restrict/);
    await sleep(100);
    expect(world.a.folders()).toEqual(['ssh-b']);
  });

  it('work for an account that may do nothing else', async () => {
    const folder = join(world.names.folder, 'sshd/b');
    writeFileSync(
      join(folder, 'authorized_keys'),
      `restrict,port-forwarding,command="/bin/false" ${world.a.key.publicKey}\n`,
    );
    const settings = readFileSync(join(folder, 'sshd_config'), 'utf8');
    writeFileSync(join(folder, 'sshd_config'), `${settings}Match User root\nPermitTTY no\nForceCommand /bin/false\n`);
    process.kill(server.pid, 'SIGHUP');
    await connect(world, near, far);
    expect(await world.carries(near)).toBe(true);
  });
});
