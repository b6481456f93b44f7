import { validateFiles } from '../../schema/validate/validate-files.js';
import { exampleFiles } from '../../test/examples.js';
import { type Draw, drawFrom, pick } from '../../test/generators/draw.js';
import { decode, encode } from '../../wire/codec.js';
import type { FuzzBudget } from './bpf-parsers.js';
import { mutateText, mutateValue } from './mutate.js';
import { wireMessages } from './wire-messages.js';

export interface TextFuzzResult {
  runs: number;
  /** How many of them were well-formed all the same. */
  accepted: number;
  /** Different answers that the reader gave, numbers and quoted text aside. */
  answers: number;
  /** What went wrong, with the text; at most `problemsMax`. */
  problems: string[];
}

/** What a reader made of a text; `problem` if it must not have. */
interface Reading {
  accepted: boolean;
  answer: string;
  problem?: string;
}

const problemsMax = 20;
const mostMutations = 6;
/** What a refusal, which passes the reason on, has room for. */
const longestAnswer = 2000;

/** Gives damaged messages to the codec of the wire: it must say what is wrong, or read what it can write again. */
export const fuzzMessages = (budget: FuzzBudget): TextFuzzResult => fuzz(budget, damagedMessage, readMessage);

/** Gives damaged documents to what reads a repository: every file must be read, or refused where it is wrong. */
export function fuzzDocuments(budget: FuzzBudget): TextFuzzResult {
  const texts = ['fig14', 'branches'].flatMap(exampleFiles).flatMap((file) => ('text' in file ? [file.text] : []));
  return fuzz(budget, (draw) => manyTimes(draw, pick(draw, texts), mutateText), readFile);
}

function fuzz(budget: FuzzBudget, made: (draw: Draw) => string, read: (text: string) => Reading): TextFuzzResult {
  const { seed, durationMs, runs = Number.POSITIVE_INFINITY } = budget;
  const draw = drawFrom(seed);
  const answers = new Set<string>();
  const result: TextFuzzResult = { runs: 0, accepted: 0, answers: 0, problems: [] };
  const end = performance.now() + durationMs;
  while (result.runs < runs && result.problems.length < problemsMax && performance.now() < end) {
    const text = made(draw);
    const { accepted, answer, problem = pollution() } = attempt(read, text);
    result.runs++;
    if (accepted) result.accepted++;
    answers.add(answer.replace(/"[^"]*"|'[^']*'|\d+/g, '*'));
    if (problem) result.problems.push(`${problem}: ${JSON.stringify(text).slice(0, 5000)}`);
  }
  return { ...result, answers: answers.size };
}

function attempt(read: (text: string) => Reading, text: string): Reading {
  try {
    return read(text);
  } catch (error) {
    return { accepted: false, answer: 'thrown', problem: `it threw ${(error as Error).stack}` };
  }
}

/** Members of a text must stay its own. */
function pollution(): string | undefined {
  const [added] = Object.keys(Object.prototype);
  return added === undefined ? undefined : `every object now has a member ${added}`;
}

function manyTimes<T>(draw: Draw, value: T, mutate: (draw: Draw, value: T) => T): T {
  let now = value;
  for (let left = draw(mostMutations); left >= 0; left--) now = mutate(draw, now);
  return now;
}

function damagedMessage(draw: Draw): string {
  const message: unknown = pick(draw, wireMessages);
  const way = draw(4);
  const value = way === 0 ? message : manyTimes(draw, message, mutateValue);
  const text = JSON.stringify(value);
  return way <= 1 ? manyTimes(draw, text, mutateText) : text;
}

function readMessage(text: string): Reading {
  const decoded = decode(text);
  if (decoded.kind === 'malformed') {
    const { message } = decoded;
    const fits = message.length > 0 && message.length <= longestAnswer;
    return {
      accepted: false,
      answer: message,
      ...(fits ? {} : { problem: `its answer has ${message.length} characters` }),
    };
  }
  const again = encode(decoded.message);
  const second = decode(again);
  const same = second.kind === 'message' && encode(second.message) === again;
  return {
    accepted: true,
    answer: decoded.message.kind,
    ...(same ? {} : { problem: 'it does not read what it writes' }),
  };
}

function readFile(text: string): Reading {
  const { documents, diagnostics } = validateFiles([{ path: 'a.yaml', text }]);
  const last = text.split('\n').length;
  const astray = diagnostics.find(({ range }) => range.start.line < 1 || range.start.line > last);
  const accepted = diagnostics.length === 0;
  const answer = accepted ? `${documents.length}` : diagnostics.map(({ id }) => id).join();
  return { accepted, answer, ...(astray ? { problem: `line ${astray.range.start.line} of ${last} is meant` } : {}) };
}
