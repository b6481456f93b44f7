import type { GuestReport, GuestSpec, HostReport, HostStatus, Observed } from '../../../schema/generated/types.js';

/** What a pass saw; nothing but what a test states. */
export function observed(parts: Partial<Observed> = {}): Observed {
  const traffic = { declaredAtMs: null, smoothingIntervalMs: 2000, demands: [] };
  return { format_version: '1', nowMs: 1_000_000, hosts: [], traffic, lastPlacement: [], ...parts };
}

export function guest(name: string, spec: Partial<GuestSpec> = {}): GuestSpec {
  return { name, network: 'lan', mac: '02:56:00:00:00:99', driver: 'netns', computeCores: 1, memoryMib: 1024, ...spec };
}

type Guests = Record<string, GuestReport['phase'] | { phase: GuestReport['phase']; from: string }>;

/** A host that reports guests, by name, in a phase. */
export function status(host: string, guests: Guests, parts: Partial<HostReport> = {}, connected = true): HostStatus {
  const reports = Object.entries(guests).map(([name, state]): GuestReport => {
    const { phase, from } = typeof state === 'string' ? { phase: state, from: undefined } : state;
    return { guest: guest(name, from === undefined ? {} : { from }), phase };
  });
  const nothing = { networks: [], links: [], rules: [], faults: [] };
  const report = { host, boot: 'b', sequence: 1, generation: 1, atMs: 0, ...nothing, guests: reports, ...parts };
  return { host, connected, report };
}

export const silent = (host: string, guests: Guests): HostStatus => status(host, guests, {}, false);
