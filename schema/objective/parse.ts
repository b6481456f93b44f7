import { broken, type ExpressionFault } from './fault.js';
import { type Operator, precedence, type Span, type Syntax } from './syntax.js';
import { type Mark, type Token, tokensOf } from './tokens.js';
import { isUnitName } from './units.js';

/** Longer expressions are not read. In UTF-16 units. */
export const maxLength = 1000;
/** Brackets, calls and signs inside one another. */
const maxDepth = 32;

export interface Parsed {
  syntax: Syntax;
  faults: ExpressionFault[];
}

/** Reads an expression. Time is linear in its length; what is refused leaves `refused` nodes, so that the rest can be checked. */
export function parse(text: string): Parsed {
  if (text.length > maxLength) {
    const beyond = { start: maxLength, end: text.length };
    const summary = `The expression has ${text.length} characters; from here on it is over the limit of ${maxLength}.`;
    return { syntax: { kind: 'refused', parts: [], ...beyond }, faults: [broken('VIRT5002', beyond, summary)] };
  }
  const { tokens, faults } = tokensOf(text);
  const parser = new Parser(text, tokens, faults);
  return { syntax: parser.whole(), faults };
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #faults: ExpressionFault[];
  #at = 0;
  #depth = 0;

  constructor(text: string, tokens: readonly Token[], faults: ExpressionFault[]) {
    this.#text = text;
    this.#tokens = tokens;
    this.#faults = faults;
  }

  whole(): Syntax {
    let syntax = this.#operations(0);
    while (this.#next.kind !== 'end') {
      const token = this.#take();
      const hint = this.#textOf(token) === ',' ? 'between the arguments of a function only' : 'it closes no bracket';
      this.#refuse(token, `A \`${this.#textOf(token)}\` is out of place here: ${hint}.`);
      if (!this.#isAtEndOfOperand()) syntax = refused(syntax, this.#operations(0));
    }
    return syntax;
  }

  /** Precedence climbing: operands joined by operators of at least the precedence `least`, from left to right. */
  #operations(least: number): Syntax {
    let left = this.#operand();
    for (;;) {
      const token = this.#next;
      if (this.#isAtEndOfOperand()) return left;
      if (token.kind !== 'mark' || token.text === '(') {
        left = this.#unjoined(left, token);
      } else {
        const operator = token.text as Operator;
        if (precedence[operator] < least) return left;
        this.#take();
        const right = this.#operations(precedence[operator] + 1);
        left = { kind: 'operation', operator, left, right, start: left.start, end: right.end };
      }
    }
  }

  /** Two values side by side, or with something refused between them. */
  #unjoined(left: Syntax, token: Token): Syntax {
    if (token.kind !== 'refused') {
      const what = this.#textOf(token);
      const isUnit = left.kind === 'number' && isUnitName(what);
      const detail = isUnit ? 'Write a unit right behind its number.' : 'Put `+`, `-`, `*` or `/` between the two.';
      this.#refuse(token, `An operator is missing before \`${what}\`.`, detail);
    }
    return refused(left, this.#operand());
  }

  #operand(): Syntax {
    const token = this.#next;
    if (token.kind === 'number') {
      this.#take();
      return { ...token };
    }
    if (token.kind === 'refused') {
      this.#take();
      const alone: Syntax = { ...token, parts: [] };
      return this.#isAtEndOfOperand() || this.#isOperator(this.#next) ? alone : refused(alone, this.#operand());
    }
    if (token.kind === 'name') return this.#nameOrCall(token);
    if (token.kind === 'mark' && (token.text === '-' || token.text === '(')) {
      return this.#nested(token, () => (token.text === '-' ? this.#negation(token) : this.#bracket(token)));
    }
    const summary =
      token.kind === 'end' ? 'A value is missing at the end.' : `A value is missing before \`${token.text}\`.`;
    this.#refuse(token, summary, 'Write a term, a number, a function or a bracket here.');
    return { kind: 'refused', parts: [], start: token.start, end: token.start };
  }

  #negation({ start }: Span): Syntax {
    this.#take();
    const operand = this.#operand();
    return { kind: 'negation', operand, start, end: operand.end };
  }

  #bracket(open: Token): Syntax {
    this.#take();
    const inner = this.#operations(0);
    const parts = [inner];
    while (this.#isMark(',')) {
      this.#refuse(this.#next, 'A comma is out of place here: no function has these brackets.');
      this.#take();
      parts.push(this.#operations(0));
    }
    const end = this.#close(open);
    const span = { start: open.start, end };
    return parts.length > 1 ? { kind: 'refused', parts, ...span } : { ...inner, ...span };
  }

  #nameOrCall(name: Token & { kind: 'name' }): Syntax {
    this.#take();
    const open = this.#next;
    if (!this.#isMark('(')) return { kind: 'name', name: name.text, start: name.start, end: name.end };
    return this.#nested(open, () => {
      this.#take();
      const args: Syntax[] = this.#isMark(')') ? [] : [this.#operations(0)];
      while (this.#isMark(',')) {
        this.#take();
        args.push(this.#operations(0));
      }
      const end = this.#close(open);
      return { kind: 'call', name: name.text, nameEnd: name.end, args, start: name.start, end };
    });
  }

  #nested(token: Token, read: () => Syntax): Syntax {
    if (this.#depth === maxDepth) {
      const beyond = { start: token.start, end: token.end };
      this.#faults.push(broken('VIRT5002', beyond, `Here the expression is nested deeper than ${maxDepth} levels.`));
      this.#at = this.#tokens.length - 1;
      return { kind: 'refused', parts: [], ...beyond };
    }
    this.#depth++;
    const syntax = read();
    this.#depth--;
    return syntax;
  }

  /** Takes the bracket that closes `open`; where it ends. */
  #close(open: Token): number {
    if (this.#isMark(')')) return this.#take().end;
    // After a nesting too deep, nothing is left to read.
    if (!this.#faults.some(({ id }) => id === 'VIRT5002')) {
      this.#refuse(open, 'This bracket is never closed.', 'Add the `)` that belongs to it.');
    }
    return this.#next.end;
  }

  #refuse({ start, end }: Span, summary: string, detail?: string): void {
    this.#faults.push(broken('VIRT5001', { start, end }, summary, detail));
  }

  get #next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #take(): Token {
    const token = this.#next;
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  #isMark(mark: Mark): boolean {
    const token = this.#next;
    return token.kind === 'mark' && token.text === mark;
  }

  #isAtEndOfOperand(): boolean {
    return this.#next.kind === 'end' || this.#isMark(')') || this.#isMark(',');
  }

  #isOperator(token: Token): boolean {
    return token.kind === 'mark' && token.text in precedence;
  }

  #textOf({ start, end }: Span): string {
    return this.#text.slice(start, Math.min(end, start + 40));
  }
}

function refused(left: Syntax, right: Syntax): Syntax {
  return { kind: 'refused', parts: [left, right], start: left.start, end: right.end };
}
