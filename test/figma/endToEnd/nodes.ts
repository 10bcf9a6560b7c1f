/** What lies in a file. */
import type { FigmaFile, TreeNode } from '../simulator/index.ts';

/** All nodes, in the order of the layer tree. */
export function nodesIn(file: FigmaFile, from?: string): readonly TreeNode[] {
  const each = (node: TreeNode): TreeNode[] => [node, ...node.children.flatMap(each)];
  return each(file.tree(from));
}

/** The nodes that are takes. */
export const takesIn = (file: FigmaFile): readonly TreeNode[] =>
  nodesIn(file).filter(({ data }) => data['shared/retake/story'] !== undefined);

export const placeholdersIn = (file: FigmaFile): readonly TreeNode[] =>
  nodesIn(file).filter(({ data }) => data['shared/retake/placeholder'] !== undefined);
