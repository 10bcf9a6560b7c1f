/** The shapes that can be added, as outlines around 0, 0 that fit a square of side 2. */
import { exhaustive } from '../../core/result.ts';
import type { ShapeName } from './commands.ts';
import type { Contours } from './outline.ts';

const turn = 2 * Math.PI;

function around(points: number, radius: (i: number) => number, start = -Math.PI / 2): number[] {
  const out: number[] = [];
  for (let i = 0; i < points; i++) {
    const angle = start + (turn * i) / points;
    out.push(radius(i) * Math.cos(angle), radius(i) * Math.sin(angle));
  }
  return out;
}

const circle = (radius: number): number[] => around(180, () => radius);
const reversed = (contour: readonly number[]): number[] => {
  const out: number[] = [];
  for (let i = contour.length - 2; i >= 0; i -= 2) out.push(contour[i] as number, contour[i + 1] as number);
  return out;
};
const box = (halfWidth: number, halfHeight: number): number[] => [
  -halfWidth,
  -halfHeight,
  halfWidth,
  -halfHeight,
  halfWidth,
  halfHeight,
  -halfWidth,
  halfHeight,
];

/** Curve of a heart, 16 sin³ t and its cosine series, scaled to the square. */
const heart = (): number[] => {
  const out: number[] = [];
  for (let i = 0; i < 160; i++) {
    const t = (turn * i) / 160;
    const y = 13 * Math.cos(t) - 5 * Math.cos(2 * t) - 2 * Math.cos(3 * t) - Math.cos(4 * t);
    out.push(Math.sin(t) ** 3, -y / 16 - 0.1);
  }
  return out;
};

const sun = (): number[][] => {
  const rays = Array.from({ length: 12 }, (_, i) => {
    const a = (turn * i) / 12;
    const at = (r: number, d: number): number[] => [r * Math.cos(a + d), r * Math.sin(a + d)];
    return [...at(0.68, -0.07), ...at(1, -0.045), ...at(1, 0.045), ...at(0.68, 0.07)];
  });
  return [circle(0.55), ...rays];
};

const moon = (): number[] => {
  const out: number[] = [];
  // Outer arc of the disc, then back along the arc of a disc that hides its right part.
  const bite = { x: 0.42, y: -0.16, r: 0.84 };
  const inside = (x: number, y: number): boolean => Math.hypot(x - bite.x, y - bite.y) < bite.r;
  const steps = 240;
  const outer: [number, number][] = Array.from({ length: steps }, (_, i) => [Math.cos((turn * i) / steps), Math.sin((turn * i) / steps)]);
  const start = outer.findIndex(([x, y], i) => !inside(x, y) && inside(...(outer[(i + steps - 1) % steps] as [number, number])));
  const arc: [number, number][] = [];
  for (let k = 0; k < steps; k++) {
    const point = outer[(start + k) % steps] as [number, number];
    if (inside(...point)) break;
    arc.push(point);
  }
  for (const [x, y] of arc) out.push(x, y);
  const first = arc[0] as [number, number];
  const last = arc[arc.length - 1] as [number, number];
  const angleOf = ([x, y]: [number, number]): number => Math.atan2(y - bite.y, x - bite.x);
  const from = angleOf(last);
  let to = angleOf(first);
  // Back the way that stays inside the disc.
  while (to > from) to -= turn;
  for (let k = 1; k < 80; k++) {
    const a = from + ((to - from) * k) / 80;
    out.push(bite.x + bite.r * Math.cos(a), bite.y + bite.r * Math.sin(a));
  }
  return out;
};

export function shapeContours(shape: ShapeName): Contours {
  switch (shape) {
    case 'circle':
      return [circle(1)];
    case 'ring':
      return [circle(1), reversed(circle(0.74))];
    case 'square':
      return [box(0.9, 0.9)];
    case 'rectangle':
      return [box(1, 0.62)];
    case 'triangle':
      return [[0, -0.95, 1, 0.78, -1, 0.78]];
    case 'diamond':
      return [[0, -1, 0.78, 0, 0, 1, -0.78, 0]];
    case 'hexagon':
      return [around(6, () => 1)];
    case 'star':
      return [around(10, (i) => (i % 2 === 0 ? 1 : 0.42))];
    case 'heart':
      return [heart()];
    case 'arrow':
      return [[-1, -0.2, 0.22, -0.2, 0.22, -0.58, 1, 0, 0.22, 0.58, 0.22, 0.2, -1, 0.2]];
    case 'cross':
      return [[-0.3, -1, 0.3, -1, 0.3, -0.3, 1, -0.3, 1, 0.3, 0.3, 0.3, 0.3, 1, -0.3, 1, -0.3, 0.3, -1, 0.3, -1, -0.3, -0.3, -0.3]];
    case 'line':
      return [box(1, 0.018)];
    case 'frame':
      return [box(1, 1), reversed(box(0.94, 0.94))];
    case 'sun':
      return sun();
    case 'moon':
      return [moon()];
    case 'badge':
      return [around(48, (i) => (i % 2 === 0 ? 1 : 0.9))];
    default:
      return exhaustive(shape);
  }
}
