import type { GuestUsage, HostObservation, MatrixEntry } from '../../schema/generated/types.js';
import { placed, placedPairs } from './names.js';
import { spansOf } from './spans.js';
import { type HostReadings, notRead, type Reading, type VttifState } from './state.js';

/**
 * Takes in one host's local matrix and the processor time of its guests. A late observation finds its place between those that
 * came before it; duplicates, and what is older than all that is known, change nothing. The first reading of an epoch only gives
 * later ones something to compare with.
 */
export function ingest(state: VttifState, observation: HostObservation, receivedAtMs: number): VttifState {
  const found = state.hosts.findIndex(({ host }) => host >= observation.host);
  const index = found < 0 ? state.hosts.length : found;
  const known = state.hosts[index]?.host === observation.host ? state.hosts[index] : undefined;
  const next = added(known ?? unknownHost(observation), observation, receivedAtMs);
  if (next === null) return state;
  const hosts = state.hosts.slice();
  hosts.splice(index, known ? 1 : 0, next);
  return { ...state, hosts, windowStartMs: state.windowStartMs ?? spansOf(next)[0]?.fromMs ?? null };
}

function unknownHost({ host, epoch }: HostObservation): HostReadings {
  return { host, epoch, ended: [], clockOffsetMs: 0, pairs: [], guests: [], readings: [] };
}

/** Epochs remembered as ended; more restarts than this while one message is under way are not expected. */
const endedKept = 8;

function added(host: HostReadings, observation: HostObservation, receivedAtMs: number): HostReadings | null {
  const { epoch, sequence, atMs } = observation;
  if (host.ended.includes(epoch)) return null;
  const newest = host.readings.at(-1);
  const delayMs = receivedAtMs - atMs;
  if (newest === undefined) return append({ ...host, clockOffsetMs: delayMs }, observation, 0);
  if (epoch !== host.epoch) {
    const ended = [...host.ended, host.epoch].slice(-endedKept);
    return append({ ...onClock(host, delayMs), epoch, ended }, observation, newest.life + 1);
  }
  if (sequence < newest.sequence) return insert(host, observation, newest.life);
  if (sequence === newest.sequence) return null;
  if (wasClockSet(host, newest, atMs, delayMs)) return append(onClock(host, delayMs), observation, newest.life + 1);
  const clockOffsetMs = Math.min(delayMs, host.clockOffsetMs + clockDrift * (atMs - newest.atMs));
  return append({ ...host, clockOffsetMs }, observation, newest.life);
}

function append(host: HostReadings, observation: HostObservation, life: number): HostReadings {
  const { pairs, guests, reading } = read(host, observation, life);
  return { ...host, pairs, guests, readings: [...host.readings, reading] };
}

/** A late observation, among those of the same life. */
function insert(host: HostReadings, observation: HostObservation, life: number): HostReadings | null {
  const { sequence, atMs } = observation;
  const index = host.readings.findIndex((each) => each.life === life && each.sequence >= sequence);
  const [before, after] = [host.readings[index - 1], host.readings[index]];
  if (before?.life !== life || after === undefined || after.sequence === sequence) return null;
  if (atMs <= before.atMs || atMs >= after.atMs) return null;
  const { pairs, guests, reading } = read(host, observation, life);
  return { ...host, pairs, guests, readings: host.readings.toSpliced(index, 0, reading) };
}

/** How much faster one of two clocks may run. The smallest delay seen is closest to their difference; it may rise this slowly. */
const clockDrift = 0.001;
/** A delay that falls by more than this below the smallest was not only held up before: the agent's clock was put forward. */
const clockStepMs = 60_000;

function wasClockSet(host: HostReadings, newest: Reading, atMs: number, delayMs: number): boolean {
  return atMs <= newest.atMs || delayMs < host.clockOffsetMs - clockStepMs;
}

/** All readings on a clock that differs by `offsetMs` from the reconciler's. */
function onClock(host: HostReadings, offsetMs: number): HostReadings {
  const shiftMs = host.clockOffsetMs - offsetMs;
  const readings = host.readings.map((reading) => ({ ...reading, atMs: reading.atMs + shiftMs }));
  return { ...host, clockOffsetMs: offsetMs, readings };
}

function read(
  host: HostReadings,
  { sequence, atMs, matrix, guests }: HostObservation,
  life: number,
): { pairs: string[]; guests: string[]; reading: Reading } {
  const sent = matrix.filter((entry) => !isGroup(entry));
  const pairs = placedPairs(host.pairs, sent);
  const names = placed(
    host.guests,
    guests.map(({ guest }) => guest),
  );
  const bytes = new Float64Array(pairs.names.length).fill(notRead);
  pairs.places.forEach((place, index) => {
    bytes[place] = sent[index]?.bytes ?? notRead;
  });
  const laidOut = (timeOf: (guest: GuestUsage) => number) => {
    const values = new Array<number>(names.names.length).fill(notRead);
    guests.forEach((guest, index) => {
      values[names.places[index] ?? 0] = timeOf(guest);
    });
    return values;
  };
  const reading = {
    life,
    sequence,
    atMs,
    bytes,
    cpuMs: laidOut(({ cpuMs }) => cpuMs),
    waitMs: laidOut(({ waitMs = notRead }) => waitMs),
  };
  return { pairs: pairs.names, guests: names.names, reading };
}

/** Broadcast and multicast have no single receiver, so they are no demand between two VMs. */
function isGroup({ destination }: Pick<MatrixEntry, 'destination'>): boolean {
  return (Number.parseInt(destination.slice(0, 2), 16) & 1) === 1;
}
