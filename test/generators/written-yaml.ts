import { type Draw, drawFrom, pick } from './draw.js';

export interface WrittenYaml {
  text: string;
  /** Each is in the text once. */
  comments: string[];
}

/** Scalars in forms that are easily changed by mistake. */
const scalars = [
  ...[
    'yes',
    '"yes"',
    "'no'",
    'true',
    '"true"',
    'null',
    '~',
    '"~"',
    '""',
    "''",
    '0x10',
    '"0x10"',
    '0o17',
    '"0o17"',
    '010',
  ],
  ...[
    '"010"',
    '1e3',
    '"1e3"',
    '1_000',
    '-0',
    '+12',
    '1.50',
    '.5',
    '.inf',
    '.nan',
    '12345678901234567890',
    '"12:30:45"',
  ],
  ...['2026-01-01', '"2026-01-01"', 'plain text', '"quoted text"', "'single # quoted'", '"with: colon"', "'it''s'"],
  ...[
    '"a \\"b\\" c"',
    '"tab\\tand\\nline"',
    '"\\u200b"',
    '"\\u2028x"',
    '"- dash"',
    '"? mark"',
    '"[x]"',
    '"{x}"',
    "'@x'",
  ],
  ...[
    "'%x'",
    '"&a"',
    '"*a"',
    '"!a"',
    '" space"',
    '"space "',
    '"#hash"',
    'a#b',
    '"a #b"',
    'C:\\path',
    '"C:\\\\path: x"',
  ],
  ...['02:56:00:00:00:01', '10.0.0.1/24', '500m', "'500m'", '"---"', '"..."', 'é ü 漢字', '"é"', '"=" ', '"<<"', '"y"'],
  ...[`"${'long '.repeat(40)}end"`, `${'long '.repeat(40)}end`, `'${'x'.repeat(150)}'`],
];
const keys = [
  'name',
  'kind',
  'spec',
  'metadata',
  'apiVersion',
  'labels',
  '"quoted"',
  "'on'",
  '1',
  'a-b',
  'x.y/z',
  '"a: b"',
  'é',
];

/** A stream of YAML documents with comments, empty lines, and all styles mixed, as people write them. */
export function writtenYaml(seed: number): WrittenYaml {
  return new Writer(drawFrom(seed)).stream();
}

class Writer {
  readonly #draw: Draw;
  readonly #comments: string[] = [];
  #anchors = 0;
  /** Anchors whose whole node is written. */
  #known: string[] = [];

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  stream(): WrittenYaml {
    const documents = Array.from({ length: 1 + this.#draw(3) }, () => this.#document());
    const start = this.#draw(4) === 0 ? '---\n' : '';
    const heading = this.#draw(4) === 0 ? `${this.#comment()}\n${this.#draw(2) === 0 ? '\n' : ''}` : '';
    const text = heading + start + documents.join('---\n');
    return { text: this.#draw(5) === 0 ? text.replaceAll('\n', '\r\n') : text, comments: this.#comments };
  }

  #document(): string {
    this.#known = [];
    const lines = this.#map('', 0);
    return `${lines.join('\n')}\n${this.#draw(6) === 0 ? `${this.#comment()}\n` : ''}`;
  }

  #comment(): string {
    this.#comments.push(`#${pick(this.#draw, ['', ' ', '  '])}note ${this.#comments.length}.`);
    return this.#comments.at(-1) ?? '';
  }

  /** Lines before an entry: nothing mostly. */
  #above(indent: string): string[] {
    const blank = this.#draw(6) === 0 ? Array.from({ length: 1 + this.#draw(2) }, () => '') : [];
    const comments =
      this.#draw(5) === 0 ? Array.from({ length: 1 + this.#draw(2) }, () => indent + this.#comment()) : [];
    const between = comments.length > 0 && this.#draw(6) === 0 ? [''] : [];
    return [...blank, ...comments, ...between];
  }

  #beside(): string {
    return this.#draw(6) === 0 ? `${' '.repeat(1 + this.#draw(4))}${this.#comment()}` : '';
  }

  #map(indent: string, depth: number): string[] {
    const count = 1 + this.#draw(4);
    const start = this.#draw(keys.length);
    const lines: string[] = [];
    for (let index = 0; index < count; index++) {
      const key = keys[(start + index * 5) % keys.length] ?? 'x';
      lines.push(...this.#above(indent), ...this.#entry(indent, `${key}:`, depth));
    }
    if (this.#draw(8) === 0) lines.push(...this.#above(indent), indent + this.#comment());
    return lines;
  }

  #entry(indent: string, key: string, depth: number): string[] {
    const way = this.#draw(depth > 3 ? 6 : 12);
    const step = ' '.repeat(this.#draw(3) === 0 ? 4 : 2);
    if (way < 4) return [`${indent}${key} ${pick(this.#draw, scalars)}${this.#beside()}`];
    if (way === 4) return this.#flow(indent, key);
    if (way === 5) return this.#block(indent, key, step);
    if (way === 6) return [`${indent}${key} ${this.#anchored()}${pick(this.#draw, scalars)}${this.#beside()}`];
    if (way === 7 && this.#known.length > 0)
      return [`${indent}${key} *${pick(this.#draw, this.#known)}${this.#beside()}`];
    if (way <= 9) return [`${indent}${key}${this.#beside()}`, ...this.#map(indent + step, depth + 1)];
    return [`${indent}${key}${this.#beside()}`, ...this.#list(this.#draw(2) === 0 ? indent : indent + step, depth + 1)];
  }

  #anchored(): string {
    this.#known.push(`a${this.#anchors++}`);
    return `&${this.#known.at(-1)} `;
  }

  #flow(indent: string, key: string): string[] {
    const items = Array.from({ length: this.#draw(4) }, () =>
      pick(this.#draw, ['a', '"b"', '1', '[x, y]', '{ z: 1 }', "'c, d'"]),
    );
    if (this.#draw(4) > 0 || items.length === 0) return [`${indent}${key} [${items.join(', ')}]${this.#beside()}`];
    return [`${indent}${key} [`, ...items.map((item) => `${indent}    ${item},${this.#beside()}`), `${indent}  ]`];
  }

  #block(indent: string, key: string, step: string): string[] {
    const header = pick(this.#draw, ['|', '|-', '>', '>-']);
    const lines = pick(this.#draw, [
      ['one line'],
      ['two', 'lines # no comment'],
      ['with', '', 'a gap'],
      ['more', '  indented', 'text'],
      [`${'long '.repeat(30)}end`, 'and short'],
    ]);
    return [`${indent}${key} ${header}`, ...lines.map((line) => (line === '' ? '' : indent + step + line))];
  }

  #list(indent: string, depth: number): string[] {
    const lines: string[] = [];
    for (let count = 1 + this.#draw(3); count > 0; count--) {
      lines.push(...this.#above(indent));
      if (this.#draw(2) === 0) lines.push(`${indent}- ${pick(this.#draw, scalars)}${this.#beside()}`);
      else {
        // The first entry stands behind the hyphen: nothing may be above it.
        const [first = '', ...rest] = this.#map(`${indent}  `, depth + 1);
        lines.push(
          ...(first.trim() === '' || first.trim().startsWith('#')
            ? [`${indent}-`, first]
            : [`${indent}- ${first.trimStart()}`]),
          ...rest,
        );
      }
    }
    return lines;
  }
}
