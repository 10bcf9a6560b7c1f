/**
 * Where the document lies on the stage. `scale` is device pixels per document pixel, so 1 is 100 %: one to one on the
 * screen, crisp; `x` and `y` are the device-pixel place of the document's top left. Whole numbers at 100 % and above,
 * because half a pixel of offset blurs every edge.
 */
import type { Extent, Point } from '../../shared/core/geometry.ts';

export interface View extends Point {
  readonly scale: number;
}

const steps = [0.02, 0.03, 0.05, 0.08, 0.125, 0.17, 0.25, 0.33, 0.5, 0.67, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32];
export const minScale = steps[0];
export const maxScale = steps[steps.length - 1];

const settle = ({ scale, x, y }: View): View => ({ scale, x: Math.round(x), y: Math.round(y) });

/** The whole document, centred, with `margin` device px around it; small ones are not blown up beyond 100 % × `most`. */
export function fitView(document: Extent, stage: Extent, margin: number, most = 1): View {
  const room = { width: Math.max(1, stage.width - 2 * margin), height: Math.max(1, stage.height - 2 * margin) };
  const scale = Math.min(most, room.width / document.width, room.height / document.height);
  return center(document, stage, scale);
}

export const center = (document: Extent, stage: Extent, scale: number): View =>
  settle({ scale, x: (stage.width - document.width * scale) / 2, y: (stage.height - document.height * scale) / 2 });

/** Zooms so that the document point under `at` (device px) stays there. */
export function zoomTo(view: View, scale: number, at: Point): View {
  const next = Math.min(maxScale, Math.max(minScale, scale));
  return settle({ scale: next, x: at.x - ((at.x - view.x) / view.scale) * next, y: at.y - ((at.y - view.y) / view.scale) * next });
}

export const nextStep = (scale: number): number => steps.find((step) => step > scale * 1.001) ?? maxScale;

export const previousStep = (scale: number): number => [...steps].reverse().find((step) => step < scale * 0.999) ?? minScale;

/** Moves the document, but never wholly out of sight: `keep` device px of it stay on the stage. */
export function pan(view: View, by: Point, document: Extent, stage: Extent, keep = 48): View {
  const within = (value: number, size: number, room: number): number => Math.min(room - keep, Math.max(keep - size, value));
  return settle({
    scale: view.scale,
    x: within(view.x + by.x, document.width * view.scale, stage.width),
    y: within(view.y + by.y, document.height * view.scale, stage.height),
  });
}

export const toDocument = (view: View, at: Point): Point => ({ x: (at.x - view.x) / view.scale, y: (at.y - view.y) / view.scale });

/** "67 %"; one more figure below 10 %. */
export const zoomText = (scale: number): string => `${scale < 0.1 ? (scale * 100).toFixed(1) : Math.round(scale * 100)} %`;
