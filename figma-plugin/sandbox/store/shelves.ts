/**
 * The shelves: one hidden, locked frame for each machine that has used Retake in the file, with a node for each of its sittings,
 * whose shared plug-in data holds the texts, and with the pictures. Nobody writes to a node of another machine's: two people's
 * changes of one node's plug-in data may overwrite one another whole (forum.figma.com 51867), and an undo takes along what
 * others have put into a frame that it removes.
 *
 * Frames lie on the page where the machine first used Retake; that page is marked, so that no other has to be loaded.
 */
import type { ShelfText, ShelfWriter } from '../../wire/storeCalls.ts';
import { shelfKey, takeNamespace } from '../../wire/takeData.ts';
import { pageOf } from '../scene/around.ts';

const frameName = 'Retake history';
/** On a page: some machine's frame is there. One key for each, so that nobody's undo takes away another's mark. */
const pageMark = (machine: string): string => `shelves-${machine}`;
/** In place of a sitting: the frame of the pictures. */
const picturesName = 'pictures';

export interface OwnShelf {
  readonly texts: RectangleNode;
  /** Of other sittings of the same machine. */
  readonly others: readonly RectangleNode[];
  readonly pictures: FrameNode;
  /** Of the texts and frames that had to be made for it: takes them away again. */
  undo(): void;
}

export interface Shelves {
  /** The pages that hold shelves are loaded by then. What it gives holds for the same turn of the thread: nothing else comes between. */
  open(): Promise<OpenShelves>;
}

export interface OpenShelves {
  /** All keys, and a number that is another one whenever they have changed. */
  look(): { readonly version: number; readonly keys: readonly string[]; readonly read: (key: string) => string | null };
  /** Finds the writer's shelf, or makes it. */
  own(writer: ShelfWriter): OwnShelf;
  /** Removes whatever node keeps these pictures, whoever made it; a copied page has copies of them. */
  dropPictures(hashes: readonly string[]): void;
}

export function createShelves(figma: PluginAPI): Shelves {
  let version = 0;
  let seen = '';
  let keys: readonly string[] = [];
  /** By key: the node that has it. */
  let where: ReadonlyMap<string, string> = new Map();

  const dataOf = (node: BaseNode, key: string): string => node.getSharedPluginData(takeNamespace, key);
  const isMarked = (page: PageNode): boolean => page.getSharedPluginDataKeys(takeNamespace).some((key) => key.startsWith(pageMark('')));

  /** Pages that hold shelves, loaded: the current one, and those that are marked. */
  async function pages(): Promise<readonly PageNode[]> {
    const here = figma.currentPage.id;
    const found = figma.root.children.filter((page) => page.id === here || isMarked(page));
    for (const page of found) await page.loadAsync();
    return found.filter((page) => !page.removed);
  }

  const inPages = <T extends 'FRAME' | 'RECTANGLE'>(found: readonly PageNode[], type: T) =>
    found.flatMap((page) => page.findAllWithCriteria({ types: [type], sharedPluginData: { namespace: takeNamespace, keys: [shelfKey] } }));

  function makeFrame(page: PageNode, { machine }: ShelfWriter): FrameNode {
    const frame = figma.createFrame();
    frame.name = frameName;
    frame.resize(16, 16);
    frame.fills = [];
    hide(frame);
    page.insertChild(0, frame);
    frame.setSharedPluginData(takeNamespace, shelfKey, machine);
    return frame;
  }

  function makeIn<N extends FrameNode | RectangleNode>(frame: FrameNode, node: N, name: string, shelf: string): N {
    node.name = name;
    node.resize(1, 1);
    node.fills = [];
    frame.appendChild(node);
    hide(node);
    node.setSharedPluginData(takeNamespace, shelfKey, shelf);
    return node;
  }

  const opened = (found: readonly PageNode[]): OpenShelves => ({
    look() {
      const shelves = inPages(found, 'RECTANGLE');
      const held = shelves.map((shelf) => ({ shelf, keys: shelf.getSharedPluginDataKeys(takeNamespace) }));
      const now = held.map((each) => `${each.shelf.id}\n${each.keys.join('\n')}`).join('\n\n');
      if (now !== seen || version === 0) {
        version++;
        seen = now;
        const holders = new Map<string, string>();
        for (const each of held) for (const key of each.keys) if (key !== shelfKey) holders.set(key, each.shelf.id);
        where = holders;
        keys = [...holders.keys()];
      }
      const byId = new Map(shelves.map((shelf) => [shelf.id, shelf]));
      const at = where;
      return {
        version,
        keys,
        read: (key) => {
          const shelf = byId.get(at.get(key) ?? '');
          const text = shelf === undefined ? '' : dataOf(shelf, key);
          return text === '' ? null : text;
        },
      };
    },

    own(writer) {
      const { machine, sitting } = writer;
      const home = found.find(isMarked) ?? figma.currentPage;
      const made: (() => void)[] = [];
      const undo = (): void => {
        for (const back of made.reverse()) back();
      };
      const remembering = <N extends SceneNode>(node: N): N => {
        made.push(() => node.remove());
        return node;
      };
      try {
        let frame = inPages(found, 'FRAME').find((each) => dataOf(each, shelfKey) === machine);
        if (frame === undefined) frame = remembering(makeFrame(home, writer));
        // A merge of somebody's offline changes can have taken the mark away.
        const page = pageOf(frame);
        if (page !== null && dataOf(page, pageMark(machine)) === '') {
          page.setSharedPluginData(takeNamespace, pageMark(machine), '1');
          made.push(() => page.setSharedPluginData(takeNamespace, pageMark(machine), ''));
        }
        const inside = frame.children;
        let texts = inside.find((node): node is RectangleNode => node.type === 'RECTANGLE' && dataOf(node, shelfKey) === sitting);
        if (texts === undefined) texts = remembering(makeIn(frame, figma.createRectangle(), 'Words of a sitting', sitting));
        const others = inPages(found, 'FRAME')
          .filter((each) => dataOf(each, shelfKey) === machine)
          .flatMap((each) => each.children.filter((node) => node.type === 'RECTANGLE' && dataOf(node, shelfKey) !== ''))
          .filter((node): node is RectangleNode => node.id !== texts?.id);
        let pictures = inside.find((node): node is FrameNode => node.type === 'FRAME' && dataOf(node, shelfKey) === picturesName);
        if (pictures === undefined) pictures = remembering(makeIn(frame, figma.createFrame(), 'Pictures', picturesName));
        return { texts, others, pictures, undo };
      } catch (cause) {
        undo();
        throw cause;
      }
    },
    dropPictures(hashes) {
      const drop = new Set(hashes);
      for (const frame of inPages(found, 'FRAME')) {
        if (dataOf(frame, shelfKey) !== picturesName) continue;
        for (const node of frame.children) if (drop.has(pictureOf(node) ?? '')) node.remove();
      }
    },
  });
  return { open: async () => opened(await pages()) };
}

export function hide(node: FrameNode | RectangleNode): void {
  node.visible = false;
  node.locked = true;
}

function pictureOf(node: SceneNode): string | null {
  const [fill] = node.type === 'RECTANGLE' && Array.isArray(node.fills) ? (node.fills as readonly Paint[]) : [];
  return fill?.type === 'IMAGE' ? fill.imageHash : null;
}

/** All of them on the writer's own shelf, and `spent` keys off the machine's others; or nothing. */
export function setTexts(
  { texts: shelf, others }: Pick<OwnShelf, 'texts' | 'others'>,
  texts: readonly ShelfText[],
  spent: readonly string[] = [],
): void {
  const undo: (() => void)[] = [];
  const set = (node: RectangleNode, key: string, text: string): void => {
    const old = node.getSharedPluginData(takeNamespace, key);
    if (old === text) return;
    node.setSharedPluginData(takeNamespace, key, text);
    undo.push(() => node.setSharedPluginData(takeNamespace, key, old));
  };
  try {
    for (const { key, text } of texts) set(shelf, key, text ?? '');
    for (const key of spent) for (const node of others) set(node, key, '');
  } catch (cause) {
    for (const back of undo.reverse()) back();
    throw cause;
  }
}
