import { IntervalLog } from '../../../lab/interval-log.js';
import { startProcess } from '../../../lab/process.js';
import { measureCountingCost } from '../../vnet/counting.js';
import { udpLink, Virtuoso } from '../../vnet/virtuoso.js';

const direct = { encrypts: false, hosts: [1, 2, 3], route: 'direct', link: udpLink } as const;
const listenMs = 5000;

/** The share of TCP throughput of a guest that VTTIF's counters cost; see `measureCountingCost`. */
export async function countingCost(seconds: number): Promise<number> {
  const design = new Virtuoso({ ...direct, id: 'counting', name: '`udp` link' });
  try {
    const pair = await design.setUp();
    const server = { namespace: pair.receiver, command: 'iperf3', args: ['-s', '--forceflush'] };
    const log = new IntervalLog(await startProcess(design.stage.names, server));
    if (!(await log.sees('Server listening', listenMs)))
      throw new Error(`iperf3 does not listen: ${log.errors.join()}`);
    return await measureCountingCost(design, pair, seconds);
  } finally {
    await design.tearDown();
  }
}
