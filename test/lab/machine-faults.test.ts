import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { converge } from '../../agents/converge.js';
import { interfaceNames } from '../../agents/linux/ip.js';
import { NetworkNamespace, namespacePath } from '../../agents/linux/namespace.js';
import type { Fault, GuestSpec, ImageFile, Machine } from '../../schema/generated/types.js';
import { starHost } from '../agents/star.js';
import { describeLab } from '../environment.js';
import { buildTestImage } from '../machines/build-test-image.js';
import { bootMs, machineSpec, TestConsole, testMachines } from '../machines/test-machines.js';
import { type LabWorld, labWorld, oneSite } from './lab-world.js';

const needs = ['root', 'namespaces', 'bpf', 'clang', 'libbpf', 'tun', 'qemu', 'testMachine'] as const;

describeLab('machines with something wrong', needs, () => {
  let world: LabWorld;
  let images: string;
  const host = 'host-1';
  const image = (file: string): ImageFile => {
    const digest = createHash('sha256')
      .update(readFileSync(join(images, file)))
      .digest('hex');
    return { file, digest: `sha256:${digest}` };
  };
  const bring = (guests: GuestSpec[], removals: string[] = []): Promise<Fault[]> => {
    const network = { name: 'lan', vni: 77, mtu: 1450, proxy: host };
    const placement = guests.map((guest) => ({ guest, host }));
    const state = starHost({ network, hosts: [host], placement, linkEnd: world.linkEnd }, host);
    return converge(world.substrate(host), {
      ...{ host, generation: 1, samplingIntervalMs: 1000, departures: [], removals },
      ...state,
    });
  };
  const vmm = () => world.substrate(host).vmm;
  const phases = async () => Object.fromEntries((await vmm().current()).map(({ guest, phase }) => [guest.name, phase]));
  const troubles = async () =>
    ((await vmm().troubles?.()) ?? []).map(({ subject, message }) => `${subject}: ${message}`);
  const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
    for (let waitedMs = 0; !(await isSo()); waitedMs += 50) {
      if (waitedMs > bootMs)
        throw new Error(`not ${what} in time: ${JSON.stringify([await phases(), await troubles()])}`);
      await sleep(50);
    }
  };
  const machines = () => join(world.names.stateFolder, host, 'machines');
  const console = (guest: string) => new TestConsole(join(world.names.stateFolder, host), guest);
  const pidOf = async (guest: string) => (await vmm().processes?.())?.get(guest)?.[0]?.pid ?? 0;
  const isReady = (guest: string) => console(guest).says(/TEST-MACHINE ready/);

  beforeAll(async () => {
    images = mkdtempSync(join(tmpdir(), 'virtuoso-images-'));
    chmodSync(images, 0o755);
    const { folder, kernel, initramfs } = buildTestImage();
    for (const { file } of [kernel, initramfs]) copyFileSync(join(folder, file), join(images, file));
    spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', join(images, 'base.qcow2'), '64M']);
    spawnSync('qemu-img', [
      'create',
      '-q',
      '-f',
      'qcow2',
      '-b',
      '/etc/shadow',
      '-F',
      'raw',
      join(images, 'referring.qcow2'),
      '1M',
    ]);
    writeFileSync(join(images, 'corrupt.qcow2'), 'QFI but nothing else');
    for (const name of ['one', 'two'])
      writeFileSync(join(images, `${name}.iso`), `disc ${name}\n`.padEnd(64 * 1024, '.'));
    const options = testMachines(images);
    // Long enough for a shutdown that is obeyed.
    world = await labWorld(oneSite(1), 'auto', undefined, {
      ...options,
      times: { ...options.times, answerMs: 2000, shutdownMs: 8000 },
    });
    expect(await bring([])).toEqual([]);
  }, bootMs);
  afterEach(async () => {
    const present = Object.keys(await phases());
    for (const guest of present) {
      const pid = await pidOf(guest);
      if (pid > 0) process.kill(pid, 'SIGCONT');
    }
    await bring([], present);
    await until('empty', async () => Object.keys(await phases()).length === 0);
  }, 2 * bootMs);
  afterAll(async () => {
    await world?.close();
    rmSync(images, { recursive: true, force: true });
  });

  it(
    'do not start from an image that is wrong, and say which and why; others run',
    async () => {
      const disk = (file: string): Partial<Machine> => ({ disks: [{ image: image(file) }] });
      const wrongDigest = { disks: [{ image: { file: 'base.qcow2', digest: `sha256:${'0'.repeat(64)}` } }] };
      const faults = await bring([
        machineSpec(1),
        machineSpec(2, disk('corrupt.qcow2')),
        machineSpec(3, wrongDigest),
        machineSpec(4, disk('referring.qcow2')),
        machineSpec(5, { disks: [{ image: image('base.qcow2'), sizeMib: 1 }] }),
      ]);
      expect(faults.filter(({ kind }) => kind === 'guest').map(({ message }) => message)).toEqual([
        expect.stringMatching(/^vm-2 cannot start: the image corrupt\.qcow2 is damaged, or not qcow2: /),
        expect.stringMatching(/^vm-3 cannot start: the image base\.qcow2 has the digest .* not sha256:0000/),
        expect.stringMatching(/^vm-4 cannot start: the image referring\.qcow2 needs other files: /),
        expect.stringMatching(/^vm-5 cannot start: a disk of 1 MiB is smaller than its image/),
      ]);
      expect(await phases()).toEqual({
        'vm-1': 'running',
        'vm-2': 'failed',
        'vm-3': 'failed',
        'vm-4': 'failed',
        'vm-5': 'failed',
      });
    },
    bootMs,
  );

  it(
    'stand still while the host has no room for their disk, say so, and go on when it has',
    async () => {
      const folder = machines();
      mkdirSync(folder, { recursive: true });
      expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder]).status).toBe(0);
      try {
        expect(await bring([machineSpec(1, { disks: [{ image: image('base.qcow2') }] }), machineSpec(2)])).toEqual([]);
        await isReady('vm-1');
        const written = console('vm-1').run('dd if=/dev/urandom of=/dev/vda bs=1M count=16 conv=fsync && echo WRITTEN');
        await until('told of', async () => (await troubles()).some((each) => /^vm-1: .*free space/.test(each)));
        expect(await phases()).toEqual({ 'vm-1': 'running', 'vm-2': 'running' });
        expect(spawnSync('mount', ['-o', 'remount,size=64m', folder]).status).toBe(0);
        expect(await written).toMatch(/^WRITTEN/m);
        await until('over', async () => (await troubles()).length === 0);
        await bring([], ['vm-1']);
        // The mount point itself is the test's.
        await until('ended', async () => (await pidOf('vm-1')) === 0);
      } finally {
        spawnSync('umount', ['-l', folder]);
      }
    },
    3 * bootMs,
  );

  it(
    'that hang are told within a bounded time, and go on when they do; others are served meanwhile',
    async () => {
      expect(await bring([machineSpec(1), machineSpec(2)])).toEqual([]);
      const pid = await pidOf('vm-1');
      process.kill(pid, 'SIGSTOP');
      await until('told of', async () =>
        (await troubles()).some((each) => each.startsWith('vm-1: vm-1 runs, but QEMU cannot be spoken to')),
      );
      expect((await troubles()).join()).toContain(`end the process ${pid}`);
      expect((await troubles()).join()).not.toContain('vm-2:');
      process.kill(pid, 'SIGCONT');
      await until('over', async () => (await troubles()).length === 0);
      expect(await pidOf('vm-1')).toBe(pid);
    },
    2 * bootMs,
  );

  it(
    'that hang can be removed',
    async () => {
      expect(await bring([machineSpec(1)])).toEqual([]);
      process.kill(await pidOf('vm-1'), 'SIGSTOP');
      expect(await bring([], ['vm-1'])).toEqual([]);
      await until('gone', async () => Object.keys(await phases()).length === 0);
      expect(existsSync(join(machines(), 'vm-1'))).toBe(false);
    },
    bootMs,
  );

  it(
    'shut down when they are removed, or are ended in time, and leave nothing',
    async () => {
      expect(await bring([machineSpec(1), machineSpec(2, {}, 'deaf')])).toEqual([]);
      for (const guest of ['vm-1', 'vm-2']) await isReady(guest);
      const beganMs = performance.now();
      expect(await bring([], ['vm-1', 'vm-2'])).toEqual([]);
      expect(await phases()).toEqual({ 'vm-1': 'stopping', 'vm-2': 'stopping' });
      await until('told of', async () =>
        (await troubles()).some((each) => /^vm-2: .*asked \d+ s ago to shut down and has not/.test(each)),
      );
      await until('gone', async () => Object.keys(await phases()).length === 0);
      expect(performance.now() - beganMs).toBeGreaterThan(8000);
      const namespace = new NetworkNamespace(namespacePath(world.names.host(host)));
      expect(namespace.within(interfaceNames).filter((name) => name.startsWith('p-'))).toEqual([]);
      namespace.close();
      for (const guest of ['vm-1', 'vm-2']) expect(existsSync(join(machines(), guest))).toBe(false);
    },
    3 * bootMs,
  );

  it(
    'are started again when their process dies, with the disk as they left it',
    async () => {
      expect(await bring([machineSpec(1, { disks: [{ image: image('base.qcow2') }, { sizeMib: 8 }] })])).toEqual([]);
      await isReady('vm-1');
      expect(await console('vm-1').run('echo kept | dd of=/dev/vda conv=fsync')).toContain('ENDED 0');
      const before = await pidOf('vm-1');
      process.kill(before, 'SIGKILL');
      await until(
        'again',
        async () => ![0, before].includes(await pidOf('vm-1')) && (await phases())['vm-1'] === 'running',
      );
      await console('vm-1').says(/TEST-MACHINE ready[\s\S]*TEST-MACHINE ready/);
      expect(await console('vm-1').run('dd if=/dev/vda bs=4 count=1 2>/dev/null; cat /sys/block/vdb/size')).toMatch(
        /kept16384/,
      );
    },
    3 * bootMs,
  );

  it(
    'get another CD while they run, and what cannot change is told until they start again',
    async () => {
      const cloudInit = { userData: '#cloud-config\n# for the test\n' };
      const having = (file: string | undefined, memoryMib = 96) => ({
        ...machineSpec(1, { cloudInit, ...(file === undefined ? {} : { cdrom: image(file) }) }),
        memoryMib,
      });
      expect(await bring([having('one.iso')])).toEqual([]);
      await isReady('vm-1');
      const read = () => console('vm-1').run('dd if=/dev/sr0 bs=2048 count=1 2>&1');
      expect(await read()).toContain('disc one');
      const pid = await pidOf('vm-1');
      expect(await bring([having('two.iso')])).toEqual([]);
      expect(await read()).toContain('disc two');
      expect(await bring([having(undefined)])).toEqual([]);
      expect(await read()).not.toContain('disc');
      expect(await vmm().current()).toEqual([{ guest: having(undefined), phase: 'running' }]);
      expect(await console('vm-1').run('mount -t vfat /dev/vda1 /mnt && cat /mnt/user-data')).toContain(
        '# for the test',
      );
      expect((await bring([having(undefined, 128)])).map(({ message }) => message)).toEqual([
        'vm-1 runs with another memoryMib than is asked for: shut it down from inside, and it starts with that.',
      ]);
      expect(await vmm().current()).toEqual([{ guest: having(undefined), phase: 'running' }]);
      expect(await pidOf('vm-1')).toBe(pid);
      process.kill(pid, 'SIGKILL');
      await until('larger', async () => (await vmm().current())[0]?.guest.memoryMib === 128);
    },
    3 * bootMs,
  );
});
