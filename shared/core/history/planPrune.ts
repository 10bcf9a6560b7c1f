/**
 * Which pictures may go when a document's blobs outgrow their budget. Words never go. Pictures go only where the user has
 * discarded their takes, or where they can be made again; what no known take names is left alone, because a round that
 * was broken off may have paid for it.
 */
import type { BlobInfo } from '../ports.ts';
import type { History, Take } from './take.ts';
import { hiddenTakes, takesInOrder } from './tree.ts';

export interface PrunePlan {
  readonly remove: readonly (BlobInfo & { readonly why: 'discarded' | 'can-be-made-again' })[];
  /** Of all blobs, afterwards. */
  readonly byteLength: number;
  /** What goes and why, and what could not: for the user. '' when nothing had to be done. */
  readonly note: string;
}

/** `rounds`: by take, the blobs that its kept round names. */
export function planPrune(
  history: History,
  blobs: readonly BlobInfo[],
  budgetBytes: number,
  rounds: ReadonlyMap<string, readonly string[]> = new Map(),
): PrunePlan {
  const blobsNamed = (take: Take): readonly string[] => [...blobsOf(take), ...(rounds.get(take.id) ?? [])];
  const sizes = new Map(blobs.map(({ hash, byteLength }) => [hash, byteLength]));
  let byteLength = blobs.reduce((sum, blob) => sum + blob.byteLength, 0);
  const before = byteLength;
  const remove: PrunePlan['remove'][number][] = [];
  const drop = (hash: string, why: PrunePlan['remove'][number]['why']): void => {
    const size = sizes.get(hash);
    if (size === undefined || byteLength <= budgetBytes) return;
    sizes.delete(hash);
    byteLength -= size;
    remove.push({ hash, byteLength: size, why });
  };

  const hidden = hiddenTakes(history);
  const takes = takesInOrder(history);
  const needed = new Set(takes.filter(({ id }) => !hidden.has(id)).flatMap(blobsNamed));
  for (const take of takes) if (hidden.has(take.id)) for (const hash of blobsNamed(take)) if (!needed.has(hash)) drop(hash, 'discarded');
  const irreplaceable = new Set(
    takes.flatMap(({ id, pictures, said, turn }) => [
      ...(pictures.answer === null ? [] : [pictures.answer.hash]),
      ...said.flatMap((part) => (part.kind === 'picture' ? [part.hash] : [])),
      ...(turn === null ? [] : [turn]),
      ...(rounds.get(id) ?? []),
    ]),
  );
  for (const take of takes) for (const hash of remakeable(take)) if (!irreplaceable.has(hash)) drop(hash, 'can-be-made-again');
  return { remove, byteLength, note: noteOf(remove, before, byteLength, budgetBytes) };
}

/** Every blob that a take names. */
export const blobsOf = ({ pictures, said, turn }: Take): readonly string[] => [
  ...[pictures.answer, pictures.composed, pictures.mask, pictures.thumbnail].flatMap((ref) =>
    ref === null || ref.type === 'layer' ? [] : [ref.hash],
  ),
  ...said.flatMap((part) => (part.kind === 'picture' ? [part.hash] : [])),
  ...(turn === null ? [] : [turn]),
];

/** From the layer that shows the take, and the answer: the composed picture first, which is the largest. */
function remakeable({ placed, pictures }: Take): readonly string[] {
  if (placed === null) return [];
  return [pictures.composed, pictures.mask, pictures.thumbnail].flatMap((ref) => (ref === null || ref.type === 'layer' ? [] : [ref.hash]));
}

function noteOf(remove: PrunePlan['remove'], before: number, after: number, budgetBytes: number): string {
  if (before <= budgetBytes) return '';
  const limit = megabytes(budgetBytes);
  const told = (['discarded', 'can-be-made-again'] as const).flatMap((why) => {
    const these = remove.filter((blob) => blob.why === why);
    if (these.length === 0) return [];
    const count = `${these.length} ${these.length === 1 ? 'picture' : 'pictures'}`;
    const size = megabytes(these.reduce((sum, blob) => sum + blob.byteLength, 0));
    return [why === 'discarded' ? `${count} of discarded takes (${size})` : `${count} that can be made again (${size})`];
  });
  const gone =
    told.length === 0
      ? ''
      : `To stay within ${limit}, ${told.join(' and ')} ${remove.length === 1 ? 'was' : 'were'} left out; no words were. `;
  const rest =
    after > budgetBytes
      ? `The takes’ pictures have ${megabytes(after)}, more than the ${limit} meant for them: discard takes that are not needed.`
      : '';
  return `${gone}${rest}`.trim();
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
