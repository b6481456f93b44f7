// One process at a time sets up this work tree; the others wait for it and find the work done.
// The lock is a folder that never exists without its owner's file in it: it is made complete under a private name and
// renamed into place, which fails while the folder there is not empty. A dead owner's file is removed by its own
// name, so a late remover can never take away the lock of the next owner.
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeatMs = 2_000;
const silentForMs = 60_000;
const retryMs = 200;

/** Runs `work` while holding the lock folder `path`; `onWait(pid)` is called once if another process holds it. */
export async function withLock(path, work, onWait) {
  const owner = `pid-${process.pid}`;
  for (let waited = false; !take(path, owner); waited = true) {
    const holder = evictDead(path);
    if (holder !== undefined && !waited) onWait(holder);
    await sleep(retryMs);
  }
  const ownerFile = join(path, owner);
  const heartbeat = setInterval(() => utimesSync(ownerFile, new Date(), new Date()), heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    // Once the file is gone the next owner may rename its folder into place: only an empty one is removed.
    rmSync(ownerFile, { force: true });
    readOrNothing(() => rmdirSync(path));
  }
}

function take(path, owner) {
  const own = `${path}.${owner}`;
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, owner), '');
  try {
    renameSync(own, path);
    return true;
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code)) throw error;
    return false;
  }
}

/** Removes the owner's file if that owner is gone; otherwise tells its process id. */
function evictDead(path) {
  const owner = readOrNothing(() => readdirSync(path)[0]);
  if (owner === undefined) {
    readOrNothing(() => rmdirSync(path)); // only an empty folder: Windows cannot rename over one
    return undefined;
  }
  const file = join(path, owner);
  const touched = readOrNothing(() => statSync(file).mtimeMs);
  const pid = Number(owner.slice('pid-'.length));
  if (touched !== undefined && isAlive(pid) && Date.now() - touched < silentForMs) return pid;
  rmSync(file, { force: true });
  return undefined;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Another process may remove what is being read: then there is nothing to read. */
function readOrNothing(read) {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code)) return undefined;
    throw error;
  }
}
