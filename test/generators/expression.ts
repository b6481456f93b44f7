import type { Operator, Syntax } from '../../schema/objective/syntax.js';
import { type Level, terms } from '../../schema/objective/terms.js';
import { isSameUnit, noUnit, rateUnit, timeUnit, type Unit, type UnitName } from '../../schema/objective/units.js';
import { type Draw, pick } from './draw.js';

const span = { start: 0, end: 0 };
const units = [noUnit, rateUnit, timeUnit];
const numbers = [0, 1, 2, 0.5, 3.25, 0.001, 1e-3, 12, 1e21];

const number = (value: number, unit: UnitName | null): Syntax => ({ kind: 'number', value, unit, ...span });
const name = (text: string): Syntax => ({ kind: 'name', name: text, ...span });
const call = (text: string, ...args: Syntax[]): Syntax => ({ kind: 'call', name: text, nameEnd: 0, args, ...span });
const operation = (operator: Operator, left: Syntax, right: Syntax): Syntax => {
  return { kind: 'operation', operator, left, right, ...span };
};

/** An expression whose levels and units fit, with one value for the whole configuration. */
export function randomExpression(draw: Draw, objectiveLevel: 'edge' | 'path'): Syntax {
  return new Growth(draw, objectiveLevel).grow('whole', pick(draw, units), 4);
}

class Growth {
  readonly #draw: Draw;
  readonly #objectiveLevel: 'edge' | 'path';

  constructor(draw: Draw, objectiveLevel: 'edge' | 'path') {
    this.#draw = draw;
    this.#objectiveLevel = objectiveLevel;
  }

  grow(level: Level, unit: Unit, depth: number): Syntax {
    const inner = () => this.grow(level, unit, depth - 1);
    if (depth === 0) return this.#term(level, unit);
    switch (this.#draw(9)) {
      case 0:
        return operation('+', inner(), inner());
      case 1:
        return operation('-', inner(), this.#draw(3) === 0 ? this.#number(unit) : inner());
      case 2:
        return operation(
          '*',
          this.#draw(2) === 0 ? number(pick(this.#draw, numbers), null) : this.#share(level, depth),
          inner(),
        );
      case 3:
        return operation('/', inner(), this.#divisor(level, depth));
      case 4:
        return { kind: 'negation', operand: inner(), ...span };
      case 5:
        return call(
          pick(this.#draw, ['min', 'max']),
          inner(),
          inner(),
          ...(this.#draw(4) === 0 ? [number(0, null)] : []),
        );
      case 6:
        return call('abs', inner());
      default:
        return this.#aggregate(level, unit, depth);
    }
  }

  #number(unit: Unit): Syntax {
    const names: (UnitName | null)[] = isSameUnit(unit, noUnit)
      ? [null]
      : isSameUnit(unit, rateUnit)
        ? ['kbps', 'Mbps']
        : ['us', 'ms', 's'];
    return number(pick(this.#draw, numbers), pick(this.#draw, names));
  }

  #share(level: Level, depth: number): Syntax {
    return this.grow(level, noUnit, Math.min(1, depth - 1));
  }

  #divisor(level: Level, depth: number): Syntax {
    return this.#draw(2) === 0 ? number(4, null) : call('max', this.#share(level, depth), number(0.25, null));
  }

  #aggregate(level: Level, unit: Unit, depth: number): Syntax {
    const below: Level[] = [];
    if (level === 'path' && this.#objectiveLevel === 'path') below.push('edge');
    if (level === 'whole')
      below.push('path', 'host', 'vm', ...(this.#objectiveLevel === 'edge' ? (['edge'] as const) : []));
    if (below.length === 0) return this.#term(level, unit);
    const aggregator = pick(this.#draw, ['sum', 'min', 'max', 'mean', 'deviation']);
    const from = pick(this.#draw, below);
    const isShare = from === 'edge' && isSameUnit(unit, noUnit) && this.#draw(3) === 0;
    if (isShare) return call('product', operation('-', number(1, null), name('utilisation')));
    return call(aggregator, this.grow(from, unit, depth - 1));
  }

  /** A term of the level and unit; where there is none, one of another unit times a number. */
  #term(level: Level, unit: Unit): Syntax {
    const own = Object.entries(terms).filter(([, term]) => term.level === level);
    if (level === 'path') {
      if (this.#draw(3) === 0 && isSameUnit(unit, rateUnit)) return name('bottleneck');
      if (isSameUnit(unit, timeUnit)) return name('pathLatency');
    }
    const fitting = own.filter(([, term]) => isSameUnit(term.unit, unit));
    if (fitting.length > 0) return name(pick(this.#draw, fitting)[0]);
    const [other, { unit: found }] = pick(this.#draw, own);
    const suffix = (each: Unit): UnitName | null =>
      isSameUnit(each, noUnit) ? null : isSameUnit(each, rateUnit) ? 'Mbps' : 'ms';
    return operation('*', name(other), operation('/', number(1, suffix(unit)), number(1, suffix(found))));
  }
}
