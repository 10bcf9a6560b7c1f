/**
 * A take's picture as the document keeps it, with its subject read as its round read it: all that composing needs, once
 * more. Composing is deterministic, so the same comes out as long as the layer beneath is the same.
 */
import type { AbortSignal } from '../abort.ts';
import { toSrgb } from '../color/convert.ts';
import { chooseGround, chooseMatte } from '../compose/matte.ts';
import type { Failure } from '../failure.ts';
import { readRound } from '../history/round.ts';
import type { History, Take } from '../history/take.ts';
import { layersOf, layersOfTakes, takesInOrder } from '../history/tree.ts';
import type { LayerRef } from '../host.ts';
import { cellsOf, findModel } from '../models/registry.ts';
import { hasTransparency, type Mask, type Pixels, rectangleMask } from '../pixels.ts';
import { readIntent } from '../prompts/intent.ts';
import { err, ok, type Result } from '../result.ts';
import { conversationOf, soundPath } from './chooseContext.ts';
import { composeAnswer } from './composeAnswer.ts';
import { planFrame } from './frame.ts';
import { layMerged } from './layMerged.ts';
import { unionOf } from './prepareContext.ts';
import { readSubject } from './readSubject.ts';
import { maskOf } from './regionMask.ts';
import { laidAs } from './takeFindings.ts';
import type { Composition, EditAsk, EditPorts, Subject } from './types.ts';

export interface KeptAnswer {
  readonly subject: Subject;
  /** Over the subject as it was laid then, or as is asked now. */
  compose(ask: Pick<EditAsk, 'tone' | 'keep'>, signal: AbortSignal): Promise<Result<Composition, Failure>>;
}

export type KeptPorts = Pick<EditPorts, 'host' | 'store' | 'codec' | 'clock' | 'layOver'>;

/** `lost-take` when its picture is not kept; `no-such-layer` when what it was made from is gone. */
export async function readKept(ports: KeptPorts, history: History, take: Take, signal: AbortSignal): Promise<Result<KeptAnswer, Failure>> {
  const { host, store, codec, clock, layOver } = ports;
  const bytes = take.pictures.answer === null ? ok(null) : await store.blobs.read(take.pictures.answer.hash);
  if (!bytes.ok) return bytes;
  if (bytes.value === null) return err({ kind: 'lost-take', name: take.instruction });
  const picture = await codec.decode(bytes.value, signal);
  if (!picture.ok) return picture;
  const answer = toSrgb(picture.value);

  const { of, bounds } = take.source;
  const region = await regionOf(ports, history, take, signal);
  const subject = await readSubject(host, of, region, history, signal, { bounds, except: notThereYet(history, take) });
  if (!subject.ok) return subject;
  const compose: KeptAnswer['compose'] = async (ask, stop) => {
    const laid = laidAs(ask, take.findings?.laid);
    if (take.model === 'merged') return layMerged(subject.value, answer, laid, clock, stop, layOver);
    const frame = frameOf(subject.value, take, answer);
    if (frame === null) return err({ kind: 'cannot-edit', model: take.model, successor: findModel(take.model).successor });
    const { pixels } = subject.value;
    const { instructions } = take.context;
    const isCutOut = region === null && instructions.some((instruction) => readIntent(instruction) === 'cut-out');
    const compiled = { frame, matte: hasTransparency(pixels) ? chooseMatte(pixels) : null, ground: isCutOut ? chooseGround(pixels) : null };
    return composeAnswer(subject.value, compiled, answer, instructions, laid, clock, stop, layOver);
  };
  return ok({ subject: subject.value, compose });
}

/** As it was sent; the size class that was asked for shows in the answer. */
function frameOf({ bounds }: Subject, { model }: Take, answer: Pixels) {
  const entry = findModel(model);
  const size = cellsOf(entry).find(({ extent }) => extent.width === answer.width && extent.height === answer.height)?.size;
  return planFrame(bounds, entry, size ?? null) ?? planFrame(bounds, entry, null);
}

/** Of all that shows: its own layers and those of later takes; in a tree, those of all takes, as the round left them out. */
function notThereYet(history: History, take: Take): readonly LayerRef[] {
  if (take.source.of !== 'visible') return [];
  if (take.parent !== null) return layersOfTakes(history);
  const ordered = takesInOrder(history);
  return ordered.slice(ordered.findIndex(({ id }) => id === take.id)).flatMap((later) => layersOf(history, later));
}

/** Where the round's picture may show: with a list or a conversation, also where the rounds before it might. */
async function regionOf({ store, codec }: KeptPorts, history: History, take: Take, signal: AbortSignal): Promise<Mask | null> {
  const { way, instructions } = take.context;
  // One that failed after it was paid for is no part of its own path.
  const path = [...soundPath(history, take.id).filter(({ id }) => id !== take.id), take];
  const shown = way === 'from-take' ? [take] : way === 'continue' ? conversationOf(path) : path.slice(-Math.max(1, instructions.length));
  const masks: (Mask | null)[] = [];
  for (const { region, turn } of shown) {
    if (region === null) return null;
    const round = turn === null ? ok(null) : await readRound(store.blobs, turn);
    const hash = round.ok ? (round.value?.mask ?? null) : null;
    const bytes = hash === null ? ok(null) : await store.blobs.read(hash);
    const mask = bytes.ok && bytes.value !== null ? await maskOf(bytes.value, region, codec, signal) : null;
    masks.push(mask ?? rectangleMask(region));
  }
  return unionOf(masks);
}
