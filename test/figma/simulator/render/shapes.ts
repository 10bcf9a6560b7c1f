/** Which points of a node's own plane its shape covers. */
import { apply, inverse, times } from '../matrix.ts';
import type { SceneItem } from './scene.ts';

export interface Shape {
  readonly width: number;
  readonly height: number;
  /** No corner between four points of it that lies outside. */
  readonly isConvex: boolean;
  /** An upright rectangle without round corners: its coverage is known exactly. */
  readonly isPlain: boolean;
  contains(x: number, y: number): boolean;
}

const edge = 1e-6;

export function rectangle(width: number, height: number, radii: readonly number[] = [0, 0, 0, 0]): Shape {
  const most = Math.min(width, height) / 2;
  const [topLeft, topRight, bottomRight, bottomLeft] = radii.map((radius) => Math.min(radius, most));
  const isPlain = radii.every((radius) => radius <= 0);
  const contains = (x: number, y: number): boolean => {
    if (x < -edge || y < -edge || x > width + edge || y > height + edge) return false;
    if (isPlain) return true;
    const right = x > width / 2;
    const r = y > height / 2 ? (right ? bottomRight : bottomLeft) : right ? topRight : topLeft;
    const dx = right ? x - (width - r) : r - x;
    const dy = y > height / 2 ? y - (height - r) : r - y;
    return dx <= 0 || dy <= 0 || dx * dx + dy * dy <= r * r + edge;
  };
  return { width, height, isConvex: true, isPlain, contains };
}

export function ellipse(width: number, height: number): Shape {
  const contains = (x: number, y: number): boolean => {
    const [dx, dy] = [(2 * x) / width - 1, (2 * y) / height - 1];
    return dx * dx + dy * dy <= 1 + edge;
  };
  return { width, height, isConvex: true, isPlain: false, contains };
}

type Ring = readonly (readonly [number, number])[];

function polygon(width: number, height: number, rings: readonly Ring[], isEvenOdd: boolean): Shape {
  const contains = (x: number, y: number): boolean => {
    let turns = 0;
    for (const ring of rings) {
      for (let i = 0; i < ring.length; i++) {
        const [x1, y1] = ring[i];
        const [x2, y2] = ring[(i + 1) % ring.length];
        if (y1 <= y === y2 <= y) continue;
        if (x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) turns += y2 > y1 ? 1 : -1;
      }
    }
    return isEvenOdd ? turns % 2 !== 0 : turns !== 0;
  };
  return { width, height, isConvex: false, isPlain: false, contains };
}

function corners(width: number, height: number, count: number, inner: number | null): Ring {
  const points = inner === null ? count : count * 2;
  return Array.from({ length: points }, (_, i) => {
    const angle = (i / points) * 2 * Math.PI - Math.PI / 2;
    const reach = inner !== null && i % 2 === 1 ? inner : 1;
    return [(width / 2) * (1 + reach * Math.cos(angle)), (height / 2) * (1 + reach * Math.sin(angle))] as const;
  });
}

/** Rings of a path in absolute M, L, C, Q and Z, which is what Figma writes. */
function rings(data: string): readonly Ring[] {
  const made: [number, number][][] = [];
  const tokens = data.match(/[MLCQZ]|-?[\d.]+(?:e-?\d+)?/gi) ?? [];
  let i = 0;
  const point = (): [number, number] => [Number(tokens[i++]), Number(tokens[i++])];
  const curve = (controls: readonly [number, number][]): void => {
    const ring = made.at(-1)!;
    const all = [ring.at(-1)!, ...controls];
    for (let step = 1; step <= 16; step++) {
      let row = all;
      const t = step / 16;
      while (row.length > 1)
        row = row.slice(1).map(([x, y], k): [number, number] => [row[k][0] + (x - row[k][0]) * t, row[k][1] + (y - row[k][1]) * t]);
      ring.push(row[0]);
    }
  };
  while (i < tokens.length) {
    const command = tokens[i++].toUpperCase();
    if (command === 'M') made.push([point()]);
    else if (command === 'L') made.at(-1)!.push(point());
    else if (command === 'C') curve([point(), point(), point()]);
    else if (command === 'Q') curve([point(), point()]);
  }
  return made;
}

export function shapeOf(item: SceneItem): Shape {
  const { type, width, height, props } = item;
  const radii = ['topLeftRadius', 'topRightRadius', 'bottomRightRadius', 'bottomLeftRadius'].map((name) => Number(props[name] ?? 0));
  if (type === 'ELLIPSE') return ellipse(width, height);
  if (type === 'POLYGON') return polygon(width, height, [corners(width, height, Number(props.pointCount), null)], false);
  if (type === 'STAR') return polygon(width, height, [corners(width, height, Number(props.pointCount), Number(props.innerRadius))], false);
  if (type === 'TEXT') return bars(item);
  if (type === 'VECTOR') {
    const paths = props.vectorPaths as readonly { windingRule: string; data: string }[];
    if (paths.length > 0)
      return polygon(
        width,
        height,
        paths.flatMap((path) => rings(path.data)),
        paths[0].windingRule === 'EVENODD',
      );
  }
  if (type === 'BOOLEAN_OPERATION') return combined(item);
  return rectangle(width, height, radii);
}

/** Letters are bars: no fonts here, but words can be seen, counted and told apart by their length. */
function bars({ width, height, props }: SceneItem): Shape {
  const { characters, fontSize } = props as { characters: string; fontSize: number };
  const lines = characters.split('\n');
  const lineHeight = Math.round(fontSize * 1.2);
  const contains = (x: number, y: number): boolean => {
    const line = lines[Math.floor(y / lineHeight)];
    if (line === undefined || x < 0) return false;
    const column = x / (fontSize * 0.5);
    const within = y % lineHeight;
    return (
      line[Math.floor(column)]?.trim() !== undefined &&
      line[Math.floor(column)].trim() !== '' &&
      within > fontSize * 0.2 &&
      within < fontSize
    );
  };
  return { width, height, isConvex: false, isPlain: false, contains };
}

function combined(item: SceneItem): Shape {
  const parts = item.children
    .filter((child) => child.props.visible !== false)
    .map((child) => ({ shape: shapeOf(child), to: times(inverse(child.transform), item.transform) }));
  const contains = (x: number, y: number): boolean => {
    const inside = parts.map(({ shape, to }) => {
      const at = apply(to, x, y);
      return shape.contains(at.x, at.y);
    });
    if (item.props.booleanOperation === 'INTERSECT') return inside.length > 0 && inside.every(Boolean);
    if (item.props.booleanOperation === 'SUBTRACT') return inside[0] === true && !inside.slice(1).some(Boolean);
    if (item.props.booleanOperation === 'EXCLUDE') return inside.filter(Boolean).length % 2 === 1;
    return inside.some(Boolean);
  };
  return { width: item.width, height: item.height, isConvex: false, isPlain: false, contains };
}

/** The ring along a shape's edge that a stroke covers. */
export function strokeOf(item: SceneItem): Shape {
  const { type, width, height, props } = item;
  const weight = Number(props.strokeWeight ?? 1);
  if (type === 'LINE') {
    const contains = (x: number, y: number): boolean => x >= -edge && x <= width + edge && Math.abs(y) <= weight / 2 + edge;
    return { width, height, isConvex: true, isPlain: false, contains };
  }
  const align = String(props.strokeAlign ?? 'INSIDE');
  const outside = align === 'OUTSIDE' ? weight : align === 'CENTER' ? weight / 2 : 0;
  const inside = weight - outside;
  const around = (by: number): Shape => {
    const w = Math.max(0.01, width + 2 * by);
    const h = Math.max(0.01, height + 2 * by);
    if (type === 'ELLIPSE') return ellipse(w, h);
    const radii = ['topLeftRadius', 'topRightRadius', 'bottomRightRadius', 'bottomLeftRadius'].map((name) => Number(props[name] ?? 0));
    return rectangle(
      w,
      h,
      radii.map((radius) => (radius > 0 ? Math.max(0, radius + by) : 0)),
    );
  };
  const [outer, inner] = [around(outside), around(-inside)];
  const contains = (x: number, y: number): boolean => outer.contains(x + outside, y + outside) && !inner.contains(x - inside, y - inside);
  return { width, height, isConvex: false, isPlain: false, contains };
}
