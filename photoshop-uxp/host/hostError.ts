/**
 * What Photoshop throws or answers, told apart once, at the edge. Inside the adapter's modal work a `HostError` is thrown,
 * because only a throw that leaves the modal scope makes Photoshop roll everything back; out of it comes a `Failure`.
 */
import type { Failure } from '../../shared/core/failure.ts';

/** Photoshop's numbers: shown to nobody, compared with only here. */
export const psNumbers = { userCancelled: -128, noDocument: -25922, busy: 9 } as const;

export class HostError extends Error {
  readonly number: number | null;
  constructor(message: string, number: number | null = null) {
    super(message);
    this.number = number;
  }
}

export const numberOf = (cause: unknown): number | null => {
  const { number, result } = (cause ?? {}) as { number?: unknown; result?: unknown };
  return typeof number === 'number' ? number : typeof result === 'number' ? result : null;
};

export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).trim();

/** Modal entry was refused, in the words of either version (before 25.10 and since). */
export const isBusy = (cause: unknown): boolean =>
  numberOf(cause) === psNumbers.busy || /in a modal state|running a modal command/.test(messageOf(cause));

/** `operation` completes "Photoshop refused …": "reading “Model”". `title` names the document where the disk is full. */
export function classify(cause: unknown, operation: string, title: string): Failure {
  const number = numberOf(cause);
  const message = messageOf(cause).replace(/\.+$/, '');
  if (number === psNumbers.userCancelled) return { kind: 'cancelled' };
  if (number === psNumbers.noDocument) return { kind: 'no-document' };
  if (isFull(cause, message)) return { kind: 'write-failed', path: title, why: 'disk-full', message };
  return { kind: 'host', operation, message };
}

/** UXP's own class of error, or Photoshop's sentences on the scratch disk (English; others arrive as they are). */
export const isFull = (cause: unknown, message: string = messageOf(cause)): boolean =>
  (cause as { name?: unknown } | null)?.name === 'OutOfSpaceError' ||
  /scratch disks? (is|are) full|not enough (disk )?space|ENOSPC/i.test(message);
