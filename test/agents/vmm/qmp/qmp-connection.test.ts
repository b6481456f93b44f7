import { afterEach, describe, expect, it } from 'vitest';
import type { QmpEvent } from '../../../../agents/vmm/qmp/commands.js';
import { longestLineBytes } from '../../../../agents/vmm/qmp/message-lines.js';
import { QmpConnection } from '../../../../agents/vmm/qmp/qmp-connection.js';
import { describeLab } from '../../../environment.js';
import { answer, type FakeQemu, fakeQemu, greeting, type Say } from './fake-qemu.js';

// Sockets are reached through /proc.
describeLab('a connection to QEMU', ['linux'], () => {
  let qemu: FakeQemu | undefined;
  let connection: QmpConnection | undefined;
  const events: QmpEvent[] = [];
  const open = async (say: Say, first?: string | Buffer, timeoutMs = 100) => {
    qemu = await fakeQemu(say, first);
    const opened = await QmpConnection.open(qemu.path, { timeoutMs, onEvent: (event) => events.push(event) });
    if (opened.kind === 'open') connection = opened.connection;
    return opened;
  };
  const opened = async (say: Say): Promise<QmpConnection> => {
    await open(say);
    if (!connection) throw new Error('it did not open');
    return connection;
  };
  afterEach(() => {
    connection?.close();
    qemu?.close();
    connection = undefined;
    events.length = 0;
  });

  it('agrees on capabilities, then gives the answer to each command, in whatever order they come', async () => {
    const late: (() => void)[] = [];
    const qmp = await opened((request, socket) => {
      if (request.execute === 'query-cpus-fast') late.push(() => answer([{ 'cpu-index': 0 }])(request, socket));
      else {
        answer({ status: 'running', running: true })(request, socket);
        for (const say of late) say();
      }
    });
    const [cpus, status] = await Promise.all([qmp.command('query-cpus-fast'), qmp.command('query-status')]);
    expect(cpus).toEqual({ kind: 'answer', value: [{ 'cpu-index': 0 }] });
    expect(status).toEqual({ kind: 'answer', value: { status: 'running', running: true } });
    expect(qemu?.heard).toEqual(['qmp_capabilities', 'query-cpus-fast', 'query-status']);
  });

  it('hands on events, whether or not they come between a command and its answer', async () => {
    const qmp = await opened((request, socket) => {
      socket.write('{"event": "STOP", "timestamp": {}}\r\n{"event": "RESET", "data": {"guest": true}}\r\n');
      answer({})(request, socket);
    });
    await qmp.command('cont');
    expect(events).toEqual([
      { event: 'STOP', data: {} },
      { event: 'RESET', data: { guest: true } },
    ]);
  });

  it('says what QEMU refuses, in its words', async () => {
    const qmp = await opened(({ id }, socket) =>
      socket.write(`{"id": ${id}, "error": {"class": "DeviceNotFound", "desc": "no cd"}}\n`),
    );
    expect(await qmp.command('eject', { id: 'cd' })).toEqual({
      kind: 'refused',
      class: 'DeviceNotFound',
      message: 'no cd',
    });
  });

  describe('with one that hangs', () => {
    it('is refused in time when nobody greets', async () => {
      expect(await open(() => undefined, '')).toMatchObject({ kind: 'silent' });
    });

    it('gives up each command in time, takes no late answer for another, and goes on when QEMU does', async () => {
      const late: (() => void)[] = [];
      let isStopped = true;
      const qmp = await opened((request, socket) => {
        const say = () => answer({ status: request.execute, running: true })(request, socket);
        if (isStopped) late.push(say);
        else say();
      });
      const silent = { kind: 'silent', message: 'It does not answer query-status within 100 ms' };
      expect(await qmp.command('query-status')).toEqual(silent);
      isStopped = false;
      for (const say of late) say();
      expect(await qmp.command('query-status')).toMatchObject({ kind: 'answer' });
      expect(qmp.isOpen).toBe(true);
    });

    it('does not let commands pile up', async () => {
      const qmp = await opened(() => undefined);
      const all = await Promise.all(Array.from({ length: 80 }, () => qmp.command('cont')));
      expect(all.every(({ kind }) => kind === 'silent')).toBe(true);
      expect(all.filter((each) => each.kind === 'silent' && each.message.startsWith('64 commands'))).toHaveLength(16);
    });
  });

  describe('with one that ends or talks nonsense', () => {
    it('settles what waits when the connection closes', async () => {
      const qmp = await opened((_request, socket) => socket.destroy());
      expect(await qmp.command('query-status')).toEqual({ kind: 'closed', message: 'it closed the connection' });
      expect(await qmp.command('query-status')).toMatchObject({ kind: 'closed' });
      expect(qmp.isOpen).toBe(false);
    });

    it.each([
      ['no JSON', 'QMP ready\n'],
      ['no object', '[1]\n'],
      ['null', 'null\n'],
    ])('closes when a line is %s', async (_name, line) => {
      expect(await open(() => undefined, line)).toEqual({
        kind: 'closed',
        message: 'it said something that is no JSON object',
      });
    });

    it('closes when a line does not end, before it fills the memory', async () => {
      const qmp = await opened((_request, socket) => socket.write(Buffer.alloc(longestLineBytes + 2, 0x20)));
      const said = await qmp.command('query-status');
      // A slow machine may not have carried that much in time; then the line is refused a little later.
      expect(['closed', 'silent']).toContain(said.kind);
      for (let waitedMs = 0; waitedMs < 10_000 && qmp.isOpen; waitedMs += 20)
        await new Promise((end) => setTimeout(end, 20));
      expect(qmp.isOpen).toBe(false);
    });

    it('is told when nobody listens', async () => {
      qemu = await fakeQemu(() => undefined, greeting);
      qemu.close();
      expect(await QmpConnection.open(qemu.path, { timeoutMs: 100 })).toMatchObject({ kind: 'closed' });
    });
  });
});
