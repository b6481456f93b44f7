/** A commit as far as its signature goes. */
export interface SignedCommit {
  kind: 'commit';
  /** Null: it is not signed. */
  signature: { method: 'ssh' | 'openpgp' | 'other'; armour: string } | null;
  /** What the signature is over: the commit without it. */
  payload: Buffer;
  committer: { email: string; atS: number };
}

export type Malformed = { kind: 'malformed'; message: string };

const armours = {
  ssh: ['-----BEGIN SSH SIGNATURE-----', '-----END SSH SIGNATURE-----'],
  openpgp: ['-----BEGIN PGP SIGNATURE-----', '-----END PGP SIGNATURE-----'],
} as const;

interface Header {
  name: string;
  /** With its continuation lines, each without the space that marks it. */
  value: string;
  bytes: Buffer;
}

/**
 * Takes a commit object apart as git does where it verifies, and refuses what git would have to guess at: who reads another committer or another
 * signature than the one that was checked must not be possible.
 * @param id of the commit: its length tells in which header git signs
 */
export function parseSignedCommit(id: string, raw: Buffer): SignedCommit | Malformed {
  const end = raw.indexOf('\n\n');
  const head = headersOf(end < 0 ? raw : raw.subarray(0, end + 1));
  if (head === null) return malformed('its header does not begin with a name');
  const signed = id.length === 40 ? 'gpgsig' : 'gpgsig-sha256';
  const signatures = head.filter(({ name }) => name === signed);
  if (signatures.length > 1) return malformed('it has more than one signature');
  const committers = head.filter(({ name }) => name === 'committer');
  const committer = committerOf(committers[0]?.value ?? '');
  if (committers.length !== 1 || committer === null) return malformed('it does not say who committed it, and when');
  const isOfSignature = ({ name }: Header) => name === 'gpgsig' || name === 'gpgsig-sha256';
  const kept = head.filter((header) => !isOfSignature(header)).map(({ bytes }) => bytes);
  const payload = Buffer.concat([...kept, end < 0 ? Buffer.alloc(0) : raw.subarray(end + 1)]);
  const [signature] = signatures;
  return {
    kind: 'commit',
    signature: signature ? { method: methodOf(signature.value), armour: `${signature.value}\n` } : null,
    payload,
    committer,
  };
}

function headersOf(bytes: Buffer): Header[] | null {
  const headers: Header[] = [];
  for (let at = 0; at < bytes.length; ) {
    const feed = bytes.indexOf(0x0a, at);
    const next = feed < 0 ? bytes.length : feed + 1;
    const line = bytes.subarray(at, next);
    const text = line.toString('utf8').replace(/\n$/, '');
    const last = headers.at(-1);
    if (text.startsWith(' ')) {
      if (last === undefined) return null;
      last.value += `\n${text.slice(1)}`;
      last.bytes = Buffer.concat([last.bytes, line]);
    } else {
      const space = text.indexOf(' ');
      const name = space < 0 ? text : text.slice(0, space);
      headers.push({ name, value: space < 0 ? '' : text.slice(space + 1), bytes: line });
    }
    at = next;
  }
  return headers;
}

function committerOf(value: string): SignedCommit['committer'] | null {
  const found = /^[^<>\n]*<([^<>\n]*)> (\d{1,11}) [+-]\d{4}$/.exec(value);
  return found === null ? null : { email: found[1] ?? '', atS: Number(found[2]) };
}

/** A block that is not whole, or more than one, is of no known method. */
function methodOf(text: string): 'ssh' | 'openpgp' | 'other' {
  const armour = text.trimEnd();
  for (const method of ['ssh', 'openpgp'] as const) {
    const [begin, end] = armours[method];
    const isOne = armour.split('-----BEGIN ').length === 2;
    if (armour.startsWith(`${begin}\n`) && armour.endsWith(`\n${end}`) && isOne) return method;
  }
  return 'other';
}

function malformed(message: string): Malformed {
  return { kind: 'malformed', message };
}
