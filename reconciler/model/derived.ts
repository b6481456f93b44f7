/** A value that is worked out anew only when something that it follows from has been replaced. */
export class Derived<Value> {
  #last: { inputs: readonly unknown[]; value: Value } | null = null;

  /** @param inputs all that `make` depends on; what they refer to never changes in place */
  of(inputs: readonly unknown[], make: () => Value): Value {
    const last = this.#last;
    const isSame = last?.inputs.length === inputs.length && last.inputs.every((input, at) => input === inputs[at]);
    if (last && isSame) return last.value;
    const value = make();
    this.#last = { inputs, value };
    return value;
  }
}

/** What follows from a key alone, worked out once for each key. */
export function remembered<Key extends object, Value>(memory: WeakMap<Key, Value>, key: Key, make: () => Value): Value {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  return made;
}
