import type { FastifyInstance } from 'fastify';
import { scheduleLimits } from '../../schema/schedule.js';
import type { PlaneAxes } from '../vsched/plane.js';
import type { Live } from './live.js';
import { type Problem, problem } from './problem.js';
import { send } from './routes.js';
import { scheduleList, schedulePlane } from './schedule-view.js';

/** Points of one plane: each is a search for a partition. */
const mostPoints = 2500;
const usual = { leastPeriodUs: 1000, mostPeriodUs: 1_000_000, periods: 25, shares: 20 };

/** Schedules of VMs, and the plane of those that are possible. */
export function addSchedules(app: FastifyInstance, live: Live): void {
  app.get('/v1/schedules', () => scheduleList(live.snapshot()));
  app.get('/v1/schedules/:vm/plane', (request, reply) => {
    const axes = readAxes(request.query as Record<string, unknown>);
    if ('status' in axes) return send(reply, axes);
    const { vm } = request.params as { vm: string };
    const plane = schedulePlane(live.snapshot(), vm, axes);
    return typeof plane === 'string' ? send(reply, problem('not-found', plane)) : reply.send(plane);
  });
}

/** `leastPeriodUs`, `mostPeriodUs`: each period is as many times the one before; `periods`, `shares`: how many. */
function readAxes(query: Record<string, unknown>): Omit<PlaneAxes, 'threads'> | Problem {
  const read = Object.entries(usual).map(([name, otherwise]): [string, number] => {
    const text = query[name];
    return [
      name,
      text === undefined ? otherwise : typeof text === 'string' && /^[0-9]{1,13}$/.test(text) ? Number(text) : 0,
    ];
  });
  const { leastPeriodUs, mostPeriodUs, periods, shares } = Object.fromEntries(read) as typeof usual;
  const { longestPeriodUs } = scheduleLimits;
  const isPossible = leastPeriodUs >= 1 && mostPeriodUs >= leastPeriodUs && mostPeriodUs <= longestPeriodUs;
  if (!isPossible || periods < 1 || shares < 1 || periods * shares > mostPoints) {
    const message =
      `Periods are whole numbers from leastPeriodUs=${leastPeriodUs} to mostPeriodUs=${mostPeriodUs}, at most ${longestPeriodUs}; ` +
      `there are at least 1 and at most ${mostPoints} points, of periods=${periods} and shares=${shares}.`;
    return problem('bad-request', message);
  }
  const ratio = mostPeriodUs / leastPeriodUs;
  const step = (place: number) => (periods === 1 ? 0 : place / (periods - 1));
  return {
    periodsUs: Array.from({ length: periods }, (_, place) => Math.round(leastPeriodUs * ratio ** step(place))),
    utilisations: Array.from({ length: shares }, (_, place) => (place + 1) / shares),
  };
}
