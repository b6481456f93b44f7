import { precedence, type Syntax } from './syntax.js';

/** The expression as text, with no more brackets than it needs; what was refused is left out. */
export function print(syntax: Syntax): string {
  switch (syntax.kind) {
    case 'number':
      return `${syntax.value}${syntax.unit ?? ''}`;
    case 'name':
      return syntax.name;
    case 'negation':
      return `-${within(syntax.operand, 3)}`;
    case 'operation': {
      const own = precedence[syntax.operator];
      return `${within(syntax.left, own)} ${syntax.operator} ${within(syntax.right, own + 1)}`;
    }
    case 'call':
      return `${syntax.name}(${syntax.args.map(print).join(', ')})`;
    case 'refused':
      return '';
  }
}

/** In brackets if its operator does not bind as tightly as `least`. */
function within(syntax: Syntax, least: number): string {
  const binds = syntax.kind === 'operation' ? precedence[syntax.operator] : least;
  return binds < least ? `(${print(syntax)})` : print(syntax);
}
