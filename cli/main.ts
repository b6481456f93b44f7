#!/usr/bin/env node
import { exitCodes } from './exit-codes.js';
import { program } from './program.js';

try {
  await program.parseAsync();
} catch (error) {
  // A path or an address that the system refuses is the person's to change; anything else is a bug and shows where it was.
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  process.stderr.write(`error: the system refuses: ${error.message}. Allow it, or name another path or address.\n`);
  process.exitCode = exitCodes.error;
}
