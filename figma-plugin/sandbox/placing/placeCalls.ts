/** Answers the panel's calls that change the layer tree. */
import type { AbortSignal } from '../../../shared/core/abort.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import { err, ok, type Result } from '../../../shared/core/result.ts';
import type { Answers } from '../../../shared/line/line.ts';
import type { HostCalls, NodeId } from '../../wire/hostCalls.ts';
import { readPaintRef } from '../../wire/takeData.ts';
import { guarded } from '../guarded.ts';
import { isInInstance, isLockedAround, isScene } from '../scene/around.ts';
import type { UndoEdge } from '../undoEdge.ts';
import { findPlace } from './findPlace.ts';
import { place } from './place.ts';
import { createPlaceholders, type Placeholders } from './placeholders.ts';
import { type Filled, setPaints, withoutPaint, withPaintShown } from './putFill.ts';
import { showMade } from './showMade.ts';
import { spotFor } from './spots.ts';
import { createSteps, type Step } from './steps.ts';
import { forgetTake } from './takeNode.ts';
import { paintsOf } from './takePaint.ts';

export type PlaceCalls = Pick<
  HostCalls,
  'beginStep' | 'place' | 'remove' | 'setVisible' | 'endStep' | 'addPlaceholder' | 'dropPlaceholder' | 'beginRun' | 'endRun' | 'undo'
>;

/** `undoEdge`: the one that what writes to the file shares. */
export function placeCalls(figma: PluginAPI, undoEdge: UndoEdge): Answers<PlaceCalls> {
  let owner = '';
  const placeholders = createPlaceholders(figma, () => owner);
  const steps = createSteps(undoEdge, {
    before() {
      placeholders.sweep(figma.currentPage);
      placeholders.takeOut();
    },
    after(kept) {
      placeholders.putBack();
      if (kept !== null) showMade(figma, kept);
    },
  });
  /** They would be part of the entry, or what is undone. */
  const withoutPlaceholders = (work: () => void): void => {
    placeholders.takeOut();
    try {
      work();
    } finally {
      placeholders.putBack();
    }
  };
  undoEdge.around(withoutPlaceholders);
  const ready = ownerOf(figma).then((known) => {
    owner = known;
  });
  const sweep = async (): Promise<void> => {
    await ready;
    // Left as it is where the page cannot be read or written; nothing of the user's waits for it.
    await guarded('tidy up', async () => ok(placeholders.sweep(figma.currentPage)));
  };
  void sweep();
  figma.on('currentpagechange', () => void sweep());
  // The last moment in which the file can be changed: nothing half done stays.
  figma.on('close', () => {
    steps.abandon();
    placeholders.dropAll();
  });
  const writable = async (): Promise<Result<null, Failure>> => {
    await ready;
    const why = whyReadOnly(figma);
    return why === null ? ok(null) : err({ kind: 'host', operation: 'place the take', message: why });
  };

  return {
    beginStep: (_, signal) =>
      guarded('begin', async () => {
        const may = await writable();
        return may.ok ? steps.begin(signal) : may;
      }),
    place: ({ step, put }, signal) =>
      guarded('place the take', () => steps.within(step, (running) => place({ figma, placeholders, step: running }, put, signal))),
    remove: ({ step, node }) => guarded('remove the layer', () => steps.within(step, (running) => removeLater(figma, running, node))),
    setVisible: ({ step, node, isVisible }) =>
      guarded('show or hide the layer', () => steps.within(step, (running) => show(figma, running, node, isVisible))),
    endStep: ({ step, keep }) => guarded('finish', () => steps.end(step, keep)),
    addPlaceholder: (ask, signal) =>
      guarded('keep the place of the take', async () => {
        const may = await writable();
        return may.ok ? addPlaceholder(figma, placeholders, ask, signal) : may;
      }),
    dropPlaceholder: ({ id }) =>
      guarded('take the placeholder away', async () => {
        placeholders.drop(id);
        return ok(null);
      }),
    beginRun: () =>
      guarded('begin', async () => {
        undoEdge.runBegins();
        return ok(null);
      }),
    endRun: () =>
      guarded('finish', async () => {
        undoEdge.runEnds();
        return ok(null);
      }),
    undo: (_, signal) =>
      guarded('undo', async () => {
        const done = await steps.whenIdle(() => withoutPlaceholders(() => figma.triggerUndo()), signal);
        return done ? ok(null) : err({ kind: 'cancelled' });
      }),
  };
}

async function addPlaceholder(
  figma: PluginAPI,
  placeholders: Placeholders,
  ask: PlaceCalls['addPlaceholder']['ask'],
  signal: AbortSignal,
): Promise<Result<{ readonly id: NodeId }, Failure>> {
  const found = await findPlace(figma, ask, null);
  if (signal.aborted) return err({ kind: 'cancelled' });
  return ok({ id: placeholders.add(ask, spotFor(ask.at, found, ask, placeholders)) });
}

/** A take that is a further fill goes by its paint. */
interface Found {
  readonly node: SceneNode;
  /** Figma's hash of the fill's picture; null for a node of its own. */
  readonly hash: string | null;
}

async function find(figma: PluginAPI, id: NodeId): Promise<Result<Found, Failure>> {
  const ref = readPaintRef(id);
  const node = await figma.getNodeByIdAsync(ref?.node ?? id);
  if (isScene(node)) {
    const found: Found = { node, hash: ref?.hash ?? null };
    if (found.hash === null || withoutPaint(found.node, found.hash) !== null) return ok(found);
  }
  return err({ kind: 'no-such-layer', name: id, existing: figma.currentPage.children.map(({ name }) => name) });
}

async function removeLater(figma: PluginAPI, step: Step, id: NodeId): Promise<Result<null, Failure>> {
  const found = await find(figma, id);
  if (!found.ok) return found;
  const { node, hash } = found.value;
  const stays = (why: string) => err<Failure>({ kind: 'host', operation: 'remove the layer', message: `“${node.name}” ${why}` });
  if (isLockedAround(node)) return stays('is locked');
  if (hash === null && isInInstance(node)) return stays('is inside an instance, which Figma keeps together');
  step.atEnd.push(async () => {
    // What is gone meanwhile needs no removing.
    const still = await find(figma, id);
    if (!still.ok) return;
    if (hash === null) return still.value.node.remove();
    await setPaints(still.value.node as Filled, withoutPaint(still.value.node, hash) ?? []);
    forgetTake(still.value.node, { node: node.id, hash });
  });
  return ok(null);
}

/** Also where it is locked: Figma's own eye button works there as well. */
async function show(figma: PluginAPI, step: Step, id: NodeId, isVisible: boolean): Promise<Result<null, Failure>> {
  const found = await find(figma, id);
  if (!found.ok) return found;
  const { node, hash } = found.value;
  step.from.push(node.id);
  if (hash === null) {
    const before = node.visible;
    node.visible = isVisible;
    step.undo.push(() => {
      node.visible = before;
    });
    return ok(null);
  }
  const before = paintsOf(node) ?? [];
  await setPaints(node as Filled, withPaintShown(node, hash, isVisible) ?? before);
  step.undo.push(() => void setPaints(node as Filled, before).catch(() => {}));
  return ok(null);
}

/** Null when the file can be changed here. */
function whyReadOnly({ editorType, mode }: PluginAPI): string | null {
  if (editorType === 'dev' || mode === 'inspect' || mode === 'codegen')
    return 'Dev Mode shows the file but does not change it; switch to the design editor';
  return null;
}

/** Tells the placeholders of this machine from those of others. Nothing depends on it being kept. */
async function ownerOf(figma: PluginAPI): Promise<string> {
  const key = 'placeholder-owner';
  const fresh = `${Date.now()}-${Math.random()}`;
  try {
    const known = await figma.clientStorage.getAsync(key);
    if (typeof known === 'string') return known;
    await figma.clientStorage.setAsync(key, fresh);
  } catch {
    // Storage full or refused.
  }
  return fresh;
}
