/** How the names of suites begin that this machine cannot run; the reporter lists them at the end. */
export const skippedPrefix = 'SKIPPED (needs ';
