/** A repository that git may be sent to. */
export interface Remote {
  kind: 'remote';
  /** As git is given it. */
  url: string;
  /** The directory of a repository on this machine; null for one elsewhere. */
  directory: string | null;
}

export type Invalid = { kind: 'invalid'; message: string };

const host = '(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\])';
const user = '(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?';
const forms = [
  new RegExp(`^ssh://${user}${host}(?::[0-9]{1,5})?/[^-].*$`),
  new RegExp(`^${user}${host}:(?![-/:]/?)[^:].*$`), // user@host:path
  new RegExp(`^${user}${host}:/(?!/).+$`), // user@host:/path
  new RegExp(`^https://${host}(?::[0-9]{1,5})?/.+$`),
];

/** A remote from what an operator wrote. Refuses what git would take for an option, a command or another protocol. */
export function parseRemote(text: string): Remote | Invalid {
  const shown = JSON.stringify(text);
  if (/[\s\p{Cc}]/u.test(text))
    return invalid(`the repository ${shown} has a space or a control character: remove it, or write %20 for a space`);
  if (/^https?:\/\/[^/]*@/.test(text))
    return invalid('the repository URL has credentials in it: configure a git credential helper and leave them out');
  const directory = text.startsWith('file:///') ? text.slice('file://'.length) : text;
  if (directory.startsWith('/')) return { kind: 'remote', url: directory, directory };
  if (forms.some((form) => form.test(text))) return { kind: 'remote', url: text, directory: null };
  return invalid(
    `the repository ${shown} is not understood: write an absolute path, ssh://[user@]host/path, user@host:path or https://host/path`,
  );
}

const refPart = '(?!.*\\.lock(?:/|$))(?!.*\\.(?:/|$))(?!.*\\.\\.)[A-Za-z0-9_][A-Za-z0-9_.+#=-]*';

/** The full name of a branch (`main`), of a full ref (`refs/tags/v1`), or `HEAD`, the remote's default branch. */
export function parseRef(text: string): { kind: 'ref'; name: string } | Invalid {
  if (!new RegExp(`^${refPart}(?:/${refPart})*$`).test(text) || text.length > 250)
    return invalid(
      `${JSON.stringify(text)} is not a branch name: write one such as main, or a full one such as refs/tags/v1`,
    );
  if (text === 'HEAD' || text.startsWith('refs/')) return { kind: 'ref', name: text };
  return { kind: 'ref', name: `refs/heads/${text}` };
}

/** A folder of a repository in plain form, empty for its top. */
export function parseSubdirectory(text: string): { kind: 'subdirectory'; path: string } | Invalid {
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  const isPlain = parts.every((part) => part !== '..' && !part.startsWith('-') && !/[:\\\p{Cc}]/u.test(part));
  if (isPlain && !text.startsWith('/')) return { kind: 'subdirectory', path: parts.join('/') };
  return invalid(`${JSON.stringify(text)} is not a folder inside the repository: write one such as fleets/lab`);
}

function invalid(message: string): Invalid {
  return { kind: 'invalid', message };
}
