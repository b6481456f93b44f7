import { execFile } from 'node:child_process';

/** The number of a user by login name; undefined: this host knows no such user. */
export type UserIds = (user: string) => Promise<number | undefined>;

const keptMs = 60_000;
/** Of who was not found. */
const unknownKeptMs = 5000;
const longestMs = 5000;

/** As the host's user database has them, wherever that is. Answers are kept for a minute. */
export function hostUserIds(nowMs: () => number, find: UserIds = ask): UserIds {
  const known = new Map<string, { uid: Promise<number | undefined>; untilMs: number }>();
  return (user) => {
    const before = known.get(user);
    if (before && nowMs() < before.untilMs && before.untilMs - nowMs() <= keptMs) return before.uid;
    const asked = { uid: find(user), untilMs: nowMs() + keptMs };
    known.set(user, asked);
    return asked.uid.then((uid) => {
      if (uid === undefined) asked.untilMs = nowMs() + unknownKeptMs;
      return uid;
    });
  };
}

function ask(user: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile('id', ['-u', '--', user], { timeout: longestMs }, (error, stdout) => {
      const uid = error === null ? /^([0-9]+)\n$/.exec(stdout)?.[1] : undefined;
      resolve(uid === undefined ? undefined : Number(uid));
    });
  });
}
