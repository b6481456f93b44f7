/** A fenced block of code. */
export interface Block {
  language: string;
  text: string;
  /** Line of its opening fence, from 1. */
  line: number;
  /** Whether `<!-- run -->` stands above it. */
  run: boolean;
}

export function blocks(markdown: string): Block[] {
  const lines = markdown.split('\n');
  const found: Block[] = [];
  let open: Block | null = null;
  lines.forEach((line, index) => {
    const fence = /^```(\w*)$/.exec(line);
    if (open === null && fence) {
      open = { language: fence[1] ?? '', text: '', line: index + 1, run: lines[index - 1] === '<!-- run -->' };
    } else if (open !== null && line === '```') {
      found.push(open);
      open = null;
    } else if (open !== null) open.text += `${line}\n`;
  });
  return found;
}

const prose = (markdown: string) => markdown.replaceAll(/^```[\s\S]*?^```$/gm, '');

/** Targets of links and pictures. */
export function links(markdown: string): string[] {
  const text = prose(markdown).replaceAll(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
}

/** Anchors of headings, as GitHub and GitLab make them. */
export function headings(markdown: string): string[] {
  const seen = new Map<string, number>();
  return [...prose(markdown).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => {
    const anchor = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

/** Names of the scripts that `npm` is told to run. */
export function scripts(markdown: string): string[] {
  const found = markdown.matchAll(/\bnpm (?:run ([a-z]+)|(start|test)\b)/g);
  return [...found].map(([, run, short]) => run ?? short ?? '');
}

/** Words after `virtuoso` of every call in blocks and in code within sentences, also where npm makes the call. */
export function calls(markdown: string): string[][] {
  const inline = [...prose(markdown).matchAll(/`virtuoso ([^`\n]+)`/g)].map(([, words = '']) => words);
  const block = blocks(markdown).flatMap(({ text }) =>
    [...text.matchAll(/^(?:sudo )?(?:virtuoso|node dist\/cli\/main\.js) ([^\n]+)$/gm)].map(([, words = '']) => words),
  );
  const scripts = [...markdown.matchAll(/npm (start|run lab) -- ([^\n`]+)/g)].map(([, script, words = '']) => {
    if (script === 'start') return `demo ${words}`;
    return /^(down|status)\b/.test(words) ? `lab ${words}` : `lab run ${words}`;
  });
  return [...inline, ...block, ...scripts].map((words) => {
    const call = words.split(/ [#>|&]/)[0] ?? '';
    return call.split(' ').filter((word) => word !== '' && word !== '[options]');
  });
}
