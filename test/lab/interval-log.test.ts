import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { IntervalLog } from '../../lab/interval-log.js';
import type { LabProcess } from '../../lab/process.js';

it('reads what iperf3 prints: intervals, errors, and not the summary', async () => {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const program: LabProcess = {
    pid: 1,
    output,
    errors,
    ended: new Promise(() => undefined),
    end: async () => undefined,
  };
  const log = new IntervalLog(program);
  output.write('Server listening on 5201 (test #1)\n[ ID] Interval           Transfer     Bitrate\n');
  output.write('[  5]   0.00-0.50   sec   595 KBytes  9748 Kbits/sec                  \n[ 5]   0.50-1.00   sec');
  output.write('  1.19 MBytes  20000 Kbits/sec    0   14.1 KBytes       \n');
  output.write('[  5]   0.00-1.00   sec  1.77 MBytes  14874 Kbits/sec                  receiver\n');
  errors.write('iperf3: error - control socket has closed unexpectedly\n');
  expect(await log.sees('Server listening', 1000)).toBe(true);
  await sleep(10);
  expect(log.intervals).toEqual([
    { seconds: 0.5, rateMbps: 9.748 },
    { seconds: 0.5, rateMbps: 20 },
  ]);
  expect(log.errors).toEqual(['iperf3: error - control socket has closed unexpectedly']);
});
