/** What the model tests share: a server, a model that talks to it, and a clock whose waits take no time. */
import type { AbortSignal as CoreSignal } from '../../shared/core/abort.ts';
import { neverAborted } from '../../shared/core/abort.ts';
import type { Cell, EditRequest, LabelledPicture } from '../../shared/core/model.ts';
import { cellsOf, defaultModelId, findModel } from '../../shared/core/models/registry.ts';
import { createPixels, type Pixels } from '../../shared/core/pixels.ts';
import type { Clock } from '../../shared/core/ports.ts';
import { chooseModel } from '../../shared/models/chooseModel.ts';
import type { GeminiOptions } from '../../shared/models/gemini/createGemini.ts';
import { createNodeCodec } from '../../standalone/command/nodeCodec.ts';
import type { GeminiServer } from '../geminiServer/server.ts';

/** Requests take some ten milliseconds; on a machine with other work to do, many times that. */
export const soon = { timeout: 60_000 };

/**
 * Back-off takes no time and is noted; a deadline (100 s and more) stays pending until `strike`.
 */
export class WaitingClock implements Clock {
  readonly waits: number[] = [];
  private readonly deadlines: (() => void)[] = [];

  now(): number {
    return performance.now();
  }

  sleep(ms: number, signal: CoreSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    if (ms < 100_000 && ms !== 30_000) {
      this.waits.push(ms);
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      this.deadlines.push(() => resolve(true));
      signal.addEventListener('abort', () => resolve(false), { once: true });
    });
  }

  strike(): void {
    for (const deadline of this.deadlines.splice(0)) deadline();
  }
}

export const realClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve(false);
      const timer = setTimeout(() => resolve(true), ms);
      signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          resolve(false);
        },
        { once: true },
      );
    }),
};

/** A soft gradient of `color`, opaque. */
export function painted(width: number, height: number, color: readonly [number, number, number] = [200, 80, 40]): Pixels {
  const pixels = createPixels(width, height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) pixels.data.set([color[0], (color[1] + x) & 255, (color[2] + y) & 255, 255], (y * width + x) * 4);
  return pixels;
}

export const layer = (pixels: Pixels = painted(96, 64)): LabelledPicture => ({
  role: 'subject',
  label: 'Image 1, the layer to edit:',
  pixels,
});

export function cellOf(model: string, ratio = '1:1', size: Cell['size'] = '1K'): Cell {
  const cells = cellsOf(findModel(model));
  return cells.find((cell) => cell.ratio === ratio && cell.size === size) ?? cells.find((cell) => cell.ratio === ratio) ?? cells[0];
}

export const requestFor = (model: string = defaultModelId, changes: Partial<EditRequest> = {}): EditRequest => ({
  model,
  cell: cellOf(model),
  pictures: [layer()],
  instruction: 'make it green',
  prompt: { id: 'test/plain', version: 1, text: 'Edit this picture: make it green' },
  turns: [],
  thinking: null,
  ...changes,
});

export function modelAt(server: Pick<GeminiServer, 'url' | 'key'>, model: string = defaultModelId, changes: Partial<GeminiOptions> = {}) {
  const chosen = chooseModel({
    entry: findModel(model),
    apiKey: server.key,
    baseUrl: server.url,
    codec: createNodeCodec(),
    clock: new WaitingClock(),
    random: () => 0,
    offline: () => {
      throw new Error('not the offline model');
    },
    ...changes,
  });
  if (!chosen.ok) throw new Error(chosen.error.kind);
  return chosen.value;
}

export { neverAborted };
