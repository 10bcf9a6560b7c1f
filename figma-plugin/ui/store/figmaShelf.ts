/**
 * The panel's view of a file's shelves: what is written there, by whom, and what this sitting adds. Texts never change under
 * their key, so each is fetched once, and a look that finds nothing new is one small message.
 *
 * What this sitting wrote it remembers. The user's undo takes plug-in data back like anything else; such texts still count
 * here, and are put back with the next write. Not before: a change of the file would cost the user the redo.
 */
import type { Failure } from '../../../shared/core/failure.ts';
import { ok, type Result } from '../../../shared/core/result.ts';
import type { Caller } from '../../../shared/line/line.ts';
import type { FigmaCalls } from '../../wire/calls.ts';
import type { KeptPicture, ShelfChange, ShelfText, ShelfWriter } from '../../wire/storeCalls.ts';
import { asked } from '../parentLine.ts';
import {
  compareHeads,
  goneToText,
  type Head,
  headOf,
  inParts,
  partKeys,
  partsNamed,
  pictureToText,
  readHeadKey,
  textToGone,
  textToPicture,
  wholeOfPart,
} from './shelfTexts.ts';

export type StoreLine = Pick<Caller<FigmaCalls>, 'call'>;

export interface FigmaShelf {
  /** Brings the view up to date, with the texts of all heads of what is named. */
  look(of: readonly string[]): Promise<Result<null, Failure>>;
  /** What has been written and not taken away; of each its heads, the earliest first. */
  readonly heads: ReadonlyMap<string, readonly Head[]>;
  /** After a `look` at it; null for what came in pieces and is not whole. */
  text(head: Head): string | null;
  /** `isSpent` tells of an earlier text of it whether it says no more than this one. */
  put(of: string, text: string, isSpent?: (earlier: string) => boolean): Promise<Result<null, Failure>>;
  /** `null`: Figma takes no such picture. */
  putPicture(of: string, as: KeptPicture['as'], bytes: Uint8Array): Promise<Result<KeptPicture | null, Failure>>;
  /** Takes away all that a `look` finds of it. */
  takeAway(of: string): Promise<Result<null, Failure>>;
  /** Told when a look has found what this sitting did not write, or no longer finds what it did. */
  onOthers(listen: () => void): () => void;
}

const mostLooks = 6;

/** `hasEnded`: a writer is an earlier sitting of this machine that nobody works in any more. */
export function createFigmaShelf(line: StoreLine, writer: ShelfWriter, hasEnded: (writer: string) => boolean): FigmaShelf {
  const me = `${writer.machine}-${writer.sitting}`;
  let known: number | null = null;
  /** Of the keys that are there: heads, and how many parts a head has. */
  let present = new Set<string>();
  let parts = new Map<string, number>();
  let hasLooked = false;
  const texts = new Map<string, string>();
  /** Written by this sitting and not taken away or replaced by it. */
  const own = new Map<string, Head>();
  let heads: ReadonlyMap<string, readonly Head[]> = new Map();
  /** Keys of heads that somebody has taken away; where they are another's, they stay on his shelf. */
  let gone: ReadonlySet<string> = new Set();
  let lastNumber = 0;
  const listeners = new Set<() => void>();
  let busy: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = busy.then(work, work);
    busy = done.catch(() => {});
    return done;
  };

  const parsed = new Map<string, Head | null>();
  function headAt(key: string): Head | null {
    let head = parsed.get(key);
    if (head === undefined) {
      head = readHeadKey(key);
      parsed.set(key, head);
    }
    return head;
  }

  const isGoneHead = ({ of }: Head): boolean => of.startsWith('x/');

  function arrange(): void {
    const all: Head[] = [...own.values()];
    for (const key of present) {
      const head = own.has(key) ? null : headAt(key);
      if (head !== null) all.push(head);
    }
    gone = new Set(all.filter(isGoneHead).flatMap(({ key }) => textToGone(texts.get(key) ?? '')));
    const found = new Map<string, Head[]>();
    for (const head of all) {
      lastNumber = Math.max(lastNumber, head.number);
      if (isGoneHead(head) || gone.has(head.key)) continue;
      const siblings = found.get(head.of);
      if (siblings === undefined) found.set(head.of, [head]);
      else siblings.push(head);
    }
    for (const siblings of found.values()) siblings.sort(compareHeads);
    heads = found;
  }

  /** Answers whether there is anything else than before. */
  function takeKeys(keys: readonly string[]): boolean {
    const before = present;
    const counts = new Map<string, number>();
    const now = new Set<string>();
    for (const key of keys) {
      const whole = headAt(key) === null ? wholeOfPart(key) : null;
      if (whole === null) now.add(key);
      else counts.set(whole, (counts.get(whole) ?? 0) + 1);
    }
    parts = counts;
    present = now;
    return now.size !== before.size || [...now].some((key) => !before.has(key));
  }

  /** Keys of texts that are wanted and not here: of heads, of their parts, and of whatever was taken away. */
  function missing(of: readonly string[]): readonly string[] {
    const wanted: string[] = [];
    const want = (key: string): void => {
      if (!texts.has(key) && present.has(key)) wanted.push(key, ...partKeys(key, parts.get(key) ?? 0));
    };
    for (const each of of) for (const { key } of heads.get(each) ?? []) want(key);
    for (const key of present) if (key.startsWith('x/')) want(key);
    return wanted;
  }

  function takeTexts(keys: readonly string[], found: readonly (string | null)[]): void {
    const given = new Map(keys.map((key, i) => [key, found[i] ?? null]));
    for (const key of keys) {
      const head = given.get(key) ?? null;
      if (head === null || !present.has(key)) continue;
      const count = partsNamed(head);
      const pieces = count === 0 ? [head] : partKeys(key, count).map((part) => given.get(part) ?? null);
      // Not all parts have come yet: another person's changes arrive in no order.
      if (pieces.some((piece) => piece === null)) continue;
      texts.set(key, pieces.join(''));
    }
  }

  async function look(of: readonly string[]): Promise<Result<null, Failure>> {
    for (let looks = 0; looks < mostLooks; looks++) {
      const keys = missing(of);
      if (looks > 0 && keys.length === 0) break;
      const answer = await asked(line, 'readTexts', { keys, known });
      if (!answer.ok) return answer;
      takeTexts(keys, answer.value.texts);
      const { keys: all, version } = answer.value;
      known = version;
      const isNews = all !== null && takeKeys(all) && hasLooked;
      hasLooked = true;
      // Most looks find nothing new; only what was taken away changes by being read.
      if (all !== null || keys.some((key) => key.startsWith('x/'))) arrange();
      if (isNews) for (const listen of listeners) listen();
      if (all === null) break;
    }
    return ok(null);
  }

  /** The view follows a change of its own without being told all keys again, if nothing else has changed in between. */
  function follow({ before, after }: ShelfChange): void {
    known = known === before ? after : null;
    arrange();
  }

  const remember = (head: Head, text: string, pieces = 0): void => {
    own.set(head.key, head);
    texts.set(head.key, text);
    if (pieces > 0) parts.set(head.key, pieces);
    present.add(head.key);
  };
  const forget = (keys: readonly string[]): void => {
    for (const key of keys) {
      own.delete(key);
      texts.delete(key);
      present.delete(key);
    }
  };

  const takenAway = (keys: readonly string[]): readonly ShelfText[] =>
    keys.flatMap((key) => [{ key, text: null }, ...partKeys(key, parts.get(key) ?? 0).map((part) => ({ key: part, text: null }))]);

  /** What this sitting wrote and an undo took back. Pictures are put back by their hash, which Figma knows as long as the file is open. */
  async function putBack(): Promise<Result<readonly ShelfText[], Failure>> {
    const back: ShelfText[] = [];
    for (const head of [...own.values()]) {
      if (present.has(head.key) || gone.has(head.key)) continue;
      const text = texts.get(head.key) ?? '';
      const picture = textToPicture(text);
      if (picture === null) {
        back.push(...inParts(head.key, text));
        continue;
      }
      const kept = await asked(line, 'keepPicture', { writer, key: head.key, as: picture.as, picture: { hash: picture.hash } });
      if (!kept.ok) return kept;
      if (kept.value === null) own.delete(head.key);
      else {
        remember(head, pictureToText(kept.value.kept));
        follow(kept.value);
      }
    }
    return ok(back);
  }

  async function write(
    texts: readonly ShelfText[],
    { drop = [], spent = [] }: { readonly drop?: readonly string[]; readonly spent?: readonly string[] } = {},
  ): Promise<Result<ShelfChange, Failure>> {
    const back = await putBack();
    if (!back.ok) return back;
    const written = await asked(line, 'writeTexts', { writer, texts: [...back.value, ...texts], spent, drop });
    if (written.ok) for (const key of own.keys()) if (!gone.has(key)) present.add(key);
    return written;
  }

  const ownOf = (of: string): readonly string[] => [...own.values()].filter((head) => head.of === of).map(({ key }) => key);
  /**
   * What this machine's ended sittings have left of it, and is not needed any more: there would be one more copy for each sitting that
   * ever changed it. Those of other people are theirs to take away. What was never read here stays.
   */
  const spentHeads = (of: string, isSpent: (earlier: string) => boolean): readonly string[] =>
    (heads.get(of) ?? []).flatMap(({ key, writer: by }) => {
      const earlier = own.has(key) || !hasEnded(by) ? undefined : texts.get(key);
      return earlier !== undefined && isSpent(earlier) ? [key] : [];
    });
  const newHead = (of: string): Head => headOf(of, lastNumber + 1, me);

  return {
    look: (of) => inTurn(() => look(of)),
    get heads() {
      return heads;
    },
    text: ({ key }) => texts.get(key) ?? null,

    put: (of, text, isSpent = () => false) =>
      inTurn(async () => {
        const old = ownOf(of);
        const spent = spentHeads(of, isSpent);
        const head = newHead(of);
        const pieces = inParts(head.key, text);
        const written = await write([...pieces, ...takenAway(old)], { spent: takenAway(spent).map(({ key }) => key) });
        if (!written.ok) return written;
        remember(head, text, pieces.length - 1);
        forget([...old, ...spent]);
        follow(written.value);
        return ok(null);
      }),

    putPicture: (of, as, bytes) =>
      inTurn(async () => {
        if ([...own.keys()].some((key) => !present.has(key))) {
          const back = await write([]);
          if (!back.ok) return back;
          follow(back.value);
        }
        const head = newHead(of);
        const kept = await asked(line, 'keepPicture', { writer, key: head.key, as, picture: { bytes } });
        if (!kept.ok) return kept;
        if (kept.value === null) return ok(null);
        remember(head, pictureToText(kept.value.kept));
        follow(kept.value);
        return ok(kept.value.kept);
      }),

    takeAway: (of) =>
      inTurn(async () => {
        const looked = await look([of]);
        if (!looked.ok) return looked;
        const all = heads.get(of) ?? [];
        if (all.length === 0) return ok(null);
        const drop = all.flatMap(({ key }) => textToPicture(texts.get(key) ?? '')?.hash ?? []);
        const mine = ownOf(of);
        const others = all.filter(({ key }) => !own.has(key)).map(({ key }) => key);
        const earlier = ownOf(`x/${of}`);
        const head = newHead(`x/${of}`);
        const gone = goneToText([...earlier.flatMap((key) => textToGone(texts.get(key) ?? '')), ...others]);
        const written = await write(
          [...(others.length === 0 ? [] : inParts(head.key, gone)), ...takenAway([...mine, ...(others.length === 0 ? [] : earlier)])],
          { drop },
        );
        if (!written.ok) return written;
        if (others.length > 0) {
          remember(head, gone);
          forget(earlier);
        }
        forget(mine);
        follow(written.value);
        return ok(null);
      }),

    onOthers(listen) {
      listeners.add(listen);
      return () => {
        listeners.delete(listen);
      };
    },
  };
}
