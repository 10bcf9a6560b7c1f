/** What the panel can ask of the canvas. Nodes are looked up by identifier in each call: none is held across a wait. */
import type { AbortSignal } from '../../../shared/core/abort.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import { err, ok, type Result } from '../../../shared/core/result.ts';
import type { Answers } from '../../../shared/line/line.ts';
import type { HostCalls, NodeDetail, NodePicture, Scene } from '../../wire/hostCalls.ts';
import { readPaintRef, takeKey, takeNamespace } from '../../wire/takeData.ts';
import { type After, after } from '../after.ts';
import { guarded } from '../guarded.ts';
import type { UndoEdge } from '../undoEdge.ts';
import { containerOf, isScene, pageOf } from './around.ts';
import { createPictures } from './imageFill.ts';
import { listAround, mostListed } from './listing.ts';
import { isHousekeeping, lookClosely, lookLightly } from './lookAt.ts';
import { type SceneNews, watchScene } from './news.ts';
import { isReadOnly } from './readOnly.ts';
import { renderNode } from './render.ts';
import { type SetAside, setAgain, setBack } from './setAside.ts';

export type SceneCalls = Pick<HostCalls, 'scene' | 'looks' | 'readImage' | 'renderNode' | 'readStory' | 'select'>;

/** Of more at once no picture can be edited by its own bytes. */
const mostClosely = 8;

/** `tell` is called when the scene may have changed. `undoEdge`: the one that what writes to the file shares. */
export function sceneCalls(
  figma: PluginAPI,
  tell: () => void,
  undoEdge: Pick<UndoEdge, 'keepOut'>,
  inAWhile: After = after,
): Answers<SceneCalls> {
  const pictures = createPictures(figma);
  const news: SceneNews = watchScene(figma, tell, inAWhile);
  let readOnly: boolean | null = null;
  let aside: readonly SetAside[] = [];
  const exports: SceneNews = {
    exporting(set) {
      aside = set;
      news.exporting(set);
    },
    exported(set) {
      aside = [];
      news.exported(set);
    },
  };
  undoEdge.keepOut({ out: () => setBack(aside), back: () => setAgain(aside) });
  /** One export after the other: what one sets for its time, another must not take for the user's. */
  let exporting: Promise<unknown> = Promise.resolve();

  const find = async (id: string): Promise<SceneNode | null> => {
    const node = await figma.getNodeByIdAsync(readPaintRef(id)?.node ?? id);
    return isScene(node) ? node : null;
  };
  const need = async (id: string): Promise<Result<SceneNode, Failure>> => {
    const node = await find(id);
    return node === null ? err({ kind: 'no-such-layer', name: id, existing: [] }) : ok(node);
  };

  async function scene(of: readonly string[] | null, container: string | null): Promise<Result<Scene, Failure>> {
    // All of a page may be selected: that is more than anybody sends.
    const nodes = of === null ? figma.currentPage.selection.slice(0, mostListed) : await Promise.all(of.map(find));
    const selected = nodes.filter((node) => isScene(node)).filter((node) => !isHousekeeping(node));
    const given = container === null ? null : await figma.getNodeByIdAsync(container);
    const around =
      given !== null && !given.removed && 'children' in given
        ? (given as BaseNode & ChildrenMixin)
        : ((selected.length === 0 ? null : containerOf(selected[0])) ?? figma.currentPage);
    const details: NodeDetail[] = [];
    const look = selected.length > mostClosely ? lookLightly : lookClosely;
    for (const node of selected) if (!node.removed) details.push(await look(figma, node, pictures));
    const listed = await listAround(
      figma,
      around,
      selected.filter(({ removed }) => !removed),
    );
    const page = pageOf(around) ?? figma.currentPage;
    const order = new Map(listed.map(({ id }, i) => [id, i]));
    return ok({
      document: {
        id: figma.fileKey ?? figma.root.id,
        title: figma.root.name,
        page: { id: page.id, name: page.name },
        profile: figma.root.documentColorProfile,
        isReadOnly: (readOnly ??= isReadOnly(figma)),
      },
      selected: details.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0)),
      listed,
      container: around.id,
    });
  }

  function rendered(id: string, scale: number, except: readonly string[], signal: AbortSignal): Promise<Result<NodePicture, Failure>> {
    const turn = exporting.then(async (): Promise<Result<NodePicture, Failure>> => {
      if (signal.aborted) return err({ kind: 'cancelled' });
      const node = await need(id);
      return node.ok ? ok(await renderNode(figma, node.value, scale, except, exports)) : node;
    });
    exporting = turn.catch(() => undefined);
    return turn;
  }

  return {
    scene: ({ of, container }) => guarded('Reading the selection', () => scene(of, container)),
    looks: ({ nodes }) =>
      guarded('Reading layers', async () => {
        const looks: (NodeDetail | null)[] = [];
        for (const id of nodes) {
          const node = await find(id);
          looks.push(node && (await lookClosely(figma, node, pictures)));
        }
        return ok(looks);
      }),
    readImage: ({ hash }) =>
      guarded('Reading a picture', async () =>
        ok(
          (await figma
            .getImageByHash(hash)
            ?.getBytesAsync()
            .catch(() => null)) ?? null,
        ),
      ),
    renderNode: ({ node, scale, except }, signal) => guarded('Rendering a layer', () => rendered(node, scale, except, signal)),
    readStory: ({ node: id }) =>
      guarded('Reading a take', async () => {
        const node = await need(id);
        if (!node.ok) return node;
        const story = node.value.getSharedPluginData(takeNamespace, takeKey('story', readPaintRef(id)));
        return ok(story === '' ? null : story);
      }),
    select: ({ nodes: ids }) =>
      guarded('Selecting', async () => {
        const nodes = (await Promise.all(ids.map(find))).filter((node) => node !== null);
        const page = nodes.length === 0 ? null : pageOf(nodes[0]);
        if (page === null) return ok(null);
        if (page.id !== figma.currentPage.id) await figma.setCurrentPageAsync(page);
        const here = nodes.filter((node) => !node.removed && pageOf(node)?.id === page.id);
        figma.currentPage.selection = here;
        if (!here.some((node) => isInSight(figma, node))) figma.viewport.scrollAndZoomIntoView(here);
        return ok(null);
      }),
  };
}

function isInSight({ viewport }: PluginAPI, { absoluteBoundingBox: box }: SceneNode): boolean {
  const { x, y, width, height } = viewport.bounds;
  return box !== null && box.x < x + width && box.y < y + height && box.x + box.width > x && box.y + box.height > y;
}
