import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '../../schema/generated/types.js';
import { drawFrom } from '../generators/draw.js';
import { commitsInGit, commitsInMemory } from './faults/commits.js';
import type { StepMoment } from './faults/mortal-reconciler.js';
import { type InEffect, type Repository, World } from './faults/world.js';

interface Ended {
  /** Steps of the plan that the commit led to; none when its pass did not end. */
  steps: Step[];
  inEffect: InEffect;
  breaches: string[];
  unfinishedMoves: readonly string[];
  /** Connections of agents that ended. */
  lostConnections: number;
  /** Whether everything was as it should be once more a pass later, with nothing recorded. */
  atRest: boolean;
}

/**
 * A fleet at rest, then a commit, then whatever `fault` does to the world, until nothing is left to do. `fault` is called at every
 * moment of every step and returns true when it has killed the reconciler.
 */
async function play(
  seed: number,
  fault: Fault,
  repository: Repository = commitsInMemory(),
  lossPerMille = 0,
): Promise<Ended> {
  const world = new World(repository, { draw: drawFrom(seed), delayMs: 2, lossPerMille });
  await world.start();
  const passes = world.reconciler.summaries.length;
  repository.commit();
  const died = new Promise<void>((resolve) => {
    world.onMoment = (moment, life) => {
      if (!fault(moment, world)) return;
      life.end();
      resolve();
    };
  });
  const first = world.reconciler;
  first.loop.requestPass('a commit');
  await Promise.race([world.converged(), died]);
  if (!first.life.alive) {
    await world.restart();
    await world.converged();
  }
  const inEffect = await world.inEffect();
  world.reconciler.loop.requestPass('another look');
  const again = await world.converged();
  const atRest = again.commit === null && isDeepStrictEqual(await world.inEffect(), inEffect);
  const lostConnections = world.log.filter((line) => line.endsWith('is gone.')).length;
  const breaches = await world.close();
  const steps = first.summaries[passes]?.plan?.steps ?? [];
  return { steps, inEffect, breaches, unfinishedMoves: world.unfinishedMoves, lostConnections, atRest };
}

type Fault = (moment: StepMoment, world: World) => boolean;

const none: Fault = () => false;

let whole: Ended;

/** What is wrong with how a run ended; empty when nothing is. */
function faultsOf(name: string, ended: Ended, hits: number): string[] {
  const wrong = [...ended.breaches];
  if (hits === 0) wrong.push('the fault never happened');
  const different = ended.inEffect.filter((report, index) => !isDeepStrictEqual(report, whole.inEffect[index]));
  if (different.length > 0) wrong.push(`${different.map(({ host }) => host).join(', ')} ended otherwise`);
  if (!ended.atRest) wrong.push('it did not stay at rest');
  return wrong.map((what) => `${name}: ${what}`);
}

/** Runs tasks, a few at a time: they mostly wait for timers. */
async function abreast<T>(tasks: (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const left = [...tasks];
  const work = async () => {
    for (let task = left.shift(); task; task = left.shift()) results.push(await task());
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return results;
}

/** Kills the reconciler at the first moment that fits. */
async function killedAt(
  name: string,
  seed: number,
  fits: (moment: StepMoment) => boolean,
  repository?: Repository,
): Promise<string[]> {
  let hits = 0;
  const fault: Fault = (moment) => {
    if (hits > 0 || !fits(moment)) return false;
    hits += 1;
    return true;
  };
  return faultsOf(name, await play(seed, fault, repository), hits);
}

beforeAll(async () => {
  whole = await play(1, none);
});

describe('a reconciler that is killed', () => {
  it('has a long plan to be killed in, which goes well when it is not', () => {
    expect(whole.steps.length).toBeGreaterThanOrEqual(10);
    expect(new Set(whole.steps.map(({ kind }) => kind))).toEqual(
      new Set(['join', 'link-up', 'route', 'unroute', 'stop', 'move', 'start', 'link-down']),
    );
    expect(whole.breaches).toEqual([]);
    expect(whole.unfinishedMoves).toEqual([]);
    expect(whole.atRest).toBe(true);
  });

  for (const when of ['before', 'after'] as const) {
    it(`converges after a restart when killed ${when} each step`, async () => {
      const runs = whole.steps.map(
        ({ id, title }) =>
          () =>
            killedAt(`${when} step ${id} (${title})`, id, ({ step, moment }) => step.id === id && moment === when),
      );
      expect((await abreast(runs)).flat()).toEqual([]);
    }, 120_000);
  }

  it('converges after a restart when killed within each step, after each of its messages', async () => {
    const runs = whole.steps.flatMap(({ id, title, edits }) =>
      edits.map(
        (_, index) => () =>
          killedAt(
            `message ${index + 1} of step ${id} (${title})`,
            100 * id + index,
            ({ step, moment, sent }) => step.id === id && moment === 'sent' && sent === index + 1,
          ),
      ),
    );
    expect((await abreast(runs)).flat()).toEqual([]);
  }, 240_000);

  it('converges after a restart that has nothing but git and the fleet', async () => {
    const moments = ['before', 'sent', 'after'] as const;
    const runs = whole.steps.map(({ id, title }) => () => {
      const when = moments[id % moments.length];
      const fits = ({ step, moment }: StepMoment) => step.id === id && moment === when;
      return killedAt(`git, ${when} step ${id} (${title})`, id, fits, commitsInGit());
    });
    expect((await abreast(runs)).flat()).toEqual([]);
  }, 240_000);
});

/** Kills the agent of a host when something on it has changed for the `nth` time within a step, and starts it again. */
async function crashedAgent(name: string, seed: number, stepId: number, host: string, nth: number): Promise<string[]> {
  let hits = 0;
  let changes = 0;
  const fault: Fault = ({ step, moment }, world) => {
    if (moment === 'before')
      world.onChange = (changed) => {
        if (step.id !== stepId || changed !== host || hits > 0) return;
        changes += 1;
        if (changes < nth) return;
        hits += 1;
        const agent = world.agents.get(host);
        agent?.crash();
        setTimeout(() => void agent?.start(), 20);
      };
    return false;
  };
  return faultsOf(name, await play(seed, fault), hits);
}

describe('an agent that is killed', () => {
  it('is brought on by the reconciler when killed in the middle of a move', async () => {
    const parts = ['links', 'guests', 'rules', 'leftovers'];
    const moves = whole.steps.filter(({ kind }) => kind === 'move');
    expect(moves.length).toBeGreaterThanOrEqual(3);
    const runs = moves.flatMap(({ id, title, edits }) =>
      edits.flatMap(({ host }) =>
        parts.map(
          (part, index) => () =>
            crashedAgent(`${host} after its ${part} in step ${id} (${title})`, id, id, host, index + 1),
        ),
      ),
    );
    expect((await abreast(runs)).flat()).toEqual([]);
  }, 240_000);
});

describe('a bad network', () => {
  it('delays the same end and cuts nothing off, however connections break', async () => {
    const runs = Array.from({ length: 24 }, (_, seed) => () => play(seed, none, commitsInMemory(), 10));
    const ended = await abreast(runs);
    expect(ended.reduce((sum, { lostConnections }) => sum + lostConnections, 0)).toBeGreaterThan(24);
    expect(ended.flatMap((each, index) => faultsOf(`run ${index}`, each, 1))).toEqual([]);
  }, 240_000);
});
