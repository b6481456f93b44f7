/** What a verb of the command line did when it ran in this process. */
export interface Captured {
  /** Null if it threw. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** With its stack. */
  thrown: string | null;
}

/** Runs a verb, keeping what it says. One at a time: the streams are the process's. */
export async function captured(verb: () => Promise<number>): Promise<Captured> {
  const said = { stdout: '', stderr: '' };
  const streams = ['stdout', 'stderr'] as const;
  const before = streams.map((name) => process[name].write);
  for (const name of streams)
    process[name].write = ((text: string | Uint8Array) => {
      said[name] += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
      return true;
    }) as typeof process.stdout.write;
  try {
    const code = await verb();
    return { ...said, code, thrown: null };
  } catch (error) {
    return { ...said, code: null, thrown: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    for (const [index, name] of streams.entries()) {
      const write = before[index];
      if (write) process[name].write = write;
    }
  }
}
