/** Drawn paths: what size they give their node, and what Figma tells of the areas of others. */
import type { NodeData } from './document.ts';
import { transformOf } from './geometry.ts';
import { apply, around, type Point } from './matrix.ts';
import { mapped, pointsOf, type VectorPath } from './pathData.ts';
import type { Run } from './run.ts';

/** The node is as large as what is drawn, control points counted. */
export function writeVectorPaths({ document }: Run, { id }: NodeData, paths: readonly VectorPath[]): void {
  const box = around(pointsOf(paths).map((point) => ({ ...point, width: 0, height: 0 })));
  document.setProps(id, { vectorPaths: paths, ...(box === null ? {} : { width: box.width, height: box.height }) });
}

/** Told without spaces. Of boolean groups only unions of plain rectangles and drawn shapes are modelled, and nothing else has an area here. */
export function fillGeometryOf({ document }: Run, node: NodeData): readonly VectorPath[] {
  if (node.type !== 'BOOLEAN_OPERATION' || node.props.booleanOperation !== 'UNION') return [];
  const own = transformOf(node);
  return document.children(node.id).flatMap((id) => {
    const child = document.at(id);
    const { width, height, vectorPaths } = child.props as { width: number; height: number; vectorPaths?: readonly VectorPath[] };
    const box = { windingRule: 'NONZERO', data: `M 0 0 L ${width} 0 L ${width} ${height} L 0 ${height} Z` };
    const paths = child.type === 'RECTANGLE' ? [box] : child.type === 'VECTOR' ? (vectorPaths ?? []) : [];
    // The places of both count from the same container.
    const place = ({ x, y }: Point): Point => {
      const at = apply(transformOf(child), x, y);
      return { x: at.x - own[0][2], y: at.y - own[1][2] };
    };
    return paths.map((path) => ({ ...path, data: mapped(path.data, place, '') }));
  });
}
