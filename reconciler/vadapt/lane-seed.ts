/** Seeds of lanes far apart, by a multiplicative hash (Knuth, TAOCP 6.4). */
export function laneSeed(seed: number, place: number): number {
  return (seed + Math.imul(place, 0x9e3779b1)) | 0;
}
