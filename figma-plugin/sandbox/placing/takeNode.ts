/** What every node of a take carries: its story, its grid, where it came from, and the buttons that open the plug-in on it. */
import { composeAffine, invertAffine } from '../../../shared/core/compose/affine.ts';
import type { Affine } from '../../../shared/core/compose/types.ts';
import type { Failure } from '../../../shared/core/failure.ts';
import { err, ok, type Result } from '../../../shared/core/result.ts';
import { shorten, toUtf8 } from '../../../shared/core/text.ts';
import type { Grid } from '../../wire/grid.ts';
import type { PlaceNode } from '../../wire/hostCalls.ts';
import { type PaintRef, type TakeKey, takeKey, takeNamespace } from '../../wire/takeData.ts';
import { affineOf } from '../scene/fillGeometry.ts';

/** Per entry: namespace, key and value together, in UTF-8 bytes (Figma's page on `setSharedPluginData`). */
const entryBytes = 100_000;
/** A longer description makes `setRelaunchData` throw. */
const descriptionCharacters = 1_000;

/** Texts as they fit into a file. Checked before anything is made. */
export interface TakeTexts {
  readonly story: string;
  readonly grid: Grid;
  readonly provenance: string;
}

export function readTexts({ data }: Pick<PlaceNode, 'data'>): Result<TakeTexts, Failure> {
  const story = withoutKeys(data.story);
  const bytes = toUtf8(story).length;
  const limitBytes = roomFor('story');
  if (bytes > limitBytes) return err({ kind: 'store-full', bytes, limitBytes });
  try {
    return ok({ story, grid: JSON.parse(data.grid), provenance: fitted(withoutKeys(data.provenance), roomFor('provenance')) });
  } catch {
    return err({ kind: 'corrupt', what: 'The grid of the take' });
  }
}

/** Every plug-in can read these texts; a key that the user typed into an instruction does not go there. */
const withoutKeys = (text: string): string => text.replace(/AIza[\w-]{20,}/g, '…');

/** Reckoned with the longest key, that of a further fill. */
const roomFor = (key: TakeKey): number => entryBytes - toUtf8(takeNamespace + takeKey(key, { node: '', hash: '0'.repeat(40) })).length;

/** The longest texts in it are shortened first, so that it stays JSON; what is none is cut between characters. */
function fitted(text: string, limitBytes: number): string {
  let fitting = text;
  for (let most = 20_000; toUtf8(fitting).length > limitBytes && most > 16; most = Math.floor(most / 2)) {
    try {
      fitting = JSON.stringify(JSON.parse(text), (_, value) => (typeof value === 'string' ? shorten(value, most) : value));
    } catch {
      break;
    }
  }
  return cutToBytes(fitting, limitBytes);
}

function cutToBytes(text: string, limitBytes: number): string {
  if (toUtf8(text).length <= limitBytes) return text;
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += toUtf8(character).length;
    if (bytes > limitBytes) break;
    kept += character;
  }
  return kept;
}

/** `toPage` is where the grid lies now: the take's own units are reckoned from it. `paint`: of a further fill, whose data lies apart from that of other fills of the node. */
export function writeTake(node: SceneNode, texts: TakeTexts, name: string, toPage: Affine, paint: PaintRef | null = null): void {
  const back = invertAffine(affineOf(node.absoluteTransform));
  const toNode = back === null ? null : composeAffine(back, toPage);
  const write = (key: TakeKey, text: string): void => node.setSharedPluginData(takeNamespace, takeKey(key, paint), text);
  write('story', texts.story);
  write('grid', JSON.stringify({ ...texts.grid, toNode } satisfies Grid));
  write('provenance', texts.provenance);
  node.setRelaunchData({
    refine: shorten(`Go on from “${withoutKeys(name)}”`, descriptionCharacters),
    explain: shorten(madeBy(texts.provenance), descriptionCharacters),
  });
}

export function forgetTake(node: SceneNode, paint: PaintRef | null): void {
  for (const key of ['story', 'grid', 'provenance'] as const) node.setSharedPluginData(takeNamespace, takeKey(key, paint), '');
  node.setRelaunchData({});
}

/** "Made by gemini-… on 2026-01-02"; '' where that is not told. */
function madeBy(provenance: string): string {
  try {
    const { model, at } = JSON.parse(provenance);
    if (typeof model !== 'string') return '';
    return typeof at === 'string' ? `Made by ${model} on ${at.slice(0, 10)}` : `Made by ${model}`;
  } catch {
    return '';
  }
}
