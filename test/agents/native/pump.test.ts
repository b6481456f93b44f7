import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nativeProgram } from '../../../agents/vnet/native-program.js';
import { packageRoot } from '../../../package-root.js';
import { type Identity, loadIdentity } from '../../../wire/identity.js';
import { describeLab } from '../../environment.js';
import { command, PumpStage } from './pump-stage.js';
import { be32, helloBytes, RawPeer, recordBytes } from './pump-wire.js';

const mebibytes = 16;
const place = 'tcp:10.9.0.2:4790';
/** No keep-alives flow in these tests: long enough that only those that are about it see a link as idle. */
const patient = ['--idle-ms', '60000'];

describeLab('virtuoso-pump as a command', ['clang', 'libssl', 'linux'], () => {
  const pump = (...args: string[]) => spawnSync(nativeProgram('pump'), args, { encoding: 'utf8', timeout: 10_000 });
  const connect = ['connect', place, '--self', 'a', '--peer', 'b', '--device', 'tap', '--tags', 't', '--status', 's'];

  beforeAll(() => {
    nativeProgram('pump');
  }, 120_000);

  it('tells the version of the package', () => {
    const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
    expect(pump('--version').stdout).toBe(`virtuoso-pump ${version}\n`);
    expect(spawnSync(nativeProgram('pulse'), ['--version'], { encoding: 'utf8' }).stdout).toBe(
      `virtuoso-pulse ${version}\n`,
    );
  });

  it.each([
    [[], /begins with connect or listen/],
    [['dig', place], /dig is neither connect nor listen/],
    [['connect', 'tcp:10.9.0.256:1'], /neither tcp:IPV4:PORT nor unix:PATH/],
    [['connect', 'tcp:10.9.0.2:0'], /neither tcp:IPV4:PORT nor unix:PATH/],
    [['connect', place, '--self'], /--self is followed by a lower-case DNS label/],
    [['connect', place, '--self', 'Host'], /--self is followed by a lower-case DNS label/],
    [['connect', place, '--self', 'a'], /connect needs --peer/],
    [['connect', place, '--links', 'l'], /--links does not go with connect/],
    [[...connect, '--speed', '9'], /there is no option --speed/],
    [[...connect, '--self', 'a'], /--self is given twice/],
    [[...connect, '--key', 'k'], /--key goes with --cert/],
    [[...connect, '--key', 'k', '--cert', 'c'], /--key goes with --pin/],
    [[...connect, '--proxy', '10.0.0.1:3128'], /--proxy goes with --websocket/],
    [[...connect, '--websocket', '/a b'], /--websocket is followed by the path of a URL/],
    [[...connect, '--idle-ms', '5'], /--idle-ms is followed by milliseconds/],
  ])('refuses %j', (args, problem) => {
    const { status, stderr } = pump(...args);
    expect(stderr).toMatch(problem);
    expect(status).toBe(2);
  });

  it('says which file it cannot use, and why', () => {
    const { status, stderr } = pump(...connect);
    expect(stderr).toBe('virtuoso-pump: cannot read t: No such file or directory\n');
    expect(status).toBe(1);
  });
});

describeLab('virtuoso-pulse', ['root', 'namespaces', 'tun', 'clang', 'linux'], () => {
  const namespace = `pulse-${randomBytes(3).toString('hex')}`;
  beforeAll(() => {
    nativeProgram('pulse');
    command('ip', 'netns', 'add', namespace);
    command('ip', 'netns', 'exec', namespace, 'ip', 'tuntap', 'add', 'vnet-pulse', 'mode', 'tap', 'vnet_hdr');
    command('ip', '-n', namespace, 'link', 'set', 'vnet-pulse', 'up');
  }, 60_000);
  afterAll(() => {
    command('ip', 'netns', 'del', namespace);
  });

  it('refuses what it cannot do', () => {
    const pulse = (...args: string[]) => spawnSync(nativeProgram('pulse'), args, { encoding: 'utf8', timeout: 10_000 });
    expect(pulse('lo', '0', '1500')).toMatchObject({ status: 2, stderr: expect.stringContaining('PERIOD_MS') });
    expect(pulse('lo', '10', '99')).toMatchObject({ status: 2, stderr: expect.stringContaining('LARGE_BYTES') });
    expect(pulse('none-such', '10', '1500').stderr).toBe('virtuoso-pulse: there is no device none-such\n');
    expect(pulse('lo', '10', '1500')).toMatchObject({ status: 1, stderr: expect.stringContaining('is it a TAP?') });
  });

  it('sends every fourth frame large', async () => {
    const pulse = spawn('ip', ['netns', 'exec', namespace, nativeProgram('pulse'), 'vnet-pulse', '5', '1464']);
    const received = (): { packets: number; bytes: number } =>
      JSON.parse(command('ip', '-n', namespace, '-j', '-s', 'link', 'show', 'vnet-pulse'))[0].stats64.rx;
    while (received().packets < 10) await sleep(20);
    pulse.kill();
    await once(pulse, 'exit');
    const { packets, bytes } = received();
    const large = Math.floor(packets / 4);
    expect(bytes).toBe((packets - large) * 60 + large * 1464);
  });
});

describeLab('virtuoso-pump', ['root', 'namespaces', 'bpf', 'tun', 'clang', 'libbpf', 'libssl', 'linux'], () => {
  let stage: PumpStage;
  let a: Identity;
  let b: Identity;

  beforeAll(async () => {
    nativeProgram('pump');
    stage = new PumpStage();
    a = await loadIdentity(stage.path('id-a'), 'host-a', Date.now());
    b = await loadIdentity(stage.path('id-b'), 'host-b', Date.now());
  }, 120_000);
  afterAll(() => stage.close());
  beforeEach(() => stage.write('links', 'host-a tap0 - -', 'host-c tap1 - -'));
  afterEach(() => stage.closeProcesses());

  const key = (of: 'a' | 'b'): string[] => {
    const folder = stage.path(`id-${of}`);
    return ['--key', join(folder, 'key.pem'), '--cert', join(folder, 'certificate.pem')];
  };

  const expectTraffic = (): void => {
    expect(stage.transfer(mebibytes, 'a')).toBe(true);
    expect(stage.transfer(mebibytes, 'b')).toBe(true);
  };

  describe('carries frames between networks of other numbers', () => {
    const websocket = ['--websocket', '/vnet'];

    it('over TCP, from the address that is expected', { timeout: 60_000 }, async () => {
      stage.write('links', 'host-a tap0 - 10.9.0.1');
      stage.listen('tcp:0.0.0.0:4790', ...patient, '--bind', '10.9.0.2');
      stage.connect(place, 'host-a', 'tap0', ...patient, '--bind', '10.9.0.1');
      expect(await stage.connected()).toMatchObject({ detail: '', malformed: 0 });
      expectTraffic();
    });

    it('over a UNIX socket', { timeout: 60_000 }, async () => {
      stage.listen(`unix:${stage.path('socket')}`, ...patient);
      stage.connect(`unix:${stage.path('socket')}`, 'host-a', 'tap0', ...patient);
      await stage.connected();
      expectTraffic();
    });

    it('over TLS', { timeout: 60_000 }, async () => {
      stage.write('links', `host-a tap0 ${a.pin} -`);
      stage.listen(place, ...patient, ...key('b'));
      stage.connect(place, 'host-a', 'tap0', ...patient, ...key('a'), '--pin', b.pin);
      await stage.connected();
      expectTraffic();
    });

    it('over a WebSocket through a CONNECT proxy', { timeout: 60_000 }, async () => {
      const proxy = `require('http').createServer().on('connect', (request, client) => {
        const [host, port] = request.url.split(':');
        const server = require('net').connect(port, host, () => {
          client.write('HTTP/1.1 200 Connection established\\r\\nVia: test\\r\\n\\r\\n');
          client.pipe(server).pipe(client);
        });
      }).listen(3128, '10.9.0.2')`;
      stage.start('b', process.execPath, '-e', proxy);
      stage.listen(place, ...patient, ...websocket);
      stage.connect(place, 'host-a', 'tap0', ...patient, ...websocket, '--proxy', '10.9.0.2:3128');
      await stage.connected();
      expectTraffic();
    });

    it('over a WebSocket within TLS', { timeout: 60_000 }, async () => {
      stage.write('links', `host-a tap0 ${a.pin} -`);
      stage.listen(place, ...patient, ...websocket, ...key('b'));
      const tls = [...key('a'), '--pin', b.pin, '--host', 'b.example'];
      stage.connect(place, 'host-a', 'tap0', ...patient, ...websocket, ...tls);
      await stage.connected();
      expectTraffic();
    });
  });

  describe('turns away', () => {
    it('a key that does not belong to the name, and says at both ends which came', async () => {
      stage.write('links', `host-a tap0 ${b.pin} -`);
      stage.listen(place, ...key('b'));
      stage.connect(place, 'host-a', 'tap0', ...key('a'), '--pin', b.pin);
      expect(await stage.refused('host-a')).toBe('host-b knows another key of host-a than the one we have');
      expect(stage.statusOf('host-a')).toMatchObject({
        state: 'refused',
        detail: `its key has the pin ${a.pin}, not ${b.pin}`,
      });
    });

    it('a listener whose key is not the one that is pinned', async () => {
      stage.listen(place, ...key('b'));
      stage.connect(place, 'host-a', 'tap0', ...key('a'), '--pin', a.pin);
      expect(await stage.refused('host-a')).toBe(`the key of host-b has the pin ${b.pin}, not ${a.pin}`);
    });

    it('a name that it does not know, until it does', async () => {
      stage.write('links', 'host-c tap1 - -');
      stage.listen(place, ...patient);
      stage.connect(place, 'host-a', 'tap0', ...patient);
      expect(await stage.refused('host-a')).toBe('host-b has no link to host-a');
      const said = /there is no link to host-a/;
      await stage.until('a word about it', () => said.test(stage.listenerStatus()?.detail ?? ''));
      stage.write('links', 'host-a tap0 - -');
      await stage.connected();
    });

    it('who looks for somebody else, or comes from elsewhere', async () => {
      stage.listen(place);
      const args = ['--device', 'tap0', '--tags', stage.path('tags-a'), '--status', stage.path('host-a')];
      stage.startNative('a', 'pump', 'connect', place, '--self', 'host-a', '--peer', 'host-d', ...args);
      expect(await stage.refused('host-a')).toBe('there is host-b at this address, not host-d');
      stage.write('links', 'host-c tap1 - 10.9.0.7');
      stage.connect(place, 'host-c', 'tap1');
      expect(await stage.refused('host-c')).toBe('host-b expects host-c to come from another address');
      expect(stage.statusOf('host-c')?.detail).toBe('it came from 10.9.0.1, where 10.9.0.7 is expected');
    });

    it('everybody while the links are malformed, and says in which line', async () => {
      stage.write('links', 'host-a tap0 - -', 'host-c tap1 -');
      stage.listen(place);
      stage.connect(place, 'host-a', 'tap0');
      const told = await stage.until('a word about it', () => stage.listenerStatus()?.detail);
      expect(told).toContain('links line 2 is malformed: a line is PEER TAP PIN|- IPV4|-');
    });
  });

  describe('recovers', () => {
    it('when a newer connection of a peer takes the place of a dead one', async () => {
      stage.listen(place, ...patient);
      const first = stage.connect(place, 'host-a', 'tap0', ...patient);
      const { pid } = await stage.connected();
      first.kill('SIGSTOP');
      stage.connect(place, 'host-a', 'tap1', ...patient);
      const second = await stage.connected('host-a', 2);
      expect(second.pid).not.toBe(pid);
      expect(() => process.kill(pid, 0)).toThrow();
    });

    it('when the process of a connection is killed, and no other peer notices', async () => {
      stage.listen(place, ...patient);
      stage.connect(place, 'host-a', 'tap0', ...patient);
      stage.connect(place, 'host-c', 'tap1', ...patient);
      const [victim, other] = [await stage.connected('host-a'), await stage.connected('host-c')];
      process.kill(victim.pid, 'SIGKILL');
      await stage.connected('host-a', 2);
      const { pid, connections } = other;
      expect(await stage.connected('host-c')).toMatchObject({ pid, connections });
    });

    it('says which signal ended the process of a connection', async () => {
      stage.listen(place, ...patient);
      const peer = stage.connect(place, 'host-a', 'tap0', ...patient);
      const { pid } = await stage.connected();
      peer.kill('SIGSTOP');
      process.kill(pid, 'SIGSEGV');
      const status = await stage.ended('host-a');
      expect(status).toMatchObject({ state: 'connecting', detail: expect.stringContaining('signal 11') });
    });

    it('after the way between the hosts was cut', { timeout: 90_000 }, async () => {
      const idle = ['--idle-ms', '1500'];
      stage.listen(place, ...idle);
      stage.connect(place, 'host-a', 'tap0', ...idle);
      const { connections } = await stage.connected();
      stage.setWan('down');
      await stage.until('an attempt that failed', () => /cannot connect/.test(stage.status('host-a')?.detail ?? ''));
      expect(stage.status('host-a')?.state).toBe('connecting');
      stage.setWan('up');
      await stage.connected('host-a', connections + 1);
      expectTraffic();
    });

    it('leaves TAP and socket to whoever comes next when it is ended', async () => {
      const listener = stage.listen(`unix:${stage.path('socket')}`, ...patient);
      stage.connect(`unix:${stage.path('socket')}`, 'host-a', 'tap0', ...patient);
      const { pid } = await stage.connected();
      const carrier = () =>
        JSON.parse(command('ip', '-n', stage.namespace('b'), '-j', 'link', 'show', 'tap0'))[0].flags;
      expect(carrier()).toContain('LOWER_UP');
      listener.kill();
      await stage.until('its end', () => listener.exitCode === 0);
      expect(() => process.kill(pid, 0)).toThrow();
      expect(carrier()).not.toContain('LOWER_UP');
      stage.listen(`unix:${stage.path('socket')}`, ...patient);
      await stage.connected('host-a', 2);
    });

    it('ends a connection whose peer is no longer to be served', async () => {
      const listener = stage.listen(place, ...patient);
      stage.connect(place, 'host-a', 'tap0', ...patient);
      await stage.connected();
      stage.write('links', 'host-c tap1 - -');
      listener.kill('SIGHUP');
      const status = await stage.ended('host-a');
      expect(status).toMatchObject({ state: 'connecting', detail: 'there is no link to host-a' });
    });
  });

  describe('does not trust what comes', () => {
    const mask = Buffer.from([1, 2, 3, 4]);
    const masked = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
    const frame = (opcode: number, payload: Buffer): Buffer =>
      Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask, masked(payload)]);
    const upgrade = (path = '/vnet'): string =>
      `GET ${path} HTTP/1.1\r\nHost: b\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
    /** Answer of RFC 6455, section 1.3, to that key. */
    const accepted =
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';
    const socket = (): string => stage.path('socket');

    /** A good connection of host-a; whatever else comes must not end it. */
    const beginBeside = async (...args: string[]) => {
      stage.listen(`unix:${socket()}`, ...patient, ...args);
      stage.connect(`unix:${socket()}`, 'host-a', 'tap0', ...patient, ...args);
      const before = await stage.connected();
      const { pid, connections } = before;
      return async (): Promise<void> => expect(await stage.connected()).toMatchObject({ pid, connections });
    };

    it.each([
      ['noise', Buffer.from('GET / HTTP/1.0\r\n\r\n'), /no pump's hello/],
      ['a hello without end', Buffer.concat([be32(2 ** 31), Buffer.from('VPMP')]), /no pump's hello/],
      ['a hello of a name that is none', helloBytes('../host-a', 'host-b'), /no pump's hello/],
      ['a later version', helloBytes('host-c', 'host-b', 9), /another version/],
    ])('ends a connection that begins with %s', async (_what, bytes, detail) => {
      const expectUnharmed = await beginBeside();
      const peer = new RawPeer(`${socket()}`);
      peer.send(bytes);
      await peer.closed;
      await stage.until('a word about it', () => detail.test(stage.listenerStatus()?.detail ?? ''));
      await expectUnharmed();
    });

    it('counts malformed records, and ends a connection that lost its beat', async () => {
      const expectUnharmed = await beginBeside();
      const peer = new RawPeer(socket());
      const answer = helloBytes('host-b', 'host-c');
      peer.send(helloBytes('host-c', 'host-b'));
      expect(await peer.receive(answer.length)).toEqual(answer);
      const badOffload = Buffer.from([1, 0, 0, 0, 0, 0, 60, 0, 60, 0]);
      const noHops = recordBytes({ label: 999 << 8 });
      peer.send(recordBytes(), noHops, recordBytes({ etherType: 0x8100 }), recordBytes({ header: badOffload }));
      const counted = await stage.until('a count of three', () => {
        const status = stage.statusOf('host-c');
        return status && status.malformed >= 3 && status;
      });
      expect(counted).toMatchObject({ state: 'connected', malformed: 3 });
      peer.send(be32(7));
      await peer.closed;
      const ended = await stage.ended('host-c');
      expect(ended).toMatchObject({ state: 'connecting', detail: 'the peer sent a malformed record', malformed: 4 });
      await expectUnharmed();
    });

    it('speaks the WebSocket protocol, and nothing less', async () => {
      const expectUnharmed = await beginBeside('--websocket', '/vnet');
      const wrongPath = new RawPeer(socket());
      wrongPath.send(upgrade('/elsewhere'));
      expect((await wrongPath.rest()).toString()).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);

      const peer = new RawPeer(socket());
      peer.send(upgrade());
      expect((await peer.receive(accepted.length)).toString()).toBe(accepted);
      const answer = helloBytes('host-b', 'host-c');
      // In two fragments with a ping in between.
      const hello = helloBytes('host-c', 'host-b');
      const first = frame(2, hello.subarray(0, 9));
      first[0] = 2;
      peer.send(first, frame(9, Buffer.from('still there?')), frame(0, hello.subarray(9)));
      const whole = await peer.receive(2 + answer.length);
      expect(whole).toEqual(Buffer.concat([Buffer.from([0x82, answer.length]), answer]));
      expect((await peer.receive(14)).toString('latin1')).toBe('\x8a\x0cstill there?');
      peer.send(Buffer.from([0x82, 0x01, 0x00]));
      await peer.closed;
      const ended = await stage.until('the end', () => stage.statusOf('host-c')?.detail);
      expect(ended).toBe('the WebSocket is malformed: a frame is not masked');
      await expectUnharmed();
    });
  });
});
