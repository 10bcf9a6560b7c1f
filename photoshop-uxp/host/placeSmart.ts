/**
 * A picture as an embedded smart object at an exact place and scale. Photoshop sizes a placed file by its density, the
 * document's, and the preference "Resize Image During Place": what came out is measured and put right, or not taken.
 */
import type { AbortSignal } from '../../shared/core/abort.ts';
import type { Bounds } from '../../shared/core/geometry.ts';
import type { Pixels, Pixels16 } from '../../shared/core/pixels.ts';
import type { PictureCodec } from '../../shared/core/ports.ts';
import type { PhotoshopModule, PsDocument, UxpModule } from '../types/modules.ts';
import { layerTarget, play, playOne, propertyTarget } from './batchPlay.ts';
import { HostError } from './hostError.ts';

export interface SmartTools {
  readonly photoshop: PhotoshopModule;
  readonly uxp: UxpModule;
  readonly codec: PictureCodec;
}

/** A corner may be off by this much and still be drawn without resampling, px. */
export const mostResidualPx = 0.001;
const metresPerInch = 0.0254;

/** The new layer's identifier; throws when the file cannot be placed, or not exactly. The document must be in front. */
export async function placeSmart(
  { photoshop, uxp, codec }: SmartTools,
  document: PsDocument,
  pixels: Pixels | Pixels16,
  bounds: Bounds,
  signal: AbortSignal,
): Promise<number> {
  const pixelsPerMetre = Math.round(document.resolution / metresPerInch);
  const png = await codec.encode(pixels, { type: 'image/png', pixelsPerMetre }, signal);
  if (!png.ok) throw new HostError(png.error.kind === 'host' ? png.error.message : `the picture was not encoded (${png.error.kind})`);
  const { localFileSystem: files, formats } = uxp.storage;
  const folder = await files.getTemporaryFolder();
  const file = await folder.createFile(`retake-${document.id}-${Date.now()}.png`, { overwrite: true });
  try {
    const bytes = png.value;
    await file.write(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer, { format: formats.binary });
    const before = document.activeLayers[0]?.id;
    await play(photoshop.action, [
      {
        _obj: 'placeEvent',
        null: { _path: files.createSessionToken(file), _kind: 'local' },
        linked: false,
        freeTransformCenterState: { _enum: 'quadCenterState', _value: 'QCSAverage' },
        offset: { _obj: 'offset', horizontal: pixelsUnit(0), vertical: pixelsUnit(0) },
      },
    ]);
    const layerId = document.activeLayers[0]?.id;
    if (layerId === undefined || layerId === before) throw new HostError('the placed layer was not found');
    await putRight(photoshop, document.id, layerId, bounds);
    return layerId;
  } finally {
    await file.delete().catch(() => undefined);
  }
}

/** Scaled in percent of what was measured, then moved by whole pixels, then measured again. */
async function putRight({ action }: PhotoshopModule, documentId: number, layerId: number, wanted: Bounds): Promise<void> {
  let at = await measured(action, documentId, layerId);
  const target = layerTarget(documentId, layerId);
  if (Math.abs(at.width - wanted.width) > mostResidualPx || Math.abs(at.height - wanted.height) > mostResidualPx) {
    await play(action, [
      {
        _obj: 'transform',
        _target: target,
        freeTransformCenterState: { _enum: 'quadCenterState', _value: 'QCSAverage' },
        width: percentUnit((wanted.width / at.width) * 100),
        height: percentUnit((wanted.height / at.height) * 100),
        interfaceIconFrameDimmed: { _enum: 'interpolationType', _value: 'bicubic' },
      },
    ]);
    at = await measured(action, documentId, layerId);
  }
  const [right, down] = [Math.round(wanted.x - at.x), Math.round(wanted.y - at.y)];
  if (right !== 0 || down !== 0) {
    await play(action, [
      { _obj: 'move', _target: target, to: { _obj: 'offset', horizontal: pixelsUnit(right), vertical: pixelsUnit(down) } },
    ]);
  }
  const residual = await residualPx(action, documentId, layerId, wanted);
  if (residual > mostResidualPx) throw new HostError(`the placed picture is off by ${residual.toFixed(2)} px`);
}

/** The corner that lies furthest from where it should, px. */
export async function residualPx(action: PhotoshopModule['action'], documentId: number, layerId: number, wanted: Bounds): Promise<number> {
  const at = await measured(action, documentId, layerId);
  return Math.max(...(['x', 'y', 'width', 'height'] as const).map((name) => Math.abs(at[name] - wanted[name])));
}

/** From the corners: a layer's bounds are clipped to the canvas and to opaque pixels. */
async function measured(action: PhotoshopModule['action'], documentId: number, layerId: number): Promise<Bounds> {
  const answer = await playOne(action, { _obj: 'get', _target: propertyTarget('smartObjectMore', documentId, layerId) });
  const corners = answer.smartObjectMore?.transform as readonly number[] | undefined;
  if (!Array.isArray(corners) || corners.length !== 8) throw new HostError('the place of the smart object was not told');
  const [x0, y0, x1, y1, x2, y2, x3, y3] = corners.map(Number);
  if (
    Math.abs(y0 - y1) > mostResidualPx ||
    Math.abs(x0 - x3) > mostResidualPx ||
    Math.abs(x1 - x2) > mostResidualPx ||
    Math.abs(y2 - y3) > mostResidualPx
  ) {
    throw new HostError('the placed picture is turned');
  }
  return { x: x0, y: y0, width: x1 - x0, height: y3 - y0 };
}

const pixelsUnit = (value: number) => ({ _unit: 'pixelsUnit', _value: value });
const percentUnit = (value: number) => ({ _unit: 'percentUnit', _value: value });
