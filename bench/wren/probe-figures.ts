import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { namespacePath } from '../../agents/linux/namespace.js';
import type { Figure } from '../figure.js';
import { atMost, info } from '../vnet/figures.js';
import { guestAddress } from '../vnet/stage.js';
import { allCells, type Cell, type LinkKind } from './cells.js';
import { takeCensus } from './census.js';
import { startMessages } from './messages.js';
import { streamPort, WrenStage } from './wren-stage.js';

const busySeconds = 10;
const idleSeconds = 10;

/** That every packet on the path is one that would be there without Wren. */
export async function probeFigures(seed: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  const idle = new Map<LinkKind, number>();
  for (const link of ['two-sided', 'one-sided', 'tcp'] as const) {
    const stage = new WrenStage(cellWith(link), seed);
    try {
      await stage.build();
      figures.push(...(await busyFigures(stage, link, seed)));
      idle.set(link, await idleKeepAlives(stage));
    } finally {
      await stage.tearDown();
    }
  }
  const [stamped = Number.NaN, plain = Number.NaN] = [idle.get('two-sided'), idle.get('one-sided')];
  const more = Math.max(stamped - plain, 0);
  return [...figures, atMost('keep-alives more with stamps than without, 10 s', more, 2, `of ${plain}`)];
}

function cellWith(link: LinkKind): Cell {
  const found = allCells().find(
    (each) => each.link === link && each.rateMbps === 100 && each.cross === 'poisson' && each.congestion === 'cubic',
  );
  if (!found) throw new Error(`there is no cell with a ${link} link`);
  return found;
}

async function busyFigures(stage: WrenStage, link: LinkKind, seed: number): Promise<Figure[]> {
  const { census, result } = await takeCensus(stage.names, async () => {
    const streamBefore = link === 'tcp' ? streamSegments(stage) : 0;
    const course = { seconds: busySeconds, seed };
    const traffic = await startMessages(stage.names, ['g1', 'g2'], guestAddress(2), cellWith(link), course);
    const asking = setInterval(() => void stage.substrate(1).wren?.paths(), 1000);
    const { segmentsOut } = await traffic.over.finally(() => clearInterval(asking));
    return link === 'tcp' ? streamSegments(stage) - streamBefore : segmentsOut;
  });
  const own = link === 'tcp' ? census.stream : census['tunnelled-tcp'];
  const strays = census.other + census['tunnelled-other'];
  return [
    info(`${link}: packets on the path in ${busySeconds} s of traffic`, own, ''),
    atMost(`${link}: packets on the path beyond what the senders' TCP counts`, Math.max(own - result, 0), 0),
    atMost(`${link}: packets of no kind that is there without Wren`, strays, 0),
    atMost(`${link}: packets that the capture missed`, census.missed, 0),
  ];
}

/** Segments sent by the connection of the `tcp` link, as its kernel counts them. */
function streamSegments(stage: WrenStage): number {
  const enter = `--net=${namespacePath(stage.names.host('host-1'))}`;
  const filter = ['-tinH', `( sport = :${streamPort} or dport = :${streamPort} )`];
  const text = execFileSync('nsenter', [enter, 'ss', ...filter], { encoding: 'utf8' });
  return [...text.matchAll(/\bsegs_out:(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}

async function idleKeepAlives(stage: WrenStage): Promise<number> {
  const { census } = await takeCensus(stage.names, () => sleep(idleSeconds * 1000));
  return census['keep-alive'];
}
