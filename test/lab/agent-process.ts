/** Run as a program: opens a host's substrate, brings it to the HostState of a file again and again, and prints each time. */
import { readFileSync } from 'node:fs';
import { converge } from '../../agents/converge.js';
import { netnsSubstrate } from '../../agents/netns-substrate.js';
import { labNames } from '../../lab/names.js';
import { labSubstrateOptions } from '../../lab/substrate.js';
import type { HostState } from '../../schema/generated/types.js';

const [lab = '', host = '', file = ''] = process.argv.slice(2);
const substrate = await netnsSubstrate(labSubstrateOptions(labNames(lab), host));
for (;;) {
  const state = JSON.parse(readFileSync(file, 'utf8')) as HostState;
  process.stdout.write(`${JSON.stringify(await converge(substrate, state))}\n`);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
