/**
 * OpenCV beside us, in WebAssembly: registration by enhanced correlation (Evangelidis and Psarakis 2008) on a pyramid,
 * started from the plain stretch, as one would use it without knowing better.
 */
import cv from '@techstark/opencv-js';
import { composeAffine, scaleAffine, stretchAffine } from '../../shared/core/compose/affine.ts';
import { lumaOf, planWorkGrid, reduceToPlanes } from '../../shared/core/compose/planes.ts';
import type { Affine, Plane } from '../../shared/core/compose/types.ts';
import type { Pixels } from '../../shared/core/pixels.ts';

/** The module passes for a promise that resolves to itself, so it is never returned from anything asynchronous. */
export async function loadOpenCv(): Promise<void> {
  if (!cv.Mat) await new Promise<void>((done) => Object.assign(cv, { onRuntimeInitialized: () => done() }));
}

const pace = { breathe: () => false as const };

function matOf({ width, height, data }: Plane): cv.Mat {
  return cv.matFromArray(height, width, cv.CV_8UC1, Uint8Array.from(data, (v) => Math.max(0, Math.min(255, Math.round(v)))) as never);
}

export interface EccFit {
  /** Answer px → source px; null when it did not converge. */
  readonly matrix: Affine | null;
  readonly ms: number;
}

export async function registerWithEcc(source: Pixels, answer: Pixels): Promise<EccFit> {
  const start = performance.now();
  const grid = planWorkGrid(source, answer);
  const s = await reduceToPlanes(source, grid.source, [255, 255, 255], pace);
  const a = await reduceToPlanes(answer, grid.answer, [255, 255, 255], pace);
  if (s === null || a === null) throw new Error('not aborted');
  const levels: { readonly source: cv.Mat; readonly answer: cv.Mat }[] = [
    { source: matOf(lumaOf(s.planes)), answer: matOf(lumaOf(a.planes)) },
  ];
  while (Math.min(levels[0].answer.rows, levels[0].answer.cols) > 160) {
    const next = { source: new cv.Mat(), answer: new cv.Mat() };
    cv.pyrDown(levels[0].source, next.source);
    cv.pyrDown(levels[0].answer, next.answer);
    levels.unshift(next);
  }
  const [coarse] = levels;
  // OpenCV's centres lie on whole numbers.
  const toCv = (m: Affine): number[] => {
    const [p, q, r, t, e, f] = composeAffine([1, 0, 0, 1, -0.5, -0.5], composeAffine(m, [1, 0, 0, 1, 0.5, 0.5]));
    return [p, r, e, q, t, f];
  };
  const fromCv = ([p, r, e, q, t, f]: ArrayLike<number> & Iterable<number>): Affine =>
    composeAffine([1, 0, 0, 1, 0.5, 0.5], composeAffine([p, q, r, t, e, f], [1, 0, 0, 1, -0.5, -0.5]));
  let map: Affine = stretchAffine(
    { width: coarse.answer.cols, height: coarse.answer.rows },
    { width: coarse.source.cols, height: coarse.source.rows },
  );
  let isFound = true;
  const none = new cv.Mat();
  for (const [k, level] of levels.entries()) {
    const warp = cv.matFromArray(2, 3, cv.CV_32F, toCv(map));
    try {
      // 1 counts iterations, 2 is the precision; 2 as the motion is affine.
      cv.findTransformECC(level.answer, level.source, warp, 2, new cv.TermCriteria(3, 60, 1e-5), none, 5);
      map = fromCv(warp.data32F);
    } catch {
      isFound = false;
    }
    warp.delete();
    if (!isFound) break;
    if (k < levels.length - 1) map = [map[0], map[1], map[2], map[3], map[4] * 2, map[5] * 2];
  }
  none.delete();
  for (const level of levels) {
    level.source.delete();
    level.answer.delete();
  }
  const toGrid = scaleAffine(grid.answer.width / answer.width, grid.answer.height / answer.height);
  const fromGrid = scaleAffine(source.width / grid.source.width, source.height / grid.source.height);
  return { matrix: isFound ? composeAffine(fromGrid, composeAffine(map, toGrid)) : null, ms: performance.now() - start };
}

/** The affine map that fits most of the matches, within 2 px, and then all of those best. */
export function bestAffine(from: readonly (readonly [number, number])[], to: readonly (readonly [number, number])[]): Affine {
  const one = cv.matFromArray(from.length, 1, cv.CV_32FC2, from.flat());
  const two = cv.matFromArray(to.length, 1, cv.CV_32FC2, to.flat());
  const inliers = new cv.Mat();
  const found = cv.estimateAffine2D(one, two, inliers, cv.RANSAC, 2, 5000, 0.999, 20);
  const [p, r, e, q, t, f] = found.data64F;
  for (const mat of [one, two, inliers, found]) mat.delete();
  return [p, q, r, t, e, f];
}
