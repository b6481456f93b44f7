import { expect, it } from 'vitest';
import { describeLab, environment, has } from './environment.js';

it('knows this machine', () => {
  const facts = environment();
  expect(facts.root).toBe(process.getuid?.() === 0);
  expect(has('clang')).toBe(facts.clang);
});

let hasRun = false;

describeLab('a suite without needs', [], () => {
  it('runs everywhere', () => {
    hasRun = true;
  });
});

it('has run the suite without needs', () => expect(hasRun).toBe(true));
