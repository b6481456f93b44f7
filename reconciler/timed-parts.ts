import type { Decided, PassPart } from './pass.js';

/** Decides, and tells how long each part took once it has ended. */
export function timedParts(
  decide: (begins: (part: PassPart) => void) => Decided,
  nowMs: () => number,
  took: (part: PassPart, tookMs: number) => void,
): Decided {
  let part: PassPart = 'merge';
  let begunMs = nowMs();
  const end = () => {
    took(part, nowMs() - begunMs);
    begunMs = nowMs();
  };
  const decided = decide((next) => {
    if (next !== part) end();
    part = next;
  });
  end();
  return decided;
}
