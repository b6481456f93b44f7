import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { namespacePath } from '../../agents/linux/namespace.js';
import type { LabNames } from '../../lab/names.js';
import { startProcess } from '../../lab/process.js';

export interface Running {
  output(): string;
  lines(): string[];
  isRunning(): boolean;
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** A computer on a LAN or a guest: unmodified programs in one namespace. */
export class Station {
  readonly #names: LabNames;
  readonly #namespace: string;
  readonly #folder: string;

  constructor(names: LabNames, namespace: string, folder: string) {
    this.#names = names;
    this.#namespace = namespace;
    this.#folder = folder;
  }

  async run(command: string, args: string[]): Promise<{ code: number | string; output: string }> {
    const running = await this.start(command, args);
    while (running.isRunning()) await sleep(20);
    return { code: 0, output: running.output() };
  }

  async start(command: string, args: string[]): Promise<Running> {
    const program = await startProcess(this.#names, { namespace: this.#namespace, command, args });
    let text = '';
    let ended = false;
    for (const stream of [program.output, program.errors]) {
      stream?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
    }
    void program.ended.then(() => {
      ended = true;
    });
    return {
      output: () => text,
      lines: () => text.split('\n').filter((line) => line !== ''),
      isRunning: () => !ended,
      end: async (signal = 'SIGTERM') => {
        if (!ended) process.kill(program.pid, signal);
        await program.ended;
        await sleep(50); // what it printed last
      },
    };
  }

  /** The IPv4 address of the guest's interface. */
  address(): string {
    const shown = this.#inside(['ip', '-4', '-j', 'addr', 'show', 'dev', 'eth0']);
    const [device] = JSON.parse(shown) as { addr_info: { local: string }[] }[];
    return device?.addr_info[0]?.local ?? '';
  }

  /** An SSH server that takes the key of `ssh`. */
  async startSshd(): Promise<void> {
    const key = (name: string) => join(this.#folder, name);
    for (const name of ['host', 'user']) {
      if (!existsSync(key(name))) spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key(name)]);
    }
    writeFileSync(key('authorized'), readFileSync(key('user.pub')), { mode: 0o600 });
    const settings = [
      ...['UsePAM no', 'StrictModes no', 'PermitRootLogin prohibit-password', 'PasswordAuthentication no'],
      ...[`HostKey ${key('host')}`, `AuthorizedKeysFile ${key('authorized')}`, 'PidFile none', 'UseDNS no'],
    ];
    writeFileSync(key('sshd.conf'), `${settings.join('\n')}\n`);
    mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const server = await this.start('/usr/sbin/sshd', ['-D', '-e', '-f', key('sshd.conf')]);
    while (!server.output().includes('Server listening')) {
      if (!server.isRunning()) throw new Error(`sshd does not run: ${server.output()}`);
      await sleep(20);
    }
  }

  ssh(address: string, command: string): Promise<Running> {
    const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
    const flags = options.flatMap((option) => ['-o', option]);
    return this.start('ssh', [...flags, '-i', join(this.#folder, 'user'), `root@${address}`, command]);
  }

  #inside(command: string[]): string {
    const [program = '', ...args] = command;
    const found = spawnSync('nsenter', [`--net=${namespacePath(this.#namespace)}`, program, ...args], {
      encoding: 'utf8',
    });
    if (found.status !== 0) throw new Error(`${command.join(' ')}: ${found.stderr}`);
    return found.stdout;
  }
}
