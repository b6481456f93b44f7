import type { Block } from './cross-blocks.js';

const leastBlocks = 4;
/** Standard errors by which the rates before and after must differ: more than chance gives at any of the places looked at. */
const significant = 5;
/** And relative to the capacity: what errors of a model may do. */
const leastChange = 0.12;

/**
 * When cross traffic last changed for good: the end of the block after which its rate differs most from that before. Chance is
 * told from how each block differs from the next, which a single step hardly adds to. Undefined if it goes on as it was.
 */
export function rateChangeNs(blocks: Block[], bitsPerNs: number): number | undefined {
  const crossBits = blocks.map((block) => bitsPerNs * block.arrivingNs - block.bits);
  const squares = blocks.map((block, i) => {
    const before = blocks[i - 1];
    if (!before) return 0;
    const change = (crossBits[i] as number) / block.departingNs - (crossBits[i - 1] as number) / before.departingNs;
    return change ** 2 / (1 / block.departingNs + 1 / before.departingNs);
  });
  const total = {
    crossBits: sum(crossBits),
    departingNs: sum(blocks.map(({ departingNs }) => departingNs)),
    squares: sum(squares),
  };
  const before = { crossBits: 0, departingNs: 0 };
  let [largest, atNs] = [significant, undefined as number | undefined];
  for (let i = 0; i < blocks.length - leastBlocks; i += 1) {
    const block = blocks[i] as Block;
    before.crossBits += crossBits[i] as number;
    before.departingNs += block.departingNs;
    if (i + 1 < leastBlocks) continue;
    const afterNs = total.departingNs - before.departingNs;
    const change = Math.abs((total.crossBits - before.crossBits) / afterNs - before.crossBits / before.departingNs);
    // The difference across the split itself is no chance.
    const variance = (total.squares - (squares[i + 1] as number)) / (blocks.length - 2);
    const errors = change / Math.sqrt(variance * (1 / afterNs + 1 / before.departingNs));
    if (change < leastChange * bitsPerNs || errors <= largest) continue;
    [largest, atNs] = [errors, block.toNs];
  }
  return atNs;
}

function sum(values: number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
