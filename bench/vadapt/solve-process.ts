// Runs `virtuoso solve` as operators do, and tells on stderr what memory that took at most: it is started in a process of its own.
import { program } from '../../cli/program.js';

await program.parseAsync(['solve', ...process.argv.slice(2)], { from: 'user' });
process.stderr.write(`\npeak ${process.resourceUsage().maxRSS} KiB\n`);
