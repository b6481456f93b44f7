/** How long the benchmark takes and how much it sees; all may be set in the environment. */
export interface Options {
  /** Every design is measured in each round. */
  rounds: number;
  /** How often in a round the designs are measured that differ little. */
  turns: number;
  /** Of the order of the designs. */
  seed: number;
  tcpSeconds: number;
  udpSeconds: number;
  echoes: number;
  /** Switches of the rule set of 10,000. */
  switches: number;
  /** Of the connection during which counting goes on and off. */
  countingSeconds: number;
  /** Only designs whose names contain one of these; all if empty. */
  only: string[];
}

const usual: Options = {
  rounds: 5,
  turns: 4,
  seed: 1,
  tcpSeconds: 1,
  udpSeconds: 1,
  echoes: 2000,
  switches: 40,
  countingSeconds: 20,
  only: [],
};

/** A look at whether everything runs, in about two minutes; its figures say little. */
const quick: Options = { ...usual, rounds: 1, turns: 2, switches: 10, countingSeconds: 5 };

/**
 * `VNET_BENCH_QUICK=1`; `VNET_BENCH_ROUNDS`, `_TURNS`, `_SEED`, `_TCP_SECONDS`, `_UDP_SECONDS`, `_ECHOES`, `_SWITCHES`,
 * `_COUNTING_SECONDS`; `VNET_BENCH_ONLY` (names, comma-separated).
 * @throws if one of them is not a whole number above 0.
 */
export function readOptions(environment: NodeJS.ProcessEnv): Options {
  const preset = environment.VNET_BENCH_QUICK ? quick : usual;
  const number = (name: string, otherwise: number): number => {
    const text = environment[`VNET_BENCH_${name}`];
    if (text === undefined) return otherwise;
    if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new Error(`VNET_BENCH_${name} is ${text}: set a whole number above 0`);
    return Number(text);
  };
  return {
    rounds: number('ROUNDS', preset.rounds),
    turns: number('TURNS', preset.turns),
    seed: number('SEED', preset.seed),
    tcpSeconds: number('TCP_SECONDS', preset.tcpSeconds),
    udpSeconds: number('UDP_SECONDS', preset.udpSeconds),
    echoes: number('ECHOES', preset.echoes),
    switches: number('SWITCHES', preset.switches),
    countingSeconds: number('COUNTING_SECONDS', preset.countingSeconds),
    only: environment.VNET_BENCH_ONLY?.split(',').filter(Boolean) ?? [],
  };
}
