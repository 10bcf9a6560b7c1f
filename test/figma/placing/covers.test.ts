/** An opaque take covers exactly the pixels that its source shows, however that is cropped, turned, flipped, rounded, nested or cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blue, type Canvas, likeFill, open, png, red } from './canvas.ts';

const side = 96;

interface Nest {
  readonly kind: 'frame' | 'group' | 'instance' | 'row';
  readonly place: Placing;
  readonly isClipping: boolean;
  readonly radius: number;
}

interface Placing {
  readonly degrees: number;
  readonly isFlipped: boolean;
  readonly x: number;
  readonly y: number;
}

interface Plan {
  readonly outline: 'rectangle' | 'ellipse' | 'star' | 'frame';
  readonly size: { readonly width: number; readonly height: number };
  readonly picture: { readonly width: number; readonly height: number };
  readonly fill: 'FILL' | 'FIT' | 'CROP';
  readonly quarters: number;
  readonly crop: { readonly degrees: number; readonly zoom: number; readonly x: number; readonly y: number };
  readonly radii: readonly [number, number, number, number];
  readonly place: Placing;
  readonly nests: readonly Nest[];
}

const placing: fc.Arbitrary<Placing> = fc.record({
  degrees: fc.oneof(fc.constantFrom(0, 90, 180, 270), fc.integer({ min: 0, max: 359 })),
  isFlipped: fc.boolean(),
  x: fc.integer({ min: -10, max: 30 }),
  y: fc.integer({ min: -10, max: 30 }),
});

const plans: fc.Arbitrary<Plan> = fc.record({
  outline: fc.constantFrom('rectangle', 'ellipse', 'star', 'frame'),
  size: fc.record({ width: fc.integer({ min: 8, max: 60 }), height: fc.integer({ min: 8, max: 60 }) }),
  picture: fc.record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) }),
  fill: fc.constantFrom('FILL', 'FIT', 'CROP'),
  quarters: fc.integer({ min: 0, max: 3 }),
  crop: fc.record({
    degrees: fc.integer({ min: 0, max: 359 }),
    zoom: fc.double({ min: 0.3, max: 1.6, noNaN: true }),
    x: fc.double({ min: -0.4, max: 0.8, noNaN: true }),
    y: fc.double({ min: -0.4, max: 0.8, noNaN: true }),
  }),
  radii: fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20), fc.nat(20)),
  place: placing,
  nests: fc.array(
    fc.record({ kind: fc.constantFrom('frame', 'group', 'instance', 'row'), place: placing, isClipping: fc.boolean(), radius: fc.nat(20) }),
    { maxLength: 3 },
  ),
});

/** Off the pixels, so that no edge runs through their middles, where the last digit would decide. */
function transform({ degrees, isFlipped, x, y }: Placing): Transform {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const flip = isFlipped ? -1 : 1;
  return [
    [cos * flip, -sin, x + 15.1373],
    [sin * flip, cos, y + 15.2719],
  ];
}

/** Within a transparent frame of its own, so that nothing else is in the picture. */
function build({ user, file }: Canvas, plan: Plan): { readonly stage: FrameNode; readonly source: RectangleNode } {
  return file.build(() => {
    const stage = user.createFrame();
    stage.resize(side, side);
    stage.fills = [];
    let source: RectangleNode = make(user, plan);
    source.relativeTransform = transform(plan.place);
    let inner: SceneNode = source;
    for (const nest of plan.nests) {
      if (nest.kind === 'group') {
        inner = user.group([inner], user.currentPage);
        continue;
      }
      const frame = nest.kind === 'instance' ? user.createComponent() : user.createFrame();
      frame.resize(70, 60);
      frame.fills = [];
      frame.clipsContent = nest.isClipping;
      frame.cornerRadius = nest.radius;
      const at = transform(nest.place);
      frame.appendChild(inner);
      if (nest.kind === 'row') frame.layoutMode = 'HORIZONTAL';
      const path = pathTo(source, frame);
      const outer: SceneNode = frame.type === 'COMPONENT' ? frame.createInstance() : frame;
      // The component itself is out of sight.
      if (frame.type === 'COMPONENT') frame.x = 10_000;
      source = follow(outer, path) as RectangleNode;
      (outer as FrameNode).relativeTransform = at;
      inner = outer;
    }
    stage.appendChild(inner);
    return { stage, source };
  });
}

function make(user: PluginAPI, { outline, size, picture, fill, quarters, crop, radii }: Plan): RectangleNode {
  const node = {
    rectangle: () => user.createRectangle(),
    ellipse: () => user.createEllipse(),
    star: () => user.createStar(),
    frame: () => user.createFrame(),
  }[outline]() as RectangleNode;
  node.resize(size.width, size.height);
  const imageHash = user.createImage(png(picture, blue)).hash;
  const [cos, sin] = [Math.cos((crop.degrees * Math.PI) / 180), Math.sin((crop.degrees * Math.PI) / 180)];
  const imageTransform: Transform = [
    [cos * crop.zoom, -sin * crop.zoom, crop.x],
    [sin * crop.zoom, cos * crop.zoom, crop.y],
  ];
  node.fills = [
    fill === 'CROP'
      ? { type: 'IMAGE', scaleMode: 'CROP', imageHash, imageTransform }
      : { type: 'IMAGE', scaleMode: fill, imageHash, rotation: quarters * 90 },
  ];
  if ('topLeftRadius' in node) {
    [node.topLeftRadius, node.topRightRadius, node.bottomRightRadius, node.bottomLeftRadius] = radii;
  }
  return node;
}

/** Positions among siblings, from the frame inwards. */
function pathTo(node: SceneNode, frame: BaseNode): readonly number[] {
  const path: number[] = [];
  for (let at: BaseNode = node; at.id !== frame.id; at = at.parent!) path.unshift(at.parent!.children.findIndex(({ id }) => id === at.id));
  return path;
}

const follow = (from: SceneNode, path: readonly number[]): SceneNode =>
  path.reduce((at, index) => (at as SceneNode & ChildrenMixin).children[index], from);

describe('an opaque take', () => {
  it('covers what its source shows, pixel by pixel', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const canvas = open();
        const { stage, source } = build(canvas, plan);
        const shown = await canvas.file.pixels(stage.id);
        const { id } = await canvas.panel.place(likeFill(source, plan.picture, png(plan.picture, red)));
        source.visible = false;
        const taken = await canvas.file.pixels(stage.id);
        expect([taken.width, taken.height]).toEqual([shown.width, shown.height]);
        for (let i = 0; i < shown.data.length; i += 4) {
          const [got, wanted] = [taken.data[i + 3], shown.data[i + 3]];
          // Where a frame ends with the layer, the edge of both softens the pixels on it twice; the take has no frame there.
          const isEdge = wanted > 0 && wanted < 255 && got < 255;
          if (Math.abs(got - wanted) > (isEdge ? 70 : 2)) {
            throw new Error(`alpha ${got} for ${wanted} at ${(i / 4) % shown.width}, ${Math.floor(i / 4 / shown.width)}`);
          }
          if (taken.data[i + 3] > 200 && !(taken.data[i] > 180 && taken.data[i + 2] < 90))
            throw new Error('another picture than the take’s');
        }
        canvas.file.user.undo();
        canvas.file.user.undo();
        expect(canvas.file.exists(id)).toBe(false);
      }),
      { numRuns: 100, seed: 5 },
    );
  }, 120_000);
});
