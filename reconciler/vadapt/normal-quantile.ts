const halvings = 60;
const mostSigmas = 10;

/** z of the standard normal distribution with P(Z <= z) = probability, for 0.5 <= probability < 1. */
export function normalQuantile(probability: number): number {
  let [low, high] = [0, mostSigmas];
  for (let halving = 0; halving < halvings; halving++) {
    const middle = (low + high) / 2;
    if (below(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(Z <= z) for z >= 0: 1/2 + density * (z + z^3/3 + z^5/15 + ...), Abramowitz and Stegun 26.2.11. */
function below(z: number): number {
  let term = z;
  let sum = z;
  for (let odd = 3; term > sum * 1e-17; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}
