import type { Explanation } from '../../shared/core/failure.ts';

/** One sentence at a time that belongs to no run; the latest stands. */
export interface Notices {
  current(): Explanation | null;
  tell(explanation: Explanation): void;
  dismiss(): void;
  subscribe(listen: () => void): () => void;
}

export function createNotices(): Notices {
  const listeners = new Set<() => void>();
  let current: Explanation | null = null;
  const become = (next: Explanation | null): void => {
    current = next;
    for (const listen of [...listeners]) listen();
  };
  return {
    current: () => current,
    tell: become,
    dismiss: () => become(null),
    subscribe(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
  };
}
