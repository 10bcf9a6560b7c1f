/**
 * A picture maker that needs nothing but sharp: the first picture, or a plain one, turned a little and brought to the
 * cell. For tests that are about the wire and not about pictures.
 */
import sharp from 'sharp';
import { cellsOf, findModel } from '../../shared/core/models/registry.ts';
import type { PictureMaker } from './answerBody.ts';
import type { GenerateRequest } from './generateRequest.ts';

/** The pixels that the model would deliver for what the request asks. */
export function deliveredExtent(request: GenerateRequest): { readonly width: number; readonly height: number } {
  const cells = cellsOf(findModel(request.model));
  const asked = cells.find((cell) => cell.ratio === request.aspectRatio && (request.imageSize === null || cell.size === request.imageSize));
  return (asked ?? cells[0]).extent;
}

export const plainAnswer: PictureMaker = async (request) => {
  const { width, height } = deliveredExtent(request);
  const first = request.pictures[0];
  const source =
    first === undefined ? sharp({ create: { width: 64, height: 64, channels: 3, background: '#4a78b0' } }) : sharp(first.bytes);
  const bytes = await source.resize(width, height, { fit: 'fill' }).modulate({ hue: 40 }).jpeg({ quality: 90 }).toBuffer();
  return { picture: { bytes: new Uint8Array(bytes), type: 'image/jpeg' }, text: 'I turned the colours.' };
};
