/** Two arrivals in a row of packets between which the bottleneck's queue did not run empty. */
export interface BusyPair {
  atNs: number;
  /** Of the second packet. */
  bits: number;
  departingNs: number;
  arrivingNs: number;
}
