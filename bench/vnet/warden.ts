// warden.ts PID: waits until the benchmark with this process id ends, by whatever, which closes this process's standard input, and takes
// down the labs that it left.
import { sweep } from './sweep.js';

const pid = Number(process.argv[2]);
process.stdin.resume();
process.stdin.once('end', () => void sweep((each) => each === pid));
