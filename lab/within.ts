import { NetworkNamespace, namespacePath } from '../agents/linux/namespace.js';

/** Does something in a network namespace, by name. */
export function within<T>(namespace: string, task: () => T extends Promise<unknown> ? never : T): T {
  const entered = new NetworkNamespace(namespacePath(namespace));
  try {
    return entered.within(task);
  } finally {
    entered.close();
  }
}
