/** Paths as Figma writes them: absolute commands, and points. */
import type { Point } from './matrix.ts';
import type { Check } from './schema.ts';

export interface VectorPath {
  readonly windingRule: string;
  readonly data: string;
}

const command = /^[MLCQZ]$/;
const number = /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/;

/** Commands and numbers, "separated by a single space". */
export const pathData: Check = (value, path) => {
  const isPath = typeof value === 'string' && value.split(' ').every((token) => command.test(token) || number.test(token));
  return isPath ? null : `Expected commands and numbers separated by a single space${path === '' ? '' : ` at ${path}`}`;
};

/** All points, control points too, each as `map` has it. `between` what stands between tokens. */
export const mapped = (data: string, map: (point: Point) => Point, between: string): string => {
  const tokens = data.match(/[MLCQZ]|-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/g) ?? [];
  const made: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (command.test(tokens[i])) made.push(tokens[i]);
    else {
      const { x, y } = map({ x: Number(tokens[i]), y: Number(tokens[++i]) });
      made.push(`${x}${between === '' ? ' ' : between}${y}`);
    }
  }
  return made.join(between);
};

export function pointsOf(paths: readonly VectorPath[]): readonly Point[] {
  const points: Point[] = [];
  const keep = (point: Point): Point => {
    points.push(point);
    return point;
  };
  for (const { data } of paths) mapped(data, keep, ' ');
  return points;
}

export const scaledPaths = (paths: readonly VectorPath[], across: number, down: number): readonly VectorPath[] =>
  paths.map((path) => ({ ...path, data: mapped(path.data, ({ x, y }) => ({ x: x * across, y: y * down }), ' ') }));
