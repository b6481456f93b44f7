/** Factors by which what a host tells is false: the growth of its matrix, and of its links' counters; the bandwidth of its paths. */
export interface Lie {
  matrix?: number;
  links?: number;
  paths?: number;
}
