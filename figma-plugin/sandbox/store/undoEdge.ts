/**
 * Where one undo step ends. What a run writes into the history right after it has placed its layer (that it is done, its
 * thumbnail) belongs to the layer's step: as a step of its own, an undo that shows nothing would come before the one that
 * takes the layer away. So the step is closed when it has been quiet for a moment.
 */
export interface UndoEdge {
  /** Closes what is open now: before a step of ours, so that it takes nothing else along. */
  closeNow(): void;
  /** After a step: closes it as soon as nothing more is written. */
  closeSoon(): void;
  /** Something was written that belongs to a step that is about to be closed, where there is one. */
  touched(): void;
}

/** A thumbnail of the largest layer is made in less. */
const quietMs = 1500;

export function createUndoEdge(figma: PluginAPI): UndoEdge {
  let closing: number | null = null;
  const stop = (): void => {
    if (closing !== null) clearTimeout(closing);
    closing = null;
  };
  const closeSoon = (): void => {
    stop();
    closing = setTimeout(() => {
      closing = null;
      figma.commitUndo();
    }, quietMs);
  };
  return {
    closeNow() {
      stop();
      figma.commitUndo();
    },
    closeSoon,
    touched() {
      if (closing !== null) closeSoon();
    },
  };
}
