/**
 * Who is at work on a file. Figma tells who else has it open only with a permission that users are asked for, so this is told
 * without: the sittings of this machine leave a sign of life in the user's settings, and those of others are judged by the age
 * of what they wrote.
 */
import { sha256Hex } from '../../../shared/core/hash.ts';
import { takeKey } from '../../../shared/core/history/keys.ts';
import type { Take } from '../../../shared/core/history/take.ts';
import type { Clock, Ids, Settings } from '../../../shared/core/ports.ts';
import type { ShelfWriter } from '../../wire/storeCalls.ts';

const machineKey = 'history.machine';
const sittingsKey = 'history.sittings';

export const signEveryMs = 30_000;
/** A browser runs the timers of a hidden tab once a minute. */
const silentForMs = 180_000;
/** After that nothing of a sitting is on its way into the file any more: a window may have been offline, or its computer asleep. */
const endedAfterMs = 24 * 60 * 60_000;
/** A request takes at most ten minutes and is repeated a few times. */
const brokenOffAfterMs = 60 * 60_000;

export interface Sitting {
  readonly writer: ShelfWriter;
  /** Says that this sitting goes on, and hears of the others. */
  sign(): Promise<void>;
  /** Whether a round that is pending has no one working on it any more. `lastWriter`: as a `FigmaStore` tells it. */
  isOver(take: Take, lastWriter: (key: string) => string | null): boolean;
  /** Whether a writer (`MACHINE-SITTING`) is a sitting of this machine that has ended long ago. */
  hasEnded(writer: string): boolean;
}

/** Settings that cannot be read or written make this machine a new one: nothing is lost but the order in the file. */
export async function beginSitting(settings: Settings, ids: Ids, clock: Clock): Promise<Sitting> {
  const shortId = (): string => sha256Hex(ids.next()).slice(0, 8);
  const kept = await settings.get(machineKey);
  const machine = kept.ok && kept.value !== null && /^[0-9a-f]{8}$/.test(kept.value) ? kept.value : shortId();
  if (kept.ok && kept.value !== machine) await settings.set(machineKey, machine);
  const sitting = shortId();
  let heard = await readSittings(settings);
  /** Where signs cannot be left, none is heard. */
  let canSign = false;

  return {
    writer: { machine, sitting },
    async sign() {
      const now = clock.now();
      heard = await readSittings(settings);
      const late = [...heard].filter(([id, at]) => id !== sitting && Math.abs(now - at) < endedAfterMs);
      canSign = (await settings.set(sittingsKey, JSON.stringify(Object.fromEntries([...late, [sitting, now]])))).ok;
    },
    isOver(take, lastWriter) {
      const [theirMachine, theirSitting] = (lastWriter(takeKey(take.id)) ?? '').split('-');
      if (theirMachine === machine && theirSitting === sitting) return false;
      if (theirMachine !== machine) return clock.now() - take.at > brokenOffAfterMs;
      const at = heard.get(theirSitting);
      return at === undefined || Math.abs(clock.now() - at) >= silentForMs;
    },
    hasEnded(writer) {
      const [theirMachine, theirSitting] = writer.split('-');
      if (!canSign || theirMachine !== machine || theirSitting === sitting) return false;
      const at = heard.get(theirSitting);
      return at === undefined || Math.abs(clock.now() - at) >= endedAfterMs;
    },
  };
}

/** When each was last heard of. */
async function readSittings(settings: Settings): Promise<ReadonlyMap<string, number>> {
  const kept = await settings.get(sittingsKey);
  if (!kept.ok || kept.value === null) return new Map();
  try {
    const value: unknown = JSON.parse(kept.value);
    if (typeof value !== 'object' || value === null) return new Map();
    return new Map(Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  } catch {
    return new Map();
  }
}
