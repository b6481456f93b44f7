import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NativeProgram, nativeProgram } from '../../../agents/vnet/native-program.js';
import { bpfOptions } from '../../../agents/vnet/object-file.js';
import { packageRoot } from '../../../package-root.js';

/** What a status file says. */
export interface Status {
  pid: number;
  state: 'connecting' | 'connected' | 'refused' | 'listening';
  detail: string;
  connections: number;
  setUpMs: number;
  malformed: number;
}

/** One link that never carried more than one hop further: network index of the host, star 0, hops 1. */
const tci = (index: number): number => (1 << 11) | index;
const vni = 100;
const patienceMs = 20_000;
const streamCheck = join(packageRoot(), 'test/agents/native/stream-check.mjs');

export function command(program: string, ...args: string[]): string {
  const result = spawnSync(program, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${result.error?.message ?? result.stderr}`);
  return result.stdout;
}

/** Two hosts, each a namespace with a TAP `tap0`, one `tap1`, and a guest whose frames go over `tap0`. The hosts number networks differently. */
export class PumpStage {
  readonly folder = mkdtempSync(join(tmpdir(), 'virtuoso-pump-'));
  readonly #name = `pump-${randomBytes(3).toString('hex')}`;
  #lastPort = 5000;
  readonly #processes: ChildProcess[] = [];

  constructor() {
    for (const host of ['a', 'b', 'a-guest', 'b-guest']) command('ip', 'netns', 'add', this.namespace(host));
    this.#ip('a', 'link add wan type veth peer name wan netns', this.namespace('b'));
    ['a', 'b'].forEach((host, index) => {
      this.#buildHost(host, index + 1);
    });
    mkdirSync(this.path('status'));
  }

  namespace(host: string): string {
    return `${this.#name}-${host}`;
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  write(file: string, ...lines: string[]): void {
    writeFileSync(this.path(file), lines.map((line) => `${line}\n`).join(''));
  }

  /** Runs in a host's network; ended when the stage closes. */
  start(host: string, program: string, ...args: string[]): ChildProcess {
    const options = { stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'] };
    const child = spawn('ip', ['netns', 'exec', this.namespace(host), program, ...args], options);
    this.#processes.push(child);
    return child;
  }

  startNative(host: string, program: NativeProgram, ...args: string[]): ChildProcess {
    return this.start(host, nativeProgram(program), ...args);
  }

  /** host-b takes connections. */
  listen(address: string, ...args: string[]): ChildProcess {
    const files = [
      '--links',
      this.path('links'),
      '--tags',
      this.path('tags-b'),
      '--status-folder',
      this.path('status'),
    ];
    return this.startNative('b', 'pump', 'listen', address, '--self', 'host-b', ...files, ...args);
  }

  /** A peer `self`, in the network of the first host, connects to host-b. */
  connect(address: string, self: string, device: string, ...args: string[]): ChildProcess {
    const files = ['--tags', this.path('tags-a'), '--status', this.path(self)];
    const names = ['--self', self, '--peer', 'host-b', '--device', device];
    return this.startNative('a', 'pump', 'connect', address, ...names, ...files, ...args);
  }

  /** Status of the connecting end. */
  status = (self: string): Status | undefined => this.#status(this.path(self));

  /** Status that host-b has of a peer. */
  statusOf = (peer: string): Status | undefined => this.#status(join(this.path('status'), `${peer}.json`));

  listenerStatus = (): Status | undefined => this.#status(join(this.path('status'), '.listen.json'));

  async until<T>(what: string, look: () => T | undefined | false | null): Promise<T> {
    for (const start = performance.now(); performance.now() - start < patienceMs; await sleep(20)) {
      const found = look();
      if (found) return found;
    }
    const said = readdirSync(this.path('status')).map((file) => this.#text(join(this.path('status'), file)));
    throw new Error(`there was never ${what}: ${[this.#text(this.path('host-a')), ...said].join('')}`);
  }

  async connected(self = 'host-a', times = 1): Promise<Status> {
    const both = (): Status | false => {
      const here = this.status(self);
      const there = this.statusOf(self);
      return here?.state === 'connected' && there?.state === 'connected' && there.connections >= times && there;
    };
    return await this.until(`a connection of ${self}`, both);
  }

  /** Why the connecting end was refused. */
  refused(self: string): Promise<string> {
    return this.until('a refusal', () => this.status(self)?.state === 'refused' && this.status(self)?.detail);
  }

  /** What host-b says of a peer whose connection has ended. */
  ended(peer: string): Promise<Status> {
    const look = (status = this.statusOf(peer)) => (status?.detail ? status : undefined);
    return this.until('the end of a connection', look);
  }

  /** Sends a TCP stream from the guest of one host to that of the other; whether all of it arrived as it was. */
  transfer(mebibytes: number, from: 'a' | 'b'): boolean {
    const port = String(++this.#lastPort);
    const server = this.start(from === 'a' ? 'b-guest' : 'a-guest', process.execPath, streamCheck, 'serve', port);
    const client = ['send', from === 'a' ? '10.8.0.2' : '10.8.0.1', port, String(mebibytes)];
    const guest = this.namespace(`${from}-guest`);
    const { status } = spawnSync('ip', ['netns', 'exec', guest, process.execPath, streamCheck, ...client], {
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: patienceMs,
    });
    server.kill();
    return status === 0;
  }

  setWan(state: 'up' | 'down'): void {
    this.#ip('b', 'link set wan', state);
  }

  async closeProcesses(): Promise<void> {
    const ended = this.#processes.splice(0).map(
      (child) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) resolve();
          child.once('exit', () => resolve());
          child.kill('SIGCONT');
          child.kill();
        }),
    );
    await Promise.all(ended);
    rmSync(this.path('status'), { recursive: true });
    mkdirSync(this.path('status'));
    for (const self of ['host-a', 'host-c']) rmSync(this.path(self), { force: true });
  }

  close(): void {
    for (const host of ['a', 'b', 'a-guest', 'b-guest']) command('ip', 'netns', 'del', this.namespace(host));
    rmSync(this.folder, { recursive: true });
  }

  #status(path: string): Status | undefined {
    const text = this.#text(path);
    return text === '' ? undefined : (JSON.parse(text) as Status);
  }

  #text(path: string): string {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  }

  #ip(host: string, words: string, ...more: string[]): string {
    return command('ip', '-n', this.namespace(host), ...words.split(' '), ...more);
  }

  #buildHost(host: string, number: number): void {
    const guest = `${host}-guest`;
    this.write(`tags-${host}`, `${number} ${vni}`);
    this.#ip(host, `addr add 10.9.0.${number}/24 dev wan`);
    for (const device of ['lo', 'wan']) this.#ip(host, `link set ${device} up`);
    for (const tap of ['tap0', 'tap1']) {
      command('ip', 'netns', 'exec', this.namespace(host), 'ip', 'tuntap', 'add', tap, 'mode', 'tap', 'vnet_hdr');
      this.#ip(host, `link set ${tap} mtu 1504 up`);
    }
    this.#ip(host, 'link add port type veth peer name eth0 netns', this.namespace(guest));
    this.#ip(host, 'link set port up');
    this.#ip(guest, 'link set eth0 up');
    this.#ip(guest, `addr add 10.8.0.${number}/24 dev eth0`);
    this.#redirect(host, 'port', 'tap0', [`-DTCI=${tci(number)}`]);
    this.#redirect(host, 'tap0', 'port', []);
  }

  #redirect(host: string, from: string, to: string, defines: readonly string[]): void {
    const [link] = JSON.parse(this.#ip(host, `-j link show ${to}`)) as { ifindex: number }[];
    const object = this.path(`${host}-${from}.o`);
    const source = join(packageRoot(), 'test/agents/native/tag.bpf.c');
    command('clang', ...bpfOptions(), ...defines, `-DOUTPUT=${link?.ifindex}`, source, '-o', object);
    const tc = (...args: string[]): string =>
      command('nsenter', `--net=/run/netns/${this.namespace(host)}`, 'tc', ...args);
    tc('qdisc', 'add', 'dev', from, 'clsact');
    tc('filter', 'add', 'dev', from, 'ingress', 'bpf', 'da', 'obj', object, 'sec', 'tc');
  }
}
