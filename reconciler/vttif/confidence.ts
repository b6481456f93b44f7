import { allowedEdits, edits, type Fit } from './shape/fit.js';
import type { Edge, Graph } from './shape/graph.js';

/** What was seen beside the edges of a graph, for telling how near they were to being pruned. */
export interface Surroundings {
  /** Rate from which on an entry is kept. */
  floorMbps: number;
  /** Rates of entries between the VMs of the application that were pruned. */
  prunedMbps: readonly number[];
}

/** Relative error that a rate is taken to have. */
const uncertainty = 0.15;

/** Confidence in the pattern that a graph fits, exactly or but for a few edges. */
export function confidenceOf(graph: Graph, fit: Fit, surroundings?: Surroundings): number {
  const allowed = allowedEdits(graph, fit.members);
  const doubt = (0.5 * cost(graph, fit)) / (allowed + 1);
  return rounded((1 - doubt) * steadiness(graph, allowed, surroundings));
}

/** Confidence that a graph has none of the patterns: it rises with the distance from the nearest. */
export function confidenceOfNone(graph: Graph, nearest: Fit | undefined, surroundings?: Surroundings): number {
  if (nearest === undefined) return rounded(steadiness(graph, 0, surroundings));
  const allowed = allowedEdits(graph, nearest.members);
  const doubt = (0.5 * (allowed + 1)) / Math.max(edits(nearest), allowed + 1);
  return rounded((1 - doubt) * steadiness(graph, allowed, surroundings));
}

/** Missing edges count fully; what is there beyond the pattern counts less if it is light, as noise is. */
function cost({ edges }: Graph, { missing, spurious }: Fit): number {
  const usual = median(edges);
  return spurious.reduce((sum, { weight }) => sum + Math.min(1, weight / usual), missing);
}

/** How likely it is that no more edges than a pattern allows for are on the wrong side of the threshold. */
function steadiness({ edges }: Graph, allowed: number, surroundings: Surroundings | undefined): number {
  if (surroundings === undefined || surroundings.floorMbps <= 0) return 1;
  const { floorMbps, prunedMbps } = surroundings;
  const rates = [...edges.map(({ weight }) => weight), ...prunedMbps];
  const wrong = rates.reduce((sum, rate) => sum + tail(Math.abs(rate - floorMbps) / (uncertainty * floorMbps)), 0);
  return Math.exp(-wrong / (1 + allowed));
}

/** Share of a normal distribution beyond so many standard deviations on one side (Abramowitz and Stegun 26.2.17, four digits). */
function tail(deviations: number): number {
  if (deviations > 6) return 0;
  const t = 1 / (1 + 0.33267 * deviations);
  const density = Math.exp((-deviations * deviations) / 2) / Math.sqrt(2 * Math.PI);
  return density * t * (0.4361836 + t * (-0.1201676 + t * 0.937298));
}

function median(edges: readonly Edge[]): number {
  const weights = edges.map(({ weight }) => weight).sort((a, b) => a - b);
  return weights[Math.floor(weights.length / 2)] ?? 1;
}

function rounded(confidence: number): number {
  return Math.round(confidence * 1000) / 1000;
}
