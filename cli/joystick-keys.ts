import type { Direction } from './joystick-model.js';

/** What keys mean. */
export type Push = { kind: 'step'; direction: Direction; isLarge: boolean } | { kind: 'propose' | 'restore' | 'leave' };

const escapeKey = '\u001b';
const endOfText = '\u0003';

/** What terminals send after an escape, without the modifier. */
const directions: Record<string, { direction: Direction; isLarge: boolean }> = {
  A: { direction: 'up', isLarge: false },
  B: { direction: 'down', isLarge: false },
  C: { direction: 'right', isLarge: false },
  D: { direction: 'left', isLarge: false },
  '5~': { direction: 'up', isLarge: true },
  '6~': { direction: 'down', isLarge: true },
};

const letters: Record<string, Push['kind']> = { s: 'propose', r: 'restore', q: 'leave', [endOfText]: 'leave' };

/** Keys in what a terminal has sent, which may be several; others mean nothing. */
export function pushesIn(sent: string): Push[] {
  const [before = '', ...sequences] = sent.split(escapeKey);
  const typed = (text: string): Push[] => [...text].flatMap((letter) => plainPush(letters[letter]));
  return [
    ...typed(before),
    ...sequences.flatMap((sequence) => {
      const [all, modified, final] = /^(?:\[|O)(?:1;(\d))?([A-D]|[56]~)/.exec(sequence) ?? [];
      const found = directions[final ?? ''];
      if (all === undefined || found === undefined) return typed(sequence.slice(1));
      const step: Push = { kind: 'step', ...found, isLarge: found.isLarge || modified === '2' };
      return [step, ...typed(sequence.slice(all.length))];
    }),
  ];
}

function plainPush(kind: Push['kind'] | undefined): Push[] {
  return kind === undefined || kind === 'step' ? [] : [{ kind }];
}
