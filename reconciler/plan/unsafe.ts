/** A plan that must not be carried out. */
export interface Unsafe {
  kind: 'unsafe';
  /** What it would break: the field of a ChangeLimit, or `room`, `silent-host`, `link`, `link-policy`, `loop`, `cut`, `placement`, `suspended`. */
  limit: string;
  /** Name of the ChangeLimit; null when the limit is not one that an operator wrote. */
  name: string | null;
  actual: number;
  allowed: number;
  /** For people: what, where, what to do. */
  message: string;
}

/** A refusal that no ChangeLimit asked for: something that must never happen, `actual` times. */
export function unsafe(limit: string, message: string, actual = 1): Unsafe {
  return { kind: 'unsafe', limit, name: null, actual, allowed: 0, message };
}
