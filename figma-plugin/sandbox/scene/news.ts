/** Tells when what is selected, or what it looks like, may have changed: once for what comes together. */
import { type After, after } from '../after.ts';
import { type SetAside, textOf } from './setAside.ts';

/** A dragged layer changes with every frame: it is looked at when it has come to rest. */
const restMs = 150;
const soonMs = 20;

export interface SceneNews {
  /** What is set for the time of an export, and then set back, is no news. */
  exporting(aside: readonly SetAside[]): void;
  exported(aside: readonly SetAside[]): void;
}

/** Set by us alone; a take's own data change with its node. */
const silent: ReadonlySet<string> = new Set(['pluginData', 'relaunchData']);

const keyOf = ({ node, property }: { readonly node: { readonly id: string }; readonly property: string }): string =>
  `${node.id} ${property}`;

export function watchScene(figma: PluginAPI, tell: () => void, inAWhile: After = after): SceneNews {
  let callOff: (() => void) | null = null;
  let dueMs = 0;
  let page = figma.currentPage;
  /** What a property was set back to, by node: told later, it is what it was before. */
  const restored = new Map<string, string>();
  const set = new Set<string>();

  const soon = (ms: number): void => {
    // A selection does not wait for a layer that is being dragged.
    if (callOff !== null && dueMs < ms) return;
    callOff?.();
    dueMs = ms;
    callOff = inAWhile(() => {
      callOff = null;
      try {
        tell();
      } catch {
        // A quick action has no window yet: nobody is there to be told.
      }
    }, ms);
  };

  const isOurs = (change: NodeChange): boolean => {
    if (change.type !== 'PROPERTY_CHANGE') return false;
    return change.properties.every((property) => {
      if (silent.has(property)) return true;
      if (property !== 'visible' && property !== 'opacity' && property !== 'fills') return false;
      const { node } = change;
      const key = keyOf({ node, property });
      if (set.has(key)) return true;
      if (!restored.has(key)) return false;
      if (!node.removed && textOf(node as SceneNode, property) === restored.get(key)) return true;
      restored.delete(key);
      return false;
    });
  };

  const onSelection = (): void => soon(soonMs);
  const onStyle = (): void => soon(restMs);
  const onNodes = ({ nodeChanges }: NodeChangeEvent): void => {
    if (!nodeChanges.every(isOurs)) soon(restMs);
  };
  const onPage = (): void => {
    page.off('nodechange', onNodes);
    page = figma.currentPage;
    page.on('nodechange', onNodes);
    soon(soonMs);
  };
  figma.on('selectionchange', onSelection);
  figma.on('currentpagechange', onPage);
  figma.on('stylechange', onStyle);
  page.on('nodechange', onNodes);
  figma.on('close', () => callOff?.());

  return {
    exporting(aside) {
      for (const change of aside) set.add(keyOf(change));
    },
    exported(aside) {
      for (const change of aside) {
        set.delete(keyOf(change));
        restored.set(keyOf(change), change.was);
      }
    },
  };
}
