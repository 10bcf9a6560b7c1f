/** The user's own words about takes, kept with the document: names, notes, favourites, bookmarks, and what is kept or discarded. */
import type { Failure } from '../core/failure.ts';
import { keepBookmark, keepMarks } from '../core/history/keepTake.ts';
import type { Take } from '../core/history/take.ts';
import { changedBookmark, changedMarks, type MarksChange } from '../core/history/tree.ts';
import type { DocumentStore } from '../core/ports.ts';
import type { Result } from '../core/result.ts';
import type { FollowedHistory } from './followHistory.ts';

export interface Marking {
  mark(id: string, change: MarksChange): Promise<void>;
  /** null takes the bookmark away. */
  point(name: string, id: string | null): Promise<void>;
  /** The layers of what is discarded go out of sight with it, and come back with it. */
  judge(id: string, verdict: 'discarded' | null): Promise<void>;
}

export interface MarkingPorts {
  readonly followed: Pick<FollowedHistory, 'document' | 'history' | 'index'>;
  /** One identifier for each sitting: marks of two windows on one document merge by it. */
  readonly writer: string;
  setShown(take: Take, isShown: boolean): void;
  fail(failure: Failure): void;
}

export function createMarking({ followed, writer, setShown, fail }: MarkingPorts): Marking {
  let writing: Promise<void> = Promise.resolve();

  /** One after the other: each is a revision of the one before, and two of the same number would not both hold. */
  function written(write: (into: DocumentStore) => Promise<Result<unknown, Failure>>): Promise<void> {
    const into = followed.document()?.store;
    writing = writing.then(async () => {
      if (into === undefined || followed.document()?.store !== into) return;
      const done = await write(into);
      if (!done.ok) fail(done.error);
    });
    return writing;
  }

  const mark = (id: string, change: MarksChange): Promise<void> =>
    written((into) => keepMarks(into, changedMarks(followed.history(), id, change, writer)));

  return {
    mark,
    point: (name, id) => written((into) => keepBookmark(into, changedBookmark(followed.history(), name, id, writer))),
    async judge(id, verdict) {
      const before = followed.index().hidden;
      await mark(id, { verdict });
      const { inOrder, hidden } = followed.index();
      for (const take of inOrder) {
        const isHidden = hidden.has(take.id);
        if (isHidden !== before.has(take.id)) setShown(take, !isHidden);
      }
    },
  };
}
