import fc from 'fast-check';
import { writeNeighbours } from '../../agents/vnet/neighbours.js';
import { CorePrograms, type Entry } from '../../test/agents/vnet/core-programs.js';
import { addresses, damaged, macs, neighbourFrame } from '../../test/agents/vnet/neighbour-frames.js';
import { expectedAnswer } from '../../test/agents/vnet/neighbour-reference.js';
import { PacketPrograms, wholeLength } from '../../test/agents/vnet/packet-programs.js';
import { ethernetLength, macBytes } from '../../test/agents/vnet/packets.js';
import { frameMin, type RunResult, redirect, shot, unspecified } from '../../test/agents/vnet/program-run.js';
import { clamped, expectedError, largestFrame, segmentOf, segmentSum } from '../../test/agents/vnet/size-reference.js';
import { openingFrame, sizedFrame } from '../../test/agents/vnet/sized-frames.js';

/** When to stop: whichever comes first. */
export interface FuzzBudget {
  seed: number;
  durationMs: number;
  /** Frames; as many as there is time for when left out. */
  runs?: number;
}

export interface FuzzResult {
  /** Frames that were given to programs. */
  runs: number;
  /** What went wrong, with the frame in hexadecimal; at most `problemsMax`. */
  problems: string[];
}

const problemsMax = 20;
const batch = 500;
const vni = 77;
const mtu = 1450;
const [guest = ''] = macs;
const neighbours = addresses.slice(0, 4).map((address, index) => ({ address, mac: macs[index] ?? '' }));
const passed = 0;

const noise = fc.uint8Array({ minLength: frameMin, maxLength: 3000 }).map((bytes) => Buffer.from(bytes));
const anyFrame = fc.oneof(
  damaged(neighbourFrame),
  damaged(openingFrame),
  damaged(sizedFrame),
  fc.oneof(neighbourFrame, openingFrame, sizedFrame),
  noise,
);
const anyInput = fc.record({
  frame: anyFrame,
  segmentBytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1600 })),
});
type Input = typeof anyInput extends fc.Arbitrary<infer T> ? T : never;

/**
 * Gives random, made-up and damaged frames to the parsers in the kernel, and compares what the packet functions make of them with
 * their references. Of the whole core every action must be a known one. Frames are redirected nowhere.
 * @throws if this machine cannot load the programs.
 */
export function fuzzBpfParsers({ seed, durationMs, runs = Number.POSITIVE_INFINITY }: FuzzBudget): FuzzResult {
  const packets = PacketPrograms.load();
  const core = CorePrograms.load(vni, mtu, guest, neighbours);
  const result: FuzzResult = { runs: 0, problems: [] };
  try {
    const end = performance.now() + durationMs;
    writeNeighbours(packets, [{ name: 'lan', vni, mtu, proxy: 'host-1', neighbours }]);
    for (let round = 0; result.runs < runs && result.problems.length < problemsMax; round++) {
      if (performance.now() >= end) break;
      const inputs = fc.sample(anyInput, { seed: seed + round, numRuns: Math.min(batch, runs - result.runs) });
      for (const input of inputs) {
        result.runs++;
        const problem = judge(packets, core, input);
        if (problem) result.problems.push(`${problem}: ${input.frame.toString('hex')} in ${input.segmentBytes}`);
      }
    }
    return { ...result, problems: result.problems.slice(0, problemsMax) };
  } finally {
    core.close();
    packets.close();
  }
}

function judge(packets: PacketPrograms, core: CorePrograms, input: Input): string | undefined {
  const { frame, segmentBytes } = input;
  try {
    packets.forgetErrors();
    return (
      answerProblem(frame, packets.answer(frame, vni)) ??
      sizeProblem(input, packets.size(frame, mtu, segmentBytes)) ??
      coreProblem(input, core)
    );
  } catch (error) {
    return (error as Error).message;
  }
}

function answerProblem(frame: Buffer, result: RunResult): string | undefined {
  const expected = expectedAnswer(frame, neighbours);
  if (result.action !== (expected ? redirect : unspecified)) return `answer did ${result.action}`;
  return result.frame.equals(expected ?? frame) ? undefined : `answer made ${result.frame.toString('hex')}`;
}

function sizeProblem({ frame, segmentBytes }: Input, result: RunResult): string | undefined {
  const fits = frame.length <= ethernetLength + mtu || largestFrame(frame, segmentBytes) <= ethernetLength + mtu;
  const expected = fits ? clamped(frame, mtu) : expectedError(frame, mtu, segmentBytes);
  if (result.action !== (fits ? unspecified : expected ? redirect : shot)) return `size did ${result.action}`;
  const made = `size made ${result.frame.toString('hex')}`;
  const segment = fits && expected !== frame ? segmentOf(frame) : undefined;
  if (!segment) return !expected || result.frame.equals(expected) ? undefined : made;
  if (segmentSum(result.frame, segment) % 0xffff !== segmentSum(frame, segment) % 0xffff) return made;
  const checksum = segment.at + 16;
  const same = Buffer.from(expected ?? frame);
  result.frame.copy(same, checksum, checksum, checksum + 2);
  return result.frame.equals(same) ? undefined : made;
}

/** The guest's frames reach the parsers behind the check of their source. */
function coreProblem({ frame, segmentBytes }: Input, core: CorePrograms): string | undefined {
  const whole = Buffer.concat([frame, Buffer.alloc(Math.max(0, wholeLength - frame.length))]);
  const own = Buffer.concat([whole.subarray(0, 6), macBytes(guest), whole.subarray(12)]);
  const trials: [Entry, Buffer][] = [
    ['port', own],
    ['port', whole],
    ['lan', whole],
    ['link', whole],
    ['carrier', whole],
  ];
  for (const [entry, each] of trials) {
    const { action } = core.run(entry, each, segmentBytes);
    if (![passed, shot, redirect].includes(action)) return `${entry} did ${action}`;
  }
  return undefined;
}
