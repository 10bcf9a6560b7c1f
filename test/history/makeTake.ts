/** Takes for tests: complete, with whatever a test says about them. */
import { type History, noPictures, type PictureRef, type Take } from '../../shared/core/history/take.ts';
import { digitalSourceTypes } from '../../shared/core/provenance.ts';

export const hashOf = (n: number): string => n.toString(16).padStart(64, '0');

export const pictureRef = (n: number, type: PictureRef['type'] = 'image/png'): PictureRef => ({
  hash: hashOf(n),
  type,
  width: 64,
  height: 48,
  byteLength: 1000,
});

export function makeTake(id: string, more: Partial<Take> = {}): Take {
  const instruction = more.instruction ?? `make it ${id}`;
  const parent = more.parent ?? null;
  const prompt = { id: 'edit/layer', version: 1 };
  return {
    id,
    parent,
    order: 1,
    state: 'done',
    instruction,
    region: null,
    context: { way: 'fresh', chosenBy: 'policy', why: 'The first round on this layer.', instructions: [instruction], dropped: [] },
    said: [{ kind: 'text', text: `Here is ${id}.` }],
    pictures: noPictures,
    turn: null,
    prompt,
    provenance: {
      schema: 1,
      takeId: id,
      parentTakeId: parent,
      model: 'gemini-nano-banana-2.1',
      modelVersion: 'nano-banana-2.1',
      responseId: `response-${id}`,
      instruction,
      prompt,
      inputHash: hashOf(1),
      promptHash: hashOf(2),
      answerHash: hashOf(3),
      at: '2026-01-02T03:04:05.000Z',
      digitalSourceType: digitalSourceTypes.composite,
      software: 'Retake 0.1.0',
    },
    model: 'gemini-nano-banana-2.1',
    source: { of: 'layer-1', name: 'Photo', bounds: { x: 0, y: 0, width: 64, height: 48 } },
    placed: { layer: `layer-${id}`, bounds: { x: 0, y: 0, width: 64, height: 48 } },
    findings: null,
    scores: [],
    usage: { promptTokens: 100, candidateTokens: 1120, thoughtTokens: 0, totalTokens: 1220, imageTokens: 1120 },
    costUsd: 0.0364,
    tookMs: 12_000,
    at: 1_767_323_045_000,
    failure: null,
    ...more,
  };
}

export const historyOf = (...takes: readonly Take[]): History => ({
  schema: 2,
  takes: new Map(takes.map((take) => [take.id, take])),
  marks: new Map(),
  bookmarks: new Map(),
});

/** Small and fast; the same numbers for the same seed everywhere (Steele et al., SplitMix, 2014, in 32 bits). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) % below;
  };
}
