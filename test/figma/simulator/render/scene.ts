/** What is drawn, taken out of the document at one moment: the file may change while pictures are decoded. */
import type { SimDocument } from '../document.ts';
import { absoluteTransform, sizeOf } from '../geometry.ts';
import type { SimPaint } from '../paints.ts';
import type { Transform } from '../values.ts';

export interface SceneItem {
  readonly id: string;
  readonly type: string;
  readonly width: number;
  readonly height: number;
  readonly transform: Transform;
  readonly props: Readonly<Record<string, unknown>>;
  readonly children: readonly SceneItem[];
}

export function sceneOf(document: SimDocument, id: string): SceneItem {
  const node = document.at(id);
  return {
    id,
    type: node.type,
    ...sizeOf(node),
    transform: absoluteTransform(document, id),
    props: node.props,
    children: document.children(id).map((child) => sceneOf(document, child)),
  };
}

export function paintsOf({ props }: SceneItem, name: 'fills' | 'strokes'): readonly SimPaint[] {
  const paints = name === 'fills' && !Array.isArray(props.fills) ? props.rangeFills : props[name];
  return Array.isArray(paints) ? paints.filter((paint) => paint.visible !== false && paint.opacity !== 0) : [];
}

export function* imagesIn(item: SceneItem): Generator<string> {
  for (const name of ['fills', 'strokes'] as const) {
    for (const paint of paintsOf(item, name)) if (paint.type === 'IMAGE' && paint.imageHash !== null) yield paint.imageHash;
  }
  for (const child of item.children) yield* imagesIn(child);
}
