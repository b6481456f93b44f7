import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { rateMbps } from '../schema/quantities.js';

/** One direction of what a demonstration's application wants to send. */
export interface ApplicationFlow {
  source: string;
  destination: string;
  rateMbps: number;
}

/** Reads `application.yaml` of an example: pairs of VMs, each flow in both directions. */
export async function readApplication(path: string): Promise<ApplicationFlow[]> {
  const { flows } = parse(await readFile(path, 'utf8')) as {
    flows: { between: [string, string]; bandwidth: string }[];
  };
  return flows.flatMap(({ between: [a, b], bandwidth }) => [
    { source: a, destination: b, rateMbps: rateMbps(bandwidth) },
    { source: b, destination: a, rateMbps: rateMbps(bandwidth) },
  ]);
}
