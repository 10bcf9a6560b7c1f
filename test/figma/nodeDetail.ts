import type { NodeDetail } from '../../figma-plugin/wire/hostCalls.ts';

/** A plain rectangle, as the sandbox tells of it. */
export const nodeDetail = (more: Partial<NodeDetail> = {}): NodeDetail => ({
  id: '1:2',
  name: 'Hero',
  type: 'RECTANGLE',
  kind: 'pixels',
  parent: null,
  size: { width: 100, height: 80 },
  toPage: [1, 0, 0, 1, 0, 0],
  pageBox: { x: 0, y: 0, width: 100, height: 80 },
  visible: true,
  locked: false,
  opacity: 1,
  grid: null,
  page: '0:1',
  image: null,
  isFilled: true,
  isInFlow: false,
  caveats: [],
  ...more,
});
