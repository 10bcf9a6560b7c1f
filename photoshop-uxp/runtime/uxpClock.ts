/** Time and identifiers from UXP. */
import type { Clock, Ids } from '../../shared/core/ports.ts';
import { timedSleep } from '../../shared/threads/timedSleep.ts';

/** UXP 6.2 and later; its types declare no globals. */
declare const crypto: { randomUUID(): string };

export const uxpClock: Clock = { now: () => Date.now(), sleep: timedSleep };

export const uxpIds: Ids = { next: () => crypto.randomUUID() };
