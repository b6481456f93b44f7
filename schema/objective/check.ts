import { nearest } from '../validate/edit-distance.js';
import { checkAggregate } from './check-aggregate.js';
import { checkOperation } from './check-operation.js';
import type { Checked } from './checked.js';
import { broken, type ExpressionFault, listed, type Refuse } from './fault.js';
import { functionNames, isAggregator, isRowFunction, type RowFunctionName, takesMany } from './functions.js';
import { exactly, greatestOf, leastOf, magnitudeOf, negativeOf, unknownRange } from './interval.js';
import { joined, valuesAt } from './levels.js';
import { parse } from './parse.js';
import type { Span, Syntax } from './syntax.js';
import { abbreviations, isAbbreviation, isTermName, type ObjectiveLevel, type TermName, terms } from './terms.js';
import { abridged, mostMagnitude } from './tokens.js';
import { noUnit, unitNames } from './units.js';

export type CheckedExpression = { kind: 'checked'; tree: Checked } | { kind: 'refused'; faults: ExpressionFault[] };

/**
 * Reads an expression and proves that it has one finite value for every configuration. Otherwise, everything that is wrong with it,
 * by position.
 */
export function checkExpression(text: string, level: ObjectiveLevel): CheckedExpression {
  const { syntax, faults } = parse(text);
  const tree = new Checker(level, faults).whole(syntax);
  return tree !== null && faults.length === 0 ? { kind: 'checked', tree } : { kind: 'refused', faults: listed(faults) };
}

/** Each method returns null for what has a mistake, which is then told. */
class Checker {
  readonly #level: ObjectiveLevel;
  readonly #refuse: Refuse;

  constructor(level: ObjectiveLevel, faults: ExpressionFault[]) {
    this.#level = level;
    this.#refuse = (fault) => {
      faults.push(fault);
      return null;
    };
  }

  whole(syntax: Syntax): Checked | null {
    const tree = this.check(syntax);
    // Of what was refused in part, the level may be wrong for that very reason.
    if (tree === null || Number.isNaN(tree.range.low)) return null;
    if (tree.level !== null && tree.level !== 'whole') {
      const summary = `This has ${valuesAt(tree.level)}; an objective has one for the whole configuration.`;
      return this.#refuse(broken('VIRT5006', syntax, summary, 'Aggregate it, for example with `sum(...)`.'));
    }
    if (tree.range.low !== tree.range.high) return tree;
    return this.#refuse(broken('VIRT5009', syntax, 'This is the same for every configuration.'));
  }

  check(syntax: Syntax): Checked | null {
    const checked = this.#checkNode(syntax);
    if (checked === null) return null;
    const { low, high } = checked.range;
    if (Math.max(-low, high) > mostMagnitude)
      return this.#refuse(broken('VIRT5007', syntax, `This can be beyond ${mostMagnitude}.`));
    return checked;
  }

  #checkNode(syntax: Syntax): Checked | null {
    switch (syntax.kind) {
      case 'number': {
        const { unit, factor } = syntax.unit === null ? { unit: noUnit, factor: 1 } : unitNames[syntax.unit];
        const value = syntax.value * factor;
        return { kind: 'constant', value, level: null, unit, range: exactly(value) };
      }
      case 'name':
        return this.#name(syntax.name, syntax);
      case 'negation': {
        const operand = this.check(syntax.operand);
        return operand && { ...operand, kind: 'negation', operand, range: negativeOf(operand.range) };
      }
      case 'operation': {
        const [left, right] = [this.check(syntax.left), this.check(syntax.right)];
        if (left && right) return checkOperation(syntax, left, right, this.#refuse);
        return syntax.operator === '+' || syntax.operator === '-' ? standIn(left ?? right) : null;
      }
      case 'call':
        return this.#call(syntax);
      case 'refused':
        for (const part of syntax.parts) this.check(part);
        return null;
    }
  }

  #name(name: string, span: Span): Checked | null {
    if (isTermName(name)) return termNode(name);
    if (isAbbreviation(name)) return meant(name);
    if (functionNames.includes(name)) {
      const summary = `\`${name}\` is a function.`;
      return this.#refuse(broken('VIRT5003', span, summary, `Write what it applies to in brackets: \`${name}(...)\`.`));
    }
    const known = [...Object.keys(terms), ...Object.keys(abbreviations)];
    return this.#refuse(unknown('term', name, known, span));
  }

  #call(syntax: Syntax & { kind: 'call' }): Checked | null {
    const { name, args } = syntax;
    const span = { start: syntax.start, end: syntax.nameEnd };
    const values = args.map((arg) => this.check(arg));
    if (!isAggregator(name) && !isRowFunction(name)) {
      if (!isTermName(name) && !isAbbreviation(name))
        return this.#refuse(unknown('function', name, functionNames, span));
      const detail = `Write \`${name}\` without brackets, with an operator behind it if a value follows.`;
      return this.#refuse(broken('VIRT5003', span, `\`${name}\` is a term, no function.`, detail));
    }
    if (args.length === 0 || (args.length > 1 && !takesMany(name))) {
      const wanted = takesMany(name) ? 'at least one argument' : 'one argument';
      return this.#refuse(broken('VIRT5008', span, `\`${name}\` takes ${wanted}, not ${args.length}.`));
    }
    const present = values.filter((value) => value !== null);
    if (present.length < values.length) return null;
    const [first] = present;
    if (isAggregator(name) && present.length === 1 && first) {
      return checkAggregate(name, syntax, first, this.#level, this.#refuse);
    }
    return isRowFunction(name) ? this.#function(name, syntax, present) : null;
  }

  #function(name: RowFunctionName, syntax: Syntax & { kind: 'call' }, args: Checked[]): Checked | null {
    const common = joined(syntax.args, args, this.#refuse);
    if (common === null) return null;
    const ranges = args.map(({ range }) => range);
    const range = {
      min: () => leastOf(ranges),
      max: () => greatestOf(ranges),
      abs: () => magnitudeOf(ranges[0] ?? exactly(0)),
    }[name]();
    return { kind: 'function', name, args, ...common, range };
  }
}

/** For a sum of which one side was refused: level and unit are those of the other, its range is not known. */
function standIn(other: Checked | null): Checked | null {
  return other === null || other.level === null ? null : { ...other, range: unknownRange };
}

function termNode(term: TermName): Checked {
  const { level, unit, range } = terms[term];
  return { kind: 'term', term, level, unit, range };
}

/** The expression that an abbreviation stands for, which is always one of path level. */
function meant(name: keyof typeof abbreviations): Checked {
  const faults: ExpressionFault[] = [];
  const tree = new Checker('path', faults).check(parse(abbreviations[name].definition).syntax);
  if (tree === null) throw new Error(`the definition of ${name} is wrong: ${faults[0]?.summary}`);
  return tree;
}

function unknown(what: 'term' | 'function', name: string, known: readonly string[], span: Span): ExpressionFault {
  const guess = nearest(name, known);
  const choice = `There are ${known.map((each) => `\`${each}\``).join(', ')}.`;
  const detail = guess === undefined ? choice : `Did you mean \`${guess}\`? ${choice}`;
  return broken('VIRT5003', span, `There is no ${what} \`${abridged(name)}\`.`, detail);
}
