import { describe, expect, test } from 'vitest';
import { mostListed } from '../../../figma-plugin/sandbox/scene/listing.ts';
import type { Scene } from '../../../figma-plugin/wire/hostCalls.ts';
import { neverAborted } from '../../../shared/core/abort.ts';
import { valueIn } from '../../documents/valueIn.ts';
import { type Canvas, filled, openCanvas, place, slope, takeAt } from './canvas.ts';

const sceneOf = async ({ caller }: Canvas, of: readonly string[] | null = null): Promise<Scene> =>
  valueIn(await caller.call('scene', { of, container: null }, neverAborted));

const names = ({ listed }: Scene): readonly string[] => listed.map(({ name }) => name);

const named = <N extends SceneNode>(node: N, name: string): N => {
  node.name = name;
  return node;
};

describe('the layers that are listed', () => {
  test('are those beside the selected one, groups opened, frames and instances not', async () => {
    const canvas = openCanvas();
    canvas.draw((figma) => {
      const frame = named(figma.createFrame(), 'screen');
      const component = named(figma.createComponent(), 'button');
      component.appendChild(named(figma.createRectangle(), 'in the button'));
      const back = named(figma.createRectangle(), 'back');
      const inner = named(figma.createRectangle(), 'inner');
      const card = named(figma.createFrame(), 'card');
      card.appendChild(named(figma.createRectangle(), 'in the card'));
      for (const node of [back, inner, card, named(component.createInstance(), 'instance')]) frame.appendChild(node);
      named(figma.group([inner], frame, 1), 'group');
      return back;
    });
    const scene = await sceneOf(canvas);
    expect(names(scene)).toEqual(['instance', 'card', 'group', 'inner', 'back']);
    expect(scene.listed.map(({ kind }) => kind)).toEqual(['smart-object', 'group', 'group', 'shape', 'shape']);
  });

  test('of a page with thousands are those about the selected one', async () => {
    const canvas = openCanvas();
    const ids = canvas.file.build((figma) => Array.from({ length: 1500 }, (_, i) => named(figma.createRectangle(), `layer ${i}`).id));
    canvas.file.user.select(ids[700]);
    const scene = await sceneOf(canvas);
    expect(scene.listed.length).toBeLessThanOrEqual(mostListed + 2);
    expect(names(scene)).toContain('layer 700');
    expect(names(scene)).toContain('layer 701');
    expect(names(scene)).toContain('layer 699');
    expect(names(scene)).not.toContain('layer 2');
  });

  test('are takes elsewhere on the page too, with what they were made from, without walking the page', async () => {
    const canvas = openCanvas();
    const inside = canvas.file.build((figma) => {
      const component = named(figma.createComponent(), 'card');
      const picture = named(figma.createRectangle(), 'photo');
      filled(picture, canvas.image(slope(40, 40)));
      component.appendChild(picture);
      return component.createInstance().children[0].id;
    });
    await canvas.select(inside);
    const { host } = valueIn(await canvas.host.pin(inside, neverAborted));
    const take = await place(host, takeAt({ x: 1, y: 1, width: 5, height: 5 }, inside));
    const elsewhere = canvas.draw((figma) => {
      const frame = named(figma.createFrame(), 'another screen');
      const layer = named(figma.createRectangle(), 'alone');
      frame.appendChild(layer);
      return layer;
    });
    const scene = await sceneOf(canvas);
    expect(scene.selected.map(({ id }) => id)).toEqual([elsewhere]);
    expect(scene.listed.map(({ id }) => id)).toEqual([elsewhere, take, inside]);
  });

  test('never make Figma load another page', async () => {
    const canvas = openCanvas();
    const other = canvas.file.build((figma) => {
      const page = figma.createPage();
      page.appendChild(figma.createRectangle());
      return page.id;
    });
    canvas.draw((figma) => figma.createRectangle());
    await sceneOf(canvas);
    const page = (await canvas.file.figma.getNodeByIdAsync(other)) as PageNode;
    expect(() => page.children).toThrow('not been explicitly loaded');
  });

  test('leave out what only keeps a take’s place', async () => {
    const canvas = openCanvas();
    const layer = canvas.draw((figma) => {
      const node = named(figma.createRectangle(), 'photo');
      filled(node, canvas.image(slope(40, 40)));
      return node;
    });
    const pin = valueIn(await canvas.host.pin(layer, neverAborted));
    await pin.showPlaceholder('make it red');
    expect(canvas.file.tree('0:1').children).toHaveLength(2);
    expect(names(await sceneOf(canvas))).toEqual(['photo']);
    await pin.dropPlaceholder();
    expect(canvas.file.tree('0:1').children).toHaveLength(1);
  });
});

describe('where a take of a layer is listed', () => {
  const inContainer: readonly (readonly [string, string, (figma: PluginAPI, leaf: RectangleNode) => SceneNode])[] = [
    ['the page', 'PAGE', (_, leaf) => leaf],
    [
      'a frame, groups passed by',
      'FRAME',
      (figma, leaf) => {
        const frame = figma.createFrame();
        frame.appendChild(leaf);
        figma.group([leaf], frame);
        return leaf;
      },
    ],
    [
      'an auto-layout frame',
      'FRAME',
      (figma, leaf) => {
        const frame = figma.createFrame();
        frame.layoutMode = 'VERTICAL';
        frame.appendChild(leaf);
        return leaf;
      },
    ],
    [
      'a section',
      'SECTION',
      (figma, leaf) => {
        figma.createSection().appendChild(leaf);
        return leaf;
      },
    ],
    [
      'not a component',
      'PAGE',
      (figma, leaf) => {
        figma.createComponent().appendChild(leaf);
        return leaf;
      },
    ],
    [
      'not a frame in a component',
      'PAGE',
      (figma, leaf) => {
        const component = figma.createComponent();
        const frame = figma.createFrame();
        component.appendChild(frame);
        frame.appendChild(leaf);
        return leaf;
      },
    ],
    [
      'not an instance, but the frame that it lies in',
      'FRAME',
      (figma, leaf) => {
        const component = figma.createComponent();
        component.appendChild(leaf);
        const instance = component.createInstance();
        figma.createFrame().appendChild(instance);
        return instance.children[0];
      },
    ],
    [
      'not a boolean operation',
      'PAGE',
      (figma, leaf) => {
        figma.union([leaf, figma.createEllipse()], figma.currentPage);
        return leaf;
      },
    ],
    [
      'not a frame with a mask in it',
      'PAGE',
      (figma, leaf) => {
        const frame = figma.createFrame();
        const mask = figma.createEllipse();
        frame.appendChild(mask);
        mask.isMask = true;
        frame.appendChild(leaf);
        return leaf;
      },
    ],
  ];
  test.each(inContainer)('%s', async (_, type, build) => {
    const canvas = openCanvas();
    canvas.draw((figma) => build(figma, figma.createRectangle()));
    const { container } = await sceneOf(canvas);
    expect(canvas.file.tree(container).type).toBe(type);
  });

  test('an instance of a component of another library, whose original lies on no page', async () => {
    const canvas = openCanvas();
    const component = canvas.file.buildRemote((figma) => {
      const made = figma.createComponent();
      made.resize(40, 40);
      const photo = figma.createRectangle();
      photo.resize(40, 40);
      filled(photo, canvas.image(slope(40, 40)));
      made.appendChild(photo);
      return made;
    });
    const inner = canvas.file.build((figma) => (figma.getNodeById(component) as ComponentNode).createInstance().children[0].id);
    await canvas.select(inner);
    const { pixels } = await canvas.readSelected();
    expect(pixels.data).toEqual(slope(40, 40).data);
    expect(canvas.file.tree((await sceneOf(canvas)).container).type).toBe('PAGE');
    expect(await canvas.caller.call('scene', { of: [component], container: null }, neverAborted)).toMatchObject({ ok: true });
  });
});

test('what is gone is left out, and what was never there is named', async () => {
  const canvas = openCanvas();
  const id = canvas.draw((figma) => figma.createRectangle());
  canvas.file.user.remove(id);
  expect((await sceneOf(canvas, [id, '99:1'])).selected).toEqual([]);
  expect(valueIn(await canvas.caller.call('looks', { nodes: [id, '99:1'] }, neverAborted))).toEqual([null, null]);
  expect(await canvas.caller.call('renderNode', { node: id, scale: 1, except: [] }, neverAborted)).toMatchObject({
    ok: false,
    error: { kind: 'no-such-layer' },
  });
});

test('all of a page selected is no burden, and told when it is to be read', async () => {
  const canvas = openCanvas();
  const ids = canvas.file.build((figma) => Array.from({ length: 900 }, () => figma.createRectangle().id));
  await canvas.select(...ids);
  const subject = valueIn(await canvas.host.subject());
  expect(subject?.nodes.length).toBe(mostListed);
  const { of } = valueIn(await canvas.host.selection());
  const answer = await canvas.host.readPixels({ of: of ?? '', bounds: { x: 0, y: 0, width: 4, height: 4 } }, neverAborted);
  expect(answer).toMatchObject({ ok: false, error: { kind: 'too-large' } });
  expect(canvas.calls).not.toContain('renderNode');
});

test('selecting shows a layer, on its page', async () => {
  const canvas = openCanvas();
  const far = canvas.file.build((figma) => {
    const page = figma.createPage();
    const node = figma.createRectangle();
    page.appendChild(node);
    node.x = 50_000;
    return node.id;
  });
  valueIn(await canvas.caller.call('select', { nodes: [far, '99:1'] }, neverAborted));
  expect(canvas.file.user.selected()).toEqual([far]);
  expect(canvas.file.figma.viewport.bounds.x).toBeGreaterThan(10_000);
  valueIn(await canvas.caller.call('select', { nodes: ['99:1'] }, neverAborted));
  expect(canvas.file.user.selected()).toEqual([far]);
});
