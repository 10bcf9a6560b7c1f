/** Undo as a stack of states, and two people in one file. */
import { describe, expect, test } from 'vitest';
import { createFigmaFile } from './index.ts';
import { flat, got, made, red, solid } from './kit.ts';

const names = (figma: PluginAPI): readonly string[] => figma.currentPage.children.map((node) => node.name);

function add(figma: PluginAPI, name: string): RectangleNode {
  const rect = figma.createRectangle();
  rect.name = name;
  return rect;
}

describe('what a plugin does', () => {
  test('is one step until it is committed', () => {
    const { figma, user } = createFigmaFile();
    add(figma, 'a');
    add(figma, 'b');
    figma.commitUndo();
    add(figma, 'c');
    user.undo();
    expect(names(figma)).toEqual(['a', 'b']);
    user.undo();
    expect(names(figma)).toEqual([]);
    expect(user.undo()).toBe(false);
  });

  test('goes along into the step of the user’s next edit when it was not committed', () => {
    const file = createFigmaFile();
    const rect = made(file, (figma) => add(figma, 'mine'));
    add(file.figma, 'of the plugin');
    file.user.move(rect, 10, 0);
    expect(file.user.undoSteps()).toMatchObject({ uncommitted: [] });
    file.user.undo();
    expect(names(file.figma)).toEqual(['mine']);
  });

  test('committed before and after, it is a step of its own', () => {
    const file = createFigmaFile();
    const rect = made(file, (figma) => add(figma, 'mine'));
    file.user.move(rect, 10, 0);
    file.figma.commitUndo();
    add(file.figma, 'take').setSharedPluginData('retake', 'gen', 'x');
    file.figma.commitUndo();
    file.user.undo();
    expect(names(file.figma)).toEqual(['mine']);
    expect(file.tree(rect).props.relativeTransform).toEqual([
      [1, 0, 10],
      [0, 1, 0],
    ]);
  });

  test('is taken back by triggerUndo, to the last commit', () => {
    const { figma } = createFigmaFile();
    add(figma, 'kept');
    figma.commitUndo();
    add(figma, 'tried');
    figma.triggerUndo();
    expect(names(figma)).toEqual(['kept']);
    figma.triggerUndo();
    expect(names(figma)).toEqual([]);
  });

  test('commits nothing when nothing changed', () => {
    const { figma, user } = createFigmaFile();
    const rect = add(figma, 'a');
    figma.commitUndo();
    rect.name = 'b';
    rect.name = 'a';
    rect.fills = rect.fills as readonly Paint[];
    figma.commitUndo();
    figma.commitUndo();
    expect(user.undoSteps().steps).toHaveLength(1);
  });

  test('comes back by redo, with all data, until something new is done', () => {
    const { figma, user } = createFigmaFile();
    const rect = add(figma, 'a');
    rect.setSharedPluginData('retake', 'gen', 'x');
    rect.fills = [solid(red)];
    figma.commitUndo();
    user.undo();
    expect(user.redo()).toBe(true);
    expect(rect.getSharedPluginData('retake', 'gen')).toBe('x');
    user.undo();
    add(figma, 'b');
    expect(user.redo()).toBe(false);
  });

  test('brings back what was removed, in its place, with what was in it', () => {
    const file = createFigmaFile();
    const [frame] = file.build((figma) => {
      const one = figma.createFrame();
      one.appendChild(add(figma, 'inside'));
      add(figma, 'above');
      return [one.id];
    });
    file.user.remove(frame);
    expect(names(file.figma)).toEqual(['above']);
    file.user.undo();
    expect(names(file.figma)).toEqual(['Frame', 'above']);
    expect(file.tree(frame).children.map((node) => node.name)).toEqual(['inside']);
  });

  test('does not lose pictures', async () => {
    const { figma, user } = createFigmaFile();
    const rect = add(figma, 'a');
    const image = figma.createImage(flat(2, 2, red));
    rect.fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: image.hash }];
    figma.commitUndo();
    user.undo();
    expect(figma.getImageByHash(image.hash)).not.toBeNull();
  });
});

describe('two people in one file', () => {
  test('see each other’s edits, and undo their own', async () => {
    const file = createFigmaFile();
    const ada = file.join('Ada');
    const theirs = ada.run().figma;
    add(file.figma, 'mine');
    file.figma.commitUndo();
    const node = add(theirs, 'theirs');
    theirs.commitUndo();
    expect(node.id).toMatch(/^2:/);
    expect(names(file.figma)).toEqual(['mine', 'theirs']);
    file.user.undo();
    expect(names(theirs)).toEqual(['theirs']);
    ada.undo();
    expect(names(theirs)).toEqual([]);
    file.user.redo();
    expect(names(theirs)).toEqual(['mine']);
  });

  test('undoing a field leaves the other’s later change of another field', async () => {
    const file = createFigmaFile();
    const ada = file.join('Ada');
    const id = made(file, (figma) => add(figma, 'both'));
    ada.run();
    const mine = await got<RectangleNode>(file, id);
    mine.opacity = 0.5;
    file.figma.commitUndo();
    ada.edit((figma) => {
      (figma.getNodeById(id) as RectangleNode).name = 'named by Ada';
    });
    file.user.undo();
    expect([mine.opacity, mine.name]).toEqual([1, 'named by Ada']);
  });

  test('undoing a change of what the other has deleted leaves it deleted', async () => {
    const file = createFigmaFile();
    const ada = file.join('Ada');
    const id = made(file, (figma) => add(figma, 'both'));
    file.user.move(id, 5, 5);
    ada.remove(id);
    file.user.undo();
    expect(file.exists(id)).toBe(false);
    ada.undo();
    expect(file.exists(id)).toBe(true);
  });

  test('plugin data: the last writer of a key wins, other keys stay', async () => {
    const file = createFigmaFile();
    const theirs = file.join('Ada').run().figma;
    file.figma.root.setSharedPluginData('retake', 'a', '1');
    theirs.root.setSharedPluginData('retake', 'b', '2');
    theirs.root.setSharedPluginData('retake', 'a', '3');
    expect(file.figma.root.getSharedPluginData('retake', 'a')).toBe('3');
    expect(file.figma.root.getSharedPluginDataKeys('retake')).toEqual(['a', 'b']);
  });

  test('have a selection, a page and a clientStorage of their own', async () => {
    const file = createFigmaFile();
    const ada = file.join('Ada');
    const theirs = ada.run().figma;
    const id = made(file, (figma) => add(figma, 'a'));
    let told = 0;
    theirs.on('selectionchange', () => told++);
    file.user.select(id);
    await file.settled();
    expect([told, theirs.currentPage.selection]).toEqual([0, []]);
    await file.figma.clientStorage.setAsync('key', 'mine');
    expect(await theirs.clientStorage.getAsync('key')).toBeUndefined();
  });

  test('are told of what the other changes', async () => {
    const file = createFigmaFile();
    const ada = file.join('Ada');
    const id = made(file, (figma) => add(figma, 'a'));
    await file.settled();
    const told: NodeChangeEvent[] = [];
    file.figma.currentPage.on('nodechange', (event) => told.push(event));
    ada.move(id, 5, 0);
    ada.remove(id);
    expect(told).toEqual([]);
    await file.settled();
    expect(told).toHaveLength(1);
    expect(told[0].nodeChanges).toMatchObject([
      { type: 'PROPERTY_CHANGE', id, origin: 'REMOTE', properties: ['relativeTransform', 'x', 'y', 'rotation'] },
      { type: 'DELETE', id, origin: 'REMOTE', node: { removed: true, id } },
    ]);
  });
});

describe('closing', () => {
  test('the file keeps what is in it, and drops undo', async () => {
    const file = createFigmaFile();
    add(file.figma, 'a').setSharedPluginData('retake', 'gen', 'x');
    await file.figma.clientStorage.setAsync('size', [320, 560]);
    file.reopen();
    expect(file.plugin.isClosed).toBe(true);
    const { figma } = file.user.run();
    expect(figma.currentPage.children[0].getSharedPluginData('retake', 'gen')).toBe('x');
    expect(await figma.clientStorage.getAsync('size')).toEqual([320, 560]);
    expect(file.user.undo()).toBe(false);
  });
});
