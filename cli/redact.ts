const removed = '[redacted]';

/** What looks like a secret, whoever wrote it; each takes time in proportion to the text. */
const forms: readonly [RegExp, string][] = [
  // A block that is cut off goes to the end of the text.
  [/-----BEGIN [A-Z0-9 ]{1,64}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,64}-----|$)/g, '[PEM block redacted]'],
  // A name alone is no secret but over HTTP, where it may be a token.
  [/\b(https?:\/\/)[^\s/?#@"'<>]{1,2048}@/gi, `$1${removed}@`],
  [/\b([a-z][a-z0-9+.-]{0,31}:\/\/[^\s/?#@:"'<>]{0,256}:)[^\s/?#@"'<>]{1,2048}@/gi, `$1${removed}@`],
  [/\b(Bearer|Basic|Digest)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${removed}`],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, removed],
  [
    /\b(?:gh[opsur]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[A-Z0-9]{16})/g,
    removed,
  ],
  // PASSWORD=..., "token": "...", ?access_token=...
  [
    /((?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|credentials?|authorization)["']?\s{0,4}[=:]\s{0,4})(?:"(?:[^"\\]|\\.)*"|'[^']*'|(?!\[redacted\]|(?:Bearer|Basic|Digest)\s)[^\s&,;"'}\]]+)/gi,
    `$1${removed}`,
  ],
];

const secretField =
  /^(?:.*(?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|credential|authorization|cookie).*)$/i;
/** Shorter ones would take words apart. */
const shortestSecret = 6;

/** Takes secrets out of what is about to be logged: those it was told of, and what has the form of one. */
export class Redaction {
  readonly #known = new Set<string>();

  /** A secret of this process. It is taken out in any of the forms in which it comes into texts. */
  add(secret: string): void {
    const forms = [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
      JSON.stringify(secret).slice(1, -1),
    ];
    for (const form of forms) if (form.length >= shortestSecret) this.#known.add(form);
  }

  text(text: string): string {
    let left = text;
    for (const secret of this.#known) left = left.replaceAll(secret, removed);
    for (const [form, instead] of forms) left = left.replace(form, instead);
    return left;
  }

  /** The same of every text in a value, and all of a field that is named after a secret. */
  value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (value instanceof Error) return this.text(value.stack ?? value.message);
    if (Array.isArray(value)) return value.map((each) => this.value(each));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [
        this.text(name),
        secretField.test(name) ? removed : this.value(each),
      ]),
    );
  }
}
