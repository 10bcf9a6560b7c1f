/**
 * A file's history while the panel is open: opened as every document's is, then followed. Colleagues write to the same file,
 * layers are pasted and duplicated, an undo takes entries back; the panel is told to read again.
 */
import { createAbort } from '../../../shared/core/abort.ts';
import { explain, type Failure } from '../../../shared/core/failure.ts';
import type { StoriedLayer } from '../../../shared/core/history/adoptLayers.ts';
import { adoptStories, endBrokenOff, openHistory, storiesOf } from '../../../shared/core/history/openHistory.ts';
import { readHistory } from '../../../shared/core/history/readHistory.ts';
import { understandStory } from '../../../shared/core/history/story.ts';
import type { History, Take } from '../../../shared/core/history/take.ts';
import type { Host, LayerRef } from '../../../shared/core/host.ts';
import type { Clock, DocumentStore, Ids, PictureCodec, Settings } from '../../../shared/core/ports.ts';
import { ok, type Result } from '../../../shared/core/result.ts';
import type { StoreLine } from './figmaShelf.ts';
import { createFigmaStore } from './figmaStore.ts';
import { beginSitting, signEveryMs } from './sittings.ts';

export interface FigmaHistory {
  readonly store: DocumentStore;
  /** What opening had to say: answers that were recovered, entries that could not be read. */
  readonly notes: readonly string[];
  readonly hasRecovered: boolean;
  close(): void;
}

export interface FigmaHistoryPorts {
  readonly host: Host;
  readonly line: StoreLine;
  readonly settings: Settings;
  readonly ids: Ids;
  readonly codec: PictureCodec;
  readonly clock: Clock;
}

/** How soon a colleague's take is seen. A look that finds nothing new is one message of a few bytes. */
const lookEveryMs = 4_000;
/** A paste of a hundred layers tells of itself many times. */
const quietMs = 600;

/** `onMerged` is told when the history has changed other than by this sitting's runs. */
export async function openFigmaHistory(ports: FigmaHistoryPorts, onMerged: () => void): Promise<Result<FigmaHistory, Failure>> {
  const { host, ids, codec, clock } = ports;
  const sitting = await beginSitting(ports.settings, ids, clock);
  const store = createFigmaStore(ports.line, sitting.writer, sitting.hasEnded);
  const isOver = (take: Take): boolean => sitting.isOver(take, store.lastWriter);
  const opened = await openHistory({ host, store, ids, codec }, [], { isOver });
  // What opening adds could not be written (a full file, one that is only looked at): what is there is shown all the same.
  const plain = opened.ok ? null : await readHistory(store);
  if (!opened.ok && plain?.ok !== true) return opened;
  /** Rounds that somebody may be working on elsewhere, or that this user left a minute ago by closing the panel. */
  let mayBeGoingOn = opened.ok ? [...opened.value.history.takes.values()].filter(({ state }) => state === 'pending') : [];
  const closed = createAbort();
  const unlisten = store.onOthers(onMerged);
  const unwatch = followLayers(ports, store, onMerged);
  void keepLooking();

  async function keepLooking(): Promise<void> {
    let signedAt = Number.NEGATIVE_INFINITY;
    do {
      if (clock.now() - signedAt >= signEveryMs) {
        signedAt = clock.now();
        await sitting.sign();
        if (mayBeGoingOn.length > 0) await endLate();
      }
      // Whoever wants to read is told of what fails.
      await store.lookAgain();
    } while (await clock.sleep(lookEveryMs, closed.signal));
  }

  async function endLate(): Promise<void> {
    const over = mayBeGoingOn.filter(isOver);
    if (over.length === 0) return;
    mayBeGoingOn = mayBeGoingOn.filter((take) => !over.includes(take));
    const read = await readHistory(store);
    if (!read.ok) return;
    const ended = await endBrokenOff(store, read.value, codec, isOver, closed.signal);
    if (ended.ok && ended.value.claimed.size + ended.value.lost.length > 0) onMerged();
  }

  return ok({
    store,
    notes: opened.ok ? opened.value.notes : [explain(opened.error).sentence],
    hasRecovered: opened.ok && opened.value.recovered.length > 0,
    close() {
      closed.abort();
      unlisten();
      unwatch();
    },
  });
}

/** Layers that appear while the panel is open, and what they tell. */
function followLayers({ host, ids, clock }: FigmaHistoryPorts, store: DocumentStore, onMerged: () => void): () => void {
  const seen = new Set<LayerRef>();
  let wait = createAbort();
  let looking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const layers = await host.layers();
    if (!layers.ok) return;
    const stories = await storiesOf(
      host,
      layers.value.filter(({ ref }) => !seen.has(ref)),
    );
    if (!stories.ok) return;
    for (const { ref } of stories.value) seen.add(ref);
    const told = stories.value.filter(({ story }) => story !== null);
    if (told.length === 0) return;
    const read = await readHistory(store);
    if (!read.ok) return;
    // A run that has just placed its layer will say so itself, and say more.
    const ended = told.filter((layer) => !isRunning(read.value.history, layer));
    if (ended.length === 0) return;
    const adopted = await adoptStories(store, ended, ids);
    if (adopted.ok && adopted.value.takes.length + adopted.value.marks.length > 0) onMerged();
  }

  const unwatch = host.watch(() => {
    wait.abort();
    wait = createAbort();
    void clock.sleep(quietMs, wait.signal).then((hasPassed) => {
      if (hasPassed) looking = looking.then(look, look);
    });
  });
  return () => {
    wait.abort();
    unwatch();
  };
}

function isRunning(history: History, { story }: StoriedLayer): boolean {
  const read = understandStory(story ?? '');
  const take = read.kind === 'read' ? history.takes.get(read.value.take.id) : undefined;
  return take !== undefined && (take.state === 'pending' || take.state === 'answered');
}
