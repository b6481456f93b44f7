import { expect, it } from 'vitest';
import { type BackendProbe, chooseBackend } from '../../../agents/vsched/probe-backends.js';
import { VirtualWorld } from './virtual-world.js';

const works = async () => undefined;
const opens = (kind: BackendProbe['kind']) => ({ kind, open: () => new VirtualWorld().backend });
const fails = (kind: BackendProbe['kind']): BackendProbe => ({
  kind,
  open: () => {
    throw new Error('there is no compiler: install one');
  },
});

it('is the first that works, and says why those before are not there', async () => {
  const probes = [fails('edf'), opens('deadline'), opens('quota')];
  expect(await chooseBackend('auto', probes, works)).toMatchObject({
    kind: 'chosen',
    lacks: ['No edf schedules: there is no compiler: install one'],
  });
});

it('is not one that opens but does not schedule', async () => {
  const tried: unknown[] = [];
  const trial = async (backend: unknown) => {
    tried.push(backend);
    return tried.length === 1 ? 'a process got nothing' : undefined;
  };
  const chosen = await chooseBackend('auto', [opens('edf'), opens('quota')], trial);
  expect(chosen).toMatchObject({ kind: 'chosen', lacks: ['No edf schedules: a process got nothing'] });
  expect(chosen.kind === 'chosen' && chosen.backend).toBe(tried[1]);
});

it('is the one that was asked for, or none', async () => {
  const probes = [opens('edf'), fails('deadline')];
  expect(await chooseBackend('deadline', probes, works)).toEqual({
    kind: 'none',
    lacks: ['No deadline schedules: there is no compiler: install one'],
  });
  expect(await chooseBackend('edf', probes, works)).toMatchObject({ kind: 'chosen', lacks: [] });
});
