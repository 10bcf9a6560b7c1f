/**
 * An image model that a test scripts: it answers what it is told, in order, and keeps the requests. Unscripted, it
 * answers the picture it was sent, at the cell's size, as a faithful model would.
 */
import type { AbortSignal } from '../../shared/core/abort.ts';
import { resize } from '../../shared/core/compose/resample.ts';
import type { Failure } from '../../shared/core/failure.ts';
import type { AvailableModel, EditAnswer, EditRequest, ImageModel } from '../../shared/core/model.ts';
import { createPixels, type Pixels } from '../../shared/core/pixels.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';

export type Scripted = Failure | ((request: EditRequest) => Pixels | Promise<Pixels>);

export class FakeModel implements ImageModel {
  readonly requests: EditRequest[] = [];
  private readonly script: Scripted[];

  constructor(...script: Scripted[]) {
    this.script = script;
  }

  async edit(request: EditRequest, signal: AbortSignal): Promise<Result<EditAnswer, Failure>> {
    this.requests.push(request);
    if (signal.aborted) return err({ kind: 'cancelled' });
    const next = this.script.shift() ?? atCellSize;
    if (typeof next !== 'function') return err(next);
    const pixels = await next(request);
    return ok({
      picture: { type: 'image/jpeg', bytes: new Uint8Array([1, 2, 3]), pixels },
      said: [
        { kind: 'text', text: 'The fake changed nothing.' },
        { kind: 'picture', type: 'image/jpeg', bytes: new Uint8Array([1, 2, 3]) },
      ],
      drafts: [],
      parts: ['{"text": "The fake changed nothing."}'],
      usage: { promptTokens: 1130, candidateTokens: 1120, thoughtTokens: 150, totalTokens: 2400, imageTokens: 1120 },
      modelVersion: 'fake-1',
      responseId: `response-${this.requests.length}`,
      finishReason: 'STOP',
      sent: request.pictures.map((picture) => ({
        width: picture.pixels.width,
        height: picture.pixels.height,
        type: 'image/png',
        bytes: new Uint8Array([4, 5, 6]),
        byteLength: 3,
        hash: 'ab'.repeat(32),
      })),
      timingsMs: { encode: 1, request: 2, decode: 3 },
      attempts: 1,
    });
  }

  async available(): Promise<Result<readonly AvailableModel[] | null, Failure>> {
    return ok(null);
  }
}

const neverStop = { breathe: () => false };

/** The sent picture at the size the model delivers. */
export async function atCellSize(request: EditRequest): Promise<Pixels> {
  const { extent } = request.cell;
  if (request.pictures.length === 0) return createPixels(extent.width, extent.height);
  return (await resize(request.pictures[0].pixels, extent, neverStop)) as Pixels;
}

/** Every pixel one colour. */
export const allOf =
  (r: number, g: number, b: number): Scripted =>
  (request) => {
    const pixels = createPixels(request.cell.extent.width, request.cell.extent.height);
    for (let i = 0; i < pixels.data.length; i += 4) pixels.data.set([r, g, b, 255], i);
    return pixels;
  };
