import { type Application, applicationFaults } from './application.js';
import { type CrossTraffic, crossTrafficFaults } from './cross-traffic.js';
import type { Lie } from './lie.js';

/** What happens in an emulated world, and when. Times are milliseconds since its beginning, which is when it is played. */
export interface Scenario {
  /** Of everything in it that is drawn by lot. */
  seed: number;
  /** Cross traffic ends then. */
  durationMs: number;
  applications: Application[];
  crossTraffic: CrossTraffic[];
  failures: LinkFailure[];
  conduct: HostConduct[];
}

/** The underlay carries no frames of links between two hosts, in either direction. */
export interface LinkFailure extends Span {
  a: string;
  b: string;
}

interface Span {
  fromMs: number;
  /** Left out: for good. */
  untilMs?: number;
}

/** How a host misbehaves. */
export type HostConduct = { host: string } & Span &
  (
    | {
        /** `mute`: it tells nothing of traffic and paths any more; `gone`: its agent is not connected. Its guests run on. */
        kind: 'mute' | 'gone';
      }
    | ({ kind: 'lies' } & Lie)
  );

/** What a scenario may name. */
export interface Cast {
  hosts: ReadonlySet<string>;
  resources: ReadonlySet<string>;
}

/** What is wrong with a scenario, for people; nothing if it can be played. Guests that do not run are not wrong: they are waited for. */
export function scenarioFaults(scenario: Scenario, { hosts, resources }: Cast): string[] {
  const { durationMs, applications, crossTraffic, failures, conduct } = scenario;
  return [
    ...(durationMs > 0 ? [] : [`The scenario lasts ${durationMs} ms: give it a duration above 0.`]),
    ...applications.flatMap(applicationFaults),
    ...applications.flatMap((each, i) => spanFaults(each, `Application ${i + 1}`)),
    ...crossTraffic.flatMap((each) => crossTrafficFaults(each, resources)),
    ...failures.flatMap((each) => spanFaults(each, `The failure between ${each.a} and ${each.b}`)),
    ...conduct.flatMap((each) => spanFaults(each, `The conduct of ${each.host}`)),
    ...[...failures.flatMap(({ a, b }) => [a, b]), ...conduct.map(({ host }) => host)].flatMap((host) =>
      hosts.has(host) ? [] : [`The fleet has no host ${host}: name one of its own.`],
    ),
    ...conduct.flatMap((each) =>
      each.kind === 'lies' &&
      ![each.matrix, each.links, each.paths].every((factor) => factor === undefined || factor >= 0)
        ? [`The lies of ${each.host}: factors must not be negative.`]
        : [],
    ),
  ];
}

/** Whether something with a span is so at a time. */
export function holds({ fromMs, untilMs = Number.POSITIVE_INFINITY }: Span, atMs: number): boolean {
  return atMs >= fromMs && atMs < untilMs;
}

function spanFaults({ fromMs, untilMs }: Span, about: string): string[] {
  const isRight = fromMs >= 0 && (untilMs === undefined || untilMs > fromMs);
  return isRight
    ? []
    : [`${about} lasts from ${fromMs} to ${untilMs} ms: let it begin at 0 or later, and end after that.`];
}
