import type { Diagnostic } from '../generated/types.js';
import { broken, maxDiagnostics } from '../validate/diagnostic.js';
import type { LineTable } from '../validate/line-table.js';
import type { RuleId } from '../validate/rules.js';
import { afterBlanks, afterLiteral, afterString } from './json-scan.js';

const maxDepth = 32;

/** An object or a list that is not closed yet. */
interface Opened {
  at: number;
  /** Keys so far; null in a list. */
  keys: Set<string> | null;
}

/** What may come next. */
type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'comma or end';

/** The first place where a text stops being JSON, and every key that an object has twice. Does not recurse. */
export function jsonFaults(text: string, lines: LineTable): Diagnostic[] {
  return new Scan(text, lines).faults();
}

class Scan {
  readonly #text: string;
  readonly #lines: LineTable;
  readonly #opened: Opened[] = [];
  readonly #faults: Diagnostic[] = [];
  #at = 0;
  #expected: Expected = 'value';

  constructor(text: string, lines: LineTable) {
    this.#text = text;
    this.#lines = lines;
  }

  faults(): Diagnostic[] {
    do {
      this.#at = afterBlanks(this.#text, this.#at);
      const fault = this.#step();
      if (fault !== null) return [...this.#faults, fault];
    } while (this.#opened.length > 0 && this.#faults.length <= maxDiagnostics);
    if (this.#faults.length > maxDiagnostics) return this.#faults;
    this.#at = afterBlanks(this.#text, this.#at);
    if (this.#at === this.#text.length) return this.#faults;
    return [...this.#faults, this.#fault('VIRT1001', 'Something follows the end of the document.')];
  }

  #step(): Diagnostic | null {
    const char = this.#text.charAt(this.#at);
    const inside = this.#opened.at(-1);
    if (char === '' && inside) return this.#fault('VIRT1004', 'What is opened here is not closed.', inside.at);
    if (this.#expected.endsWith('end') && char === (inside?.keys ? '}' : ']')) {
      this.#opened.pop();
      this.#at++;
      this.#expected = 'comma or end';
      return null;
    }
    if (this.#expected === 'comma or end') {
      if (char !== ',') return this.#fault('VIRT1001', `A comma or \`${inside?.keys ? '}' : ']'}\` is missing here.`);
      this.#at++;
      this.#expected = inside?.keys ? 'key' : 'value';
      return null;
    }
    return this.#expected.startsWith('key') && inside?.keys ? this.#key(inside.keys) : this.#value(char);
  }

  #key(keys: Set<string>): Diagnostic | null {
    const start = this.#at;
    const end = afterString(this.#text, start);
    if (end < 0) return this.#fault('VIRT1001', 'A key in double quotes is missing here.');
    const key = JSON.parse(this.#text.slice(start, end)) as string;
    if (keys.has(key)) {
      const summary = `The key \`${key.slice(0, 64)}\` is there twice.`;
      this.#faults.push(broken('VIRT1003', this.#lines.range(start, end), summary));
    }
    keys.add(key);
    this.#at = afterBlanks(this.#text, end);
    if (this.#text.charAt(this.#at) !== ':') return this.#fault('VIRT1001', 'A colon is missing here.');
    this.#at++;
    this.#expected = 'value';
    return null;
  }

  #value(char: string): Diagnostic | null {
    if (char === '{' || char === '[') {
      if (this.#opened.length === maxDepth)
        return this.#fault('VIRT1010', `More than ${maxDepth} levels are nested here.`);
      this.#opened.push({ at: this.#at, keys: char === '{' ? new Set() : null });
      this.#expected = char === '{' ? 'key or end' : 'value or end';
      this.#at++;
      return null;
    }
    const end = char === '"' ? afterString(this.#text, this.#at) : afterLiteral(this.#text, this.#at);
    if (end < 0 && char === '"')
      return this.#fault('VIRT1004', 'The text that begins here has no end that is allowed.');
    if (end < 0)
      return this.#fault('VIRT1001', 'A value is missing here: a text in double quotes, a number, a list...');
    this.#at = end;
    this.#expected = 'comma or end';
    return null;
  }

  #fault(id: RuleId, summary: string, at = this.#at): Diagnostic {
    return broken(id, this.#lines.range(at, at + 1), summary);
  }
}
