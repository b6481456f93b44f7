import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { replaceFile } from '../../cli/replace-file.js';
import { temporaryDirectory } from '../reconciler/adapters/git-fixture.js';

function fileWith(text: string): { directory: string; path: string } {
  const directory = temporaryDirectory();
  const path = join(directory, 'a.yaml');
  writeFileSync(path, text);
  return { directory, path };
}

it('puts another content in place by a rename, with the mode that the file had', async () => {
  const { directory, path } = fileWith('before');
  chmodSync(path, 0o604);
  const { ino } = statSync(path);
  expect(await replaceFile(path, 'before', 'after')).toEqual({ kind: 'replaced' });
  expect(readFileSync(path, 'utf8')).toBe('after');
  expect(statSync(path).mode & 0o777).toBe(0o604);
  expect(statSync(path).ino).not.toBe(ino);
  expect(readdirSync(directory)).toEqual(['a.yaml']);
});

it('leaves alone what is not what was read', async () => {
  const { directory, path } = fileWith('somebody else');
  expect(await replaceFile(path, 'before', 'after')).toEqual({ kind: 'changed' });
  expect(readFileSync(path, 'utf8')).toBe('somebody else');
  symlinkSync(path, join(directory, 'link.yaml'));
  expect(await replaceFile(join(directory, 'link.yaml'), 'somebody else', 'after')).toEqual({ kind: 'changed' });
  expect(readFileSync(path, 'utf8')).toBe('somebody else');
});

it('leaves the file as it was, and nothing beside it, where the system refuses', async () => {
  const { directory, path } = fileWith('before');
  mkdirSync(join(directory, `.a.yaml.${process.pid}.new`));
  await expect(replaceFile(path, 'before', 'after')).rejects.toThrow('EEXIST');
  expect(readFileSync(path, 'utf8')).toBe('before');
});
