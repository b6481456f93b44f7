import { describe, expect, it } from 'vitest';
import { Supersession } from '../../reconciler/supersession.js';

/** Something that newer commits are asked of, answered one after the other by `answer`. */
function asked() {
  const waiting: ((commit: string | null) => void)[] = [];
  let questions = 0;
  const supersession = new Supersession(() => {
    questions += 1;
    return new Promise((resolve) => waiting.push(resolve));
  });
  const answer = async (commit: string | null) => {
    waiting.shift()?.(commit);
    await Promise.resolve();
    await Promise.resolve();
  };
  return { supersession, answer, questions: () => questions };
}

describe('a plan that is carried out', () => {
  it('is told to stop, with the commit that it makes way for', async () => {
    const { supersession, answer } = asked();
    let stop: AbortSignal | undefined;
    const done = supersession.during(async (signal) => {
      stop = signal;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return 'stopped';
    });
    supersession.asked();
    expect(stop?.aborted).toBe(false);
    await answer('commit-2');
    expect(await done).toBe('stopped');
    expect(stop?.reason).toBe('commit-2');
  });

  it('goes on when the commit is no other, and is asked about once more when somebody asked meanwhile', async () => {
    const { supersession, answer, questions } = asked();
    let end: () => void = () => undefined;
    const done = supersession.during(
      (signal) => new Promise<boolean>((resolve) => (end = () => resolve(signal.aborted))),
    );
    supersession.asked();
    supersession.asked();
    supersession.asked();
    expect(questions()).toBe(1);
    await answer(null);
    expect(questions()).toBe(2);
    await answer(null);
    expect(questions()).toBe(2);
    end();
    expect(await done).toBe(false);
  });

  it('ends only when nobody reads the repository for it any more', async () => {
    const { supersession, answer } = asked();
    let isOver = false;
    const done = supersession.during(async () => supersession.asked()).then(() => (isOver = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    await answer(null);
    await done;
  });

  it('is not asked about when there is none', () => {
    const { supersession, questions } = asked();
    supersession.asked();
    expect(questions()).toBe(0);
  });
});

it('lets a step wait for any number of hosts, without a warning', async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error) => warnings.push(warning);
  process.on('warning', warned);
  await new Supersession(async () => null).during(async (stop) => {
    for (let host = 0; host < 100; host++) stop.addEventListener('abort', () => host);
  });
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', warned);
  expect(warnings).toEqual([]);
});
