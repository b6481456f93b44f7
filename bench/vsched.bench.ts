import { setPriority } from 'node:os';
import type { Figure } from './figure.js';
import { missing } from './vnet/stage.js';
import { gridFigures, mixedFigures } from './vsched/grid.js';
import { killFigures } from './vsched/kills.js';
import { beyondFigures, stepFigures } from './vsched/limits.js';
import { type Options, type Part, readOptions } from './vsched/options.js';
import { overheadFigures } from './vsched/overhead.js';
import { peerFigures } from './vsched/peers.js';
import { shieldFigures } from './vsched/shield.js';
import { VschedStage } from './vsched/stage.js';

type Measure = (stage: VschedStage, options: Options) => Promise<Figure[]>;

const parts: Record<Part, Measure> = {
  grid: gridFigures,
  mixed: mixedFigures,
  peers: peerFigures,
  overhead: overheadFigures,
  step: stepFigures,
  beyond: beyondFigures,
  shield: shieldFigures,
  kills: killFigures,
};

/** Measured on nobody's account: the bench itself comes before the ordinary processes that compete. */
const urgent = -20;

/**
 * What processes get that VSched schedules, while others compete for every processor. Needs root. Takes about fifteen minutes;
 * bench/vsched/options.ts says how to choose.
 */
export async function run(): Promise<Figure[]> {
  if (process.getuid?.() !== 0) throw new Error('The benchmark schedules processes in real time: run it as root.');
  const lacking = missing(['clang', 'clang']);
  if (lacking !== undefined) throw new Error(lacking);
  setPriority(urgent);
  const options = readOptions(process.env);
  const stage = await VschedStage.open();
  try {
    const figures: Figure[] = [];
    for (const part of options.parts) {
      await stage.compete();
      const measured = await parts[part](stage, options).catch((error: unknown) => [notMeasured(part, error)]);
      for (const figure of measured) console.error(JSON.stringify(figure));
      figures.push(...measured);
    }
    return figures;
  } finally {
    await stage.close();
  }
}

/** The others are worth their time all the same. */
function notMeasured(part: Part, error: unknown): Figure {
  const [line] = String(error).split('\n');
  return { name: `${part} NOT MEASURED: ${line}`, value: 0, unit: '', target: 'runs', ok: false };
}
