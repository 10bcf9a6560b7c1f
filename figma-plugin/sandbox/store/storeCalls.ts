/** Answers what the panel's stores ask of Figma. One change after the other, so that none sees half of another. */
import type { Failure } from '../../../shared/core/failure.ts';
import { err, ok, type Result } from '../../../shared/core/result.ts';
import type { Answers, Given } from '../../../shared/line/line.ts';
import type { KeptPicture, ShelfChange, ShelfWriter, StoreCalls } from '../../wire/storeCalls.ts';
import { failureOf, guarded } from '../guarded.ts';
import type { UndoEdge } from '../undoEdge.ts';
import { getSetting, setSetting } from './settings.ts';
import { createShelves, hide, type OwnShelf, setTexts } from './shelves.ts';

/** Of one entry of plug-in data (figma.md §11; plug-in API, setSharedPluginData). */
const entryLimitBytes = 100_000;
const writing = 'Writing the history into the file';
const reading = 'Reading the file’s history';

export function storeCalls(figma: PluginAPI, undoEdge: UndoEdge): Answers<StoreCalls> {
  const shelves = createShelves(figma);
  let busy: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = busy.then(work, work);
    busy = done.catch(() => {});
    return done;
  };

  /** Done in one turn of the thread: `work` does not wait. Answers how the shelves stood before and after it. */
  async function changing<T>(writer: ShelfWriter, work: (own: OwnShelf) => T): Promise<ShelfChange & { readonly done: T }> {
    const open = await shelves.open();
    const before = open.look().version;
    const own = open.own(writer);
    try {
      const done = work(own);
      undoEdge.touched();
      return { done, before, after: open.look().version };
    } catch (cause) {
      own.undo();
      throw cause;
    }
  }

  return {
    readTexts: ({ keys, known }) =>
      inTurn(() =>
        answered(reading, async () => {
          const shelf = (await shelves.open()).look();
          return { texts: keys.map(shelf.read), version: shelf.version, keys: shelf.version === known ? null : shelf.keys };
        }),
      ),

    writeTexts: ({ writer, texts, spent, drop }) =>
      inTurn(() =>
        answered(
          writing,
          async () => {
            const { before, after } = await changing(writer, (own) => setTexts(own, texts, spent));
            if (drop.length > 0) (await shelves.open()).dropPictures(drop);
            return { before, after };
          },
          texts.reduce((sum, { text }) => sum + (text?.length ?? 0), 0),
        ),
      ),

    keepPicture: ({ writer, key, as, picture }) =>
      inTurn(() =>
        answered(
          writing,
          async () => {
            const image = 'bytes' in picture ? imageOf(figma, picture.bytes) : figma.getImageByHash(picture.hash);
            if (image === null) return null;
            const { done, before, after } = await changing(writer, (own) => {
              const node = figma.createRectangle();
              try {
                node.name = key;
                node.resize(1, 1);
                node.fills = [{ type: 'IMAGE', scaleMode: 'FIT', imageHash: image.hash }];
                own.pictures.appendChild(node);
                hide(node);
                const kept: KeptPicture = { as, hash: image.hash };
                setTexts(own, [{ key, text: JSON.stringify(kept) }]);
                return kept;
              } catch (cause) {
                node.remove();
                throw cause;
              }
            });
            return { kept: done, before, after };
          },
          'bytes' in picture ? picture.bytes.length : 0,
        ),
      ),

    readPicture: ({ hash }) =>
      answered(reading, async () => {
        const image = figma.getImageByHash(hash);
        return image === null ? null : image.getBytesAsync();
      }),

    getSetting: async ({ key }) => ({ answer: await getSetting(figma, key), give: [] }),
    setSetting: async ({ key, value }) => ({ answer: await setSetting(figma, key, value), give: [] }),
  };
}

/** null for what `createImage` does not take: its three refusals all speak of the image. */
function imageOf(figma: PluginAPI, bytes: Uint8Array): Image | null {
  try {
    return figma.createImage(bytes);
  } catch (cause) {
    const failure = failureOf(writing, cause);
    if (failure.kind === 'host' && /Image (is too (small|large)|type is unsupported)/.test(failure.message)) return null;
    throw cause;
  }
}

async function answered<T>(operation: string, work: () => Promise<T>, bytes = 0): Promise<Given<Result<T, Failure>>> {
  const { answer, give } = await guarded<T>(operation, async () => ok(await work()));
  return { answer: answer.ok ? answer : err(fullOr(answer.error, bytes)), give };
}

/** What Figma says when a whole file is full is not documented; of an entry it says that it exceeds its limit. */
const fullOr = (failure: Failure, bytes: number): Failure =>
  failure.kind === 'host' && /exceeds|quota|\bfull\b/i.test(failure.message)
    ? { kind: 'store-full', bytes, limitBytes: entryLimitBytes }
    : failure;
