/** The running configuration in the problem's indices. */
export interface Running {
  mapping: number[];
  /** For each demand. */
  paths: number[][];
  /** Pairs of hosts with a link between them. */
  links: (readonly [number, number])[];
}
