import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImageStore } from '../../../../agents/vmm/qemu/image-store.js';

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('images of a host', () => {
  let folder: string;
  let store: ImageStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'images-'));
    store = new ImageStore(folder);
    writeFileSync(join(folder, 'disk.raw'), 'content');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const find = (file: string, digest = digestOf('content')) => store.find({ file, digest });

  it('are found by name and digest', async () => {
    expect(await find('disk.raw')).toMatchObject({ kind: 'verified', path: expect.stringMatching(/\/disk\.raw$/) });
    expect(await Promise.all([find('disk.raw'), find('disk.raw')])).toMatchObject([
      { kind: 'verified' },
      { kind: 'verified' },
    ]);
  });

  it('are refused with another digest, and again read when they change', async () => {
    expect(await find('disk.raw', digestOf('other'))).toEqual({
      kind: 'refused',
      message: `the image disk.raw has the digest ${digestOf('content')}, not ${digestOf('other')}: copy it again, or correct the document`,
    });
    expect(await find('disk.raw')).toMatchObject({ kind: 'verified' });
    writeFileSync(join(folder, 'disk.raw'), 'damaged');
    utimesSync(join(folder, 'disk.raw'), 1, 1);
    expect(await find('disk.raw')).toMatchObject({ kind: 'refused' });
  });

  it.each(['../secret', '/etc/passwd', '.hidden', 'a/b', '', '..', 'a\nb', 'x'.repeat(129)])(
    'are not looked for under %j',
    async (file) => {
      expect(await find(file)).toMatchObject({
        kind: 'refused',
        message: expect.stringMatching(/^the name of an image/),
      });
    },
  );

  it('are regular files, and are there', async () => {
    symlinkSync('/etc/passwd', join(folder, 'link'));
    expect(await find('link')).toMatchObject({ kind: 'refused', message: expect.stringMatching(/is a link/) });
    expect(await find('gone')).toMatchObject({ kind: 'refused', message: expect.stringMatching(/^there is no image/) });
  });
});
