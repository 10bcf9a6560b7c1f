/**
 * Whatever Figma throws, and wherever: each call and each write of the sandbox is refused once, in Figma's words (handbook: Figma, exact
 * strings). The answer is a `Failure` or a take placed otherwise, never an exception; the file is as it was; the next step works.
 */
import { describe, expect, it } from 'vitest';
import { sceneCalls } from '../../figma-plugin/sandbox/scene/sceneCalls.ts';
import { createUndoEdge } from '../../figma-plugin/sandbox/undoEdge.ts';
import type { PlaceNode } from '../../figma-plugin/wire/hostCalls.ts';
import { neverAborted } from '../../shared/core/abort.ts';
import { asPanel, type Canvas, extent, likeFill, open, photo, png, red, rendered } from './placing/canvas.ts';
import { createFacade } from './simulator/facade.ts';

/** What Figma says of each, as far as it is known. */
const words: Readonly<Record<string, string>> = {
  insertChild: 'in insertChild: Cannot move node. New parent is an instance or is inside of an instance',
  appendChild: 'in appendChild: Cannot move node. New parent is an instance or is inside of an instance',
  clone: 'in clone: Cannot write to node with unloaded font "Inter Regular"',
  createImage: 'in createImage: Image is too large',
  exportAsync: 'in exportAsync: Node is detached',
  getNodeByIdAsync: 'The node with id "1:2" does not exist',
  setSharedPluginData: 'in setPluginData: This pluginData entry exceeds 100 kB per entry limit.',
  set_layoutPositioning: 'in set_layoutPositioning: Can only set layoutPositioning = ABSOLUTE if the parent node has layoutMode !== NONE',
  set_layoutSizingHorizontal: 'in set_layoutSizingHorizontal: FILL can only be set on children of auto-layout frames',
  set_layoutSizingVertical: 'in set_layoutSizingVertical: HUG can only be set on auto-layout frames or text children of auto-layout frames',
};

const said = (what: string): string => words[what] ?? `in ${what}: The node with id "1:2" does not exist`;

interface Faults {
  readonly figma: PluginAPI;
  /** The n-th call or write from now on is refused, and no other. */
  arm(n: number, what?: 'all' | 'calls'): void;
  /** What was refused since; null for nothing. */
  disarm(): string | null;
}

function faultyFigma({ file }: Canvas): Faults {
  const { operations } = file.plugin;
  let left = Number.POSITIVE_INFINITY;
  let writes = true;
  let refused: string | null = null;
  const perhaps = (what: string): void => {
    if (left-- !== 0) return;
    refused = what;
    throw new Error(said(what));
  };
  const { figma } = createFacade({
    ...operations,
    call(on, name, given) {
      perhaps(name);
      return operations.call(on, name, given);
    },
    set(on, name, value) {
      if (writes) perhaps(`set_${name}`);
      operations.set(on, name, value);
    },
  });
  return {
    figma,
    arm(n, what = 'all') {
      left = n;
      writes = what === 'all';
      refused = null;
    },
    disarm() {
      left = Number.POSITIVE_INFINITY;
      return refused;
    },
  };
}

const scenes: Readonly<Record<string, (canvas: Canvas) => PlaceNode>> = {
  'above a picture': (canvas) => {
    const source = photo(canvas);
    return likeFill(source, extent, png(extent, red));
  },
  'above a drawn shape, which is copied': (canvas) => {
    const star = canvas.user.createStar();
    star.resize(80, 60);
    star.fills = photo(canvas).fills;
    return likeFill(star as never, extent, png(extent, red));
  },
  'above an instance that clips, in auto layout': (canvas) => {
    const row = canvas.user.createFrame();
    row.layoutMode = 'HORIZONTAL';
    const component = canvas.user.createComponent();
    component.resize(50, 40);
    component.clipsContent = true;
    photo(canvas, component);
    const instance = component.createInstance();
    row.appendChild(instance);
    return likeFill(instance.children[0] as RectangleNode, extent, png(extent, red));
  },
  beside: (canvas) => likeFill(photo(canvas), extent, png(extent, red), { at: 'beside' }),
  'as a further fill': (canvas) => likeFill(photo(canvas), extent, png(extent, red), { at: 'fill' }),
  'in the flow': (canvas) => {
    const row = canvas.user.createFrame();
    row.layoutMode = 'HORIZONTAL';
    row.layoutSizingHorizontal = 'FIXED';
    const source = photo(canvas, row);
    source.layoutSizingHorizontal = 'FILL';
    return likeFill(source, extent, png(extent, red), { at: 'flow' });
  },
  'in tiles': (canvas) => {
    const put = rendered(photo(canvas), 1, red);
    const [tile] = (put.picture as Extract<PlaceNode['picture'], { kind: 'tiles' }>).tiles;
    const next = { ...tile, toPage: [1, 0, 0, 1, 80, 0] as const };
    return { ...put, picture: { kind: 'tiles', tiles: [tile, next] } } as PlaceNode;
  },
};

/** What is called for some of them alone. */
const own: Readonly<Record<string, readonly string[]>> = {
  'above a picture': ['insertChild', 'resize', 'set_relativeTransform'],
  'above a drawn shape, which is copied': ['clone', 'set_effects'],
  'above an instance that clips, in auto layout': ['createFrame', 'set_clipsContent', 'set_layoutPositioning'],
  'as a further fill': ['set_fills'],
  'in the flow': ['clone', 'set_layoutSizingHorizontal'],
  'in tiles': ['group'],
};

describe('placing a take, with each of its calls refused once', () => {
  it.each(Object.keys(scenes))('%s', async (name) => {
    const canvas = open();
    const put = canvas.file.build(() => scenes[name](canvas));
    const faults = faultyFigma(canvas);
    const panel = asPanel(faults.figma);
    await canvas.file.settled();
    const before = canvas.dump();
    const refusals = new Set<string>();
    let failures = 0;
    for (let n = 0; ; n++) {
      faults.arm(n);
      const begun = await panel.ask('beginStep', { label: 'Retake' });
      let isKept = false;
      if (begun.ok) {
        const { step } = begun.value;
        const placed = await panel.ask('place', { step, put });
        isKept = (await panel.ask('endStep', { step, keep: placed.ok })).ok && placed.ok;
        if (!placed.ok) expect(placed.error.kind, JSON.stringify(placed.error)).toMatch(/^(host|no-such-layer|too-large|store-full)$/);
      }
      const refused = faults.disarm();
      if (refused === null) {
        expect(isKept).toBe(true);
        break;
      }
      refusals.add(refused);
      const when = `${refused} is refused (${n})`;
      if (isKept) canvas.file.user.undo();
      else failures++;
      expect(canvas.dump(), when).toEqual(before);
    }
    // All that matters was among them.
    const usual = ['createImage', 'setSharedPluginData', 'setRelaunchData', 'getNodeByIdAsync', 'commitUndo'];
    for (const each of [...usual, ...(own[name] ?? [])]) expect([...refusals]).toContain(each);
    expect(failures).toBeGreaterThan(5);
  });
});

describe('reading, with each of its calls refused once', () => {
  it('answers a failure or less, and sets back what it has hidden', async () => {
    const canvas = open();
    const { group, shape } = canvas.file.build((figma) => {
      const one = photo(canvas);
      const two = photo(canvas);
      two.x = 30;
      const all = figma.group([one, two], figma.currentPage);
      all.visible = false;
      figma.currentPage.selection = [all];
      return { group: all, shape: two };
    });
    const faults = faultyFigma(canvas);
    const answers = sceneCalls(faults.figma, () => {}, createUndoEdge(faults.figma));
    const hash = (shape.fills as readonly ImagePaint[])[0].imageHash ?? '';
    const asks = [
      () => answers.scene({ of: null, container: null }, neverAborted),
      () => answers.looks({ nodes: [group.id, shape.id] }, neverAborted),
      () => answers.renderNode({ node: group.id, scale: 1, except: [shape.id] }, neverAborted),
      () => answers.readImage({ hash }, neverAborted),
      () => answers.readStory({ node: shape.id }, neverAborted),
      () => answers.select({ nodes: [shape.id] }, neverAborted),
    ];
    await canvas.file.settled();
    const before = canvas.dump();
    for (const ask of asks) {
      for (let n = 0; ; n++) {
        faults.arm(n, 'calls');
        const { answer } = await ask();
        const refused = faults.disarm();
        expect(canvas.dump(), `${refused} (${n})`).toEqual(before);
        if (refused === null) {
          expect(answer.ok).toBe(true);
          break;
        }
        if (!answer.ok) expect(answer.error.kind).toMatch(/^(host|no-such-layer)$/);
      }
    }
  });

  it('sets back all but what Figma refuses to have set back', async () => {
    const canvas = open();
    const parts = canvas.file.build((figma) => {
      const nodes = [photo(canvas), photo(canvas), photo(canvas)];
      const group = figma.group(nodes, figma.currentPage);
      return { group: group.id, nodes: nodes.map(({ id }) => id) };
    });
    const faults = faultyFigma(canvas);
    const answers = sceneCalls(faults.figma, () => {}, createUndoEdge(faults.figma));
    await canvas.file.settled();
    const opacities = () => parts.nodes.map((id) => canvas.node<RectangleNode>(id).opacity);
    let hasLeft = 0;
    for (let n = 0; ; n++) {
      faults.arm(n);
      await answers.renderNode({ node: parts.group, scale: 1, except: parts.nodes }, neverAborted);
      const refused = faults.disarm();
      const left = opacities().filter((opacity) => opacity !== 1);
      if (left.length > 0) hasLeft++;
      expect(left.length, `${refused} (${n})`).toBeLessThanOrEqual(refused === 'set_opacity' ? 1 : 0);
      canvas.file.build(() => {
        for (const id of parts.nodes) canvas.node<RectangleNode>(id).opacity = 1;
      });
      if (refused === null) break;
    }
    // Each of the three was refused once when it was set back, and the two others were not left see-through.
    expect(hasLeft).toBe(3);
  });
});
