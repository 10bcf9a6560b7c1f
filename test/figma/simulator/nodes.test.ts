/** Nodes as host objects: what may be read, written and called, and Figma's words where it may not. */
import { describe, expect, test } from 'vitest';
import { createFigmaFile } from './index.ts';
import { fileWith, flat, got, made, red, solid } from './kit.ts';

// What a careless plugin does, which the types would not let through.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Loose = any;

describe('a node is a host object', () => {
  test('that throws for a name it has not, and tells by `in`', async () => {
    const { node } = await fileWith((figma) => figma.createText());
    expect('children' in node).toBe(false);
    expect('characters' in node).toBe(true);
    expect(() => (node as Loose).children?.length).toThrow(new TypeError("node.children: no such property 'children' on TEXT node"));
    expect(() => (node as Loose).fils).toThrow("node.fils: no such property 'fils' on TEXT node");
  });

  test('that takes no property of our own', async () => {
    const { node, figma } = await fileWith((figma) => figma.createRectangle());
    expect(() => {
      (node as Loose).note = 1;
    }).toThrow(new TypeError('Cannot add property note, object is not extensible'));
    expect(() => Object.defineProperty(node, 'note', { value: 1 })).toThrow('Cannot add property note, object is not extensible');
    expect(() => {
      (figma as Loose).note = 1;
    }).toThrow('Cannot add property note, object is not extensible');
  });

  test.each(['id', 'width', 'parent', 'absoluteTransform', 'removed', 'resize'])('whose %s cannot be written', async (name) => {
    const { node } = await fileWith((figma) => figma.createRectangle());
    expect(() => {
      (node as Loose)[name] = 1;
    }).toThrow(new TypeError('no setter for property'));
  });

  test('that is the same object each time, and can be awaited', async () => {
    const { node, figma } = await fileWith((figma) => figma.createRectangle());
    expect(await figma.getNodeByIdAsync(node.id)).toBe(node);
    expect(figma.currentPage.children[0]).toBe(node);
    expect(node.parent).toBe(figma.currentPage);
    expect(await Promise.resolve(node)).toBe(node);
  });

  test('whose arrays are new at each read, and frozen all the way down', async () => {
    const { node, figma } = await fileWith((figma) => figma.createRectangle());
    const fills = node.fills as readonly SolidPaint[];
    expect(node.fills).not.toBe(fills);
    expect(() => (fills as Loose).push(solid(red))).toThrow(TypeError);
    expect(() => {
      (fills[0].color as Loose).r = 1;
    }).toThrow(TypeError);
    expect(() => (figma.currentPage.children as Loose).pop()).toThrow(TypeError);
    const copy = structuredClone(fills) as Loose;
    copy[0].color.r = 1;
    node.fills = copy;
    copy[0].color.r = 0;
    expect((node.fills as readonly SolidPaint[])[0].color.r).toBe(1);
  });

  test('that throws once it is gone, but for id, type and removed', async () => {
    const { node, figma } = await fileWith((figma) => figma.createRectangle());
    const { id } = node;
    node.remove();
    expect([node.removed, node.id, node.type]).toEqual([true, id, 'RECTANGLE']);
    expect(() => node.name).toThrow(`in get_name: The node with id "${id}" does not exist`);
    expect(() => node.remove()).toThrow(`in remove: The node with id "${id}" does not exist`);
    expect(() => {
      node.name = 'x';
    }).toThrow(`in set_name: The node with id "${id}" does not exist`);
    expect(() => node.getSharedPluginData('retake', 'gen')).toThrow(`in getSharedPluginData: The node with id "${id}" does not exist`);
    expect(await figma.getNodeByIdAsync(id)).toBeNull();
  });

  test('knows no function of other editors', () => {
    const { figma } = createFigmaFile();
    expect(() => (figma as Loose).createSticky()).toThrow(
      new TypeError("figma.createSticky no such property 'createSticky' on the figma global object"),
    );
  });

  test('is told apart from what the simulator has not', async () => {
    const { figma } = createFigmaFile();
    expect(() => figma.variables).toThrow('the Figma simulator does not model figma.variables');
  });
});

describe('values are checked', () => {
  const cases: readonly [string, unknown, string][] = [
    ['opacity', 'half', 'in set_opacity: Property "opacity" failed validation: Expected number, received string'],
    ['opacity', 1.5, 'in set_opacity: Property "opacity" failed validation: Number must be less than or equal to 1'],
    ['visible', 1, 'in set_visible: Property "visible" failed validation: Expected boolean, received number'],
    ['name', null, 'in set_name: Property "name" failed validation: Expected string, received null'],
    [
      'fills',
      [{ type: 'SOLID', color: { r: 1, g: 0, b: 0, a: 1 } }],
      `in set_fills: Property "fills" failed validation: Unrecognized key(s) in object: 'a' at [0].color`,
    ],
    [
      'fills',
      [{ type: 'IMAGE', scaleMode: 'COVER', imageHash: null }],
      `in set_fills: Property "fills" failed validation: Invalid enum value. Expected 'FILL' | 'FIT' | 'CROP' | 'TILE', received 'COVER' at [0].scaleMode`,
    ],
    [
      'fills',
      [{ type: 'IMAGE', scaleMode: 'FILL' }],
      'in set_fills: Property "fills" failed validation: Required value missing at [0].imageHash',
    ],
    [
      'fills',
      [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: null, filters: { exposure: 2 } }],
      'in set_fills: Property "fills" failed validation: Number must be less than or equal to 1 at [0].filters.exposure',
    ],
  ];
  test.each(cases)('%s = %j', async (name, value, words) => {
    const { node } = await fileWith((figma) => figma.createRectangle());
    expect(() => {
      (node as Loose)[name] = value;
    }).toThrow(words);
  });

  test('enumerations with what was expected', async () => {
    const { node } = await fileWith((figma) => figma.createFrame());
    node.layoutMode = 'HORIZONTAL';
    expect(() => {
      (node as Loose).counterAxisAlignItems = 'STRETCH';
    }).toThrow(
      `in set_counterAxisAlignItems: Property "counterAxisAlignItems" failed validation: Invalid enum value. Expected 'MIN' | 'MAX' | 'CENTER' | 'BASELINE', received 'STRETCH'`,
    );
  });

  test('sizes', async () => {
    const { node, figma } = await fileWith((figma) => figma.createRectangle());
    expect(() => node.resize(0, 10)).toThrow('in resize: Expected "width" to have value >= 0.01');
    expect(() => node.rescale(0.001)).toThrow('in rescale: Expected "scale" to have value >= 0.01');
    expect(() => node.resize(Number.NaN, 1)).toThrow('in resize');
    const line = figma.createLine();
    expect(() => line.resize(10, 1)).toThrow('in resize: The height of a line must be 0');
    line.resize(10, 0);
    expect([line.width, line.height]).toEqual([10, 0]);
  });

  test('text, where its font was not loaded', async () => {
    const { node, figma } = await fileWith((figma) => {
      const text = figma.createText();
      text.characters = 'Hello';
      return text;
    });
    const words = 'Cannot write to node with unloaded font "Inter Regular"';
    expect(() => {
      node.characters = 'x';
    }).toThrow(words);
    expect(() => node.clone()).toThrow(words);
    expect(() => figma.currentPage.appendChild(node)).toThrow(words);
    await figma.loadFontAsync({ family: 'Inter', style: 'Regular' });
    node.characters = 'Bye';
    expect(node.characters).toBe('Bye');
    expect(node.fontName).toEqual({ family: 'Inter', style: 'Regular' });
  });
});

describe('what a throw leaves', () => {
  test('is what was before', async () => {
    const { node, figma, file } = await fileWith((figma) => figma.createRectangle());
    const before = file.tree();
    expect(() => figma.group([node], node as Loose)).toThrow();
    expect(() => {
      node.fills = [solid(red), { type: 'SOLID' } as Loose];
    }).toThrow();
    expect(file.tree()).toEqual(before);
  });
});

describe('dynamic-page', () => {
  test('methods and setters that block are refused', async () => {
    const { figma, node, file } = await fileWith((figma) => figma.createRectangle());
    const cannot = (where: string, instead: string): string =>
      `in ${where}: Cannot call with documentAccess: dynamic-page. Use ${instead} instead.`;
    expect(() => figma.getNodeById(node.id)).toThrow(cannot('getNodeById', 'figma.getNodeByIdAsync'));
    expect(() => {
      figma.currentPage = node.parent as PageNode;
    }).toThrow(cannot('set_currentPage', 'figma.setCurrentPageAsync'));
    expect(() => {
      node.fillStyleId = 'S:1';
    }).toThrow(cannot('set_fillStyleId', 'setFillStyleIdAsync'));
    expect(() => {
      node.reactions = [];
    }).toThrow(cannot('set_reactions', 'setReactionsAsync'));
    const instance = await got<InstanceNode>(
      file,
      made(file, (hands) => hands.createComponent().createInstance()),
    );
    expect(() => instance.mainComponent).toThrow(cannot('get_mainComponent', 'getMainComponentAsync'));
    expect(() => figma.getLocalPaintStyles()).toThrow(cannot('getLocalPaintStyles', 'figma.getLocalPaintStylesAsync'));
    const vector = figma.createVector();
    expect(() => {
      vector.vectorNetwork = { vertices: [], segments: [], regions: [] };
    }).toThrow(cannot('set_vectorNetwork', 'setVectorNetworkAsync'));
  });

  test('pages are loaded before what is on them is read', async () => {
    const file = createFigmaFile();
    const [page, rect] = file.build((hands) => {
      const other = hands.createPage();
      const inside = hands.createRectangle();
      other.appendChild(inside);
      return [other.id, inside.id];
    });
    const other = await got<PageNode>(file, page);
    const words =
      "in get_children: Cannot access property `children` on a page that has not been explicitly loaded. Remember to call `await page.loadAsync()` or `await figma.loadAllPagesAsync()' first.";
    expect(() => other.children).toThrow(words);
    expect(other.name).toBe('Page 2');
    expect(() => other.findAll()).toThrow('in findAll: Cannot access property');
    expect(() => file.figma.root.findAll()).toThrow('without calling figma.loadAllPagesAsync first.');
    expect(() => file.figma.on('documentchange', () => {})).toThrow('without calling figma.loadAllPagesAsync first.');
    await other.loadAsync();
    expect(other.children.map((node) => node.id)).toEqual([rect]);
    expect(file.figma.root.findAll((node) => node.id === rect)).toHaveLength(1);
  });

  test('with invisible parts of instances skipped, they are not there', async () => {
    const file = createFigmaFile();
    const id = made(file, (hands) => {
      const component = hands.createComponent();
      const [shown, hidden] = [hands.createRectangle(), hands.createRectangle()];
      component.appendChild(shown);
      component.appendChild(hidden);
      hidden.visible = false;
      return component.createInstance();
    });
    const instance = await got<InstanceNode>(file, id);
    const hidden = instance.children[1];
    file.figma.skipInvisibleInstanceChildren = true;
    expect(instance.children).toHaveLength(1);
    expect(() => hidden.name).toThrow(`in get_name: The node (instance sublayer or table cell) with id "${hidden.id}" does not exist`);
  });
});

describe('pictures of the file', () => {
  test('are told by their bytes', () => {
    const { figma } = createFigmaFile();
    expect(() => figma.createImage(new Uint8Array([0x89, 0x50]))).toThrow('in createImage: Image is too small');
    expect(() => figma.createImage(new TextEncoder().encode('RIFF....WEBPVP8 and more'))).toThrow(
      'in createImage: Image type is unsupported',
    );
    expect(() => figma.createImage(flat(4097, 1, red))).toThrow('in createImage: Image is too large');
    expect(() => figma.createImage(flat(4096, 1, red).buffer as Loose)).toThrow('in createImage');
    const image = figma.createImage(flat(4096, 1, red));
    expect(image.hash).toMatch(/^[0-9a-f]{40}$/);
    expect(figma.createImage(flat(4096, 1, red)).hash).toBe(image.hash);
    expect(figma.getImageByHash(image.hash)?.hash).toBe(image.hash);
    expect(figma.getImageByHash('0'.repeat(40))).toBeNull();
  });

  test('give back their bytes and size', async () => {
    const file = createFigmaFile();
    const bytes = flat(5, 3, red);
    const image = file.figma.createImage(bytes);
    expect(await image.getBytesAsync()).toEqual(bytes);
    expect(await image.getSizeAsync()).toEqual({ width: 5, height: 3 });
    file.loseImage(image.hash, 'unreadable');
    await expect(image.getBytesAsync()).rejects.toThrow('could not be loaded');
    expect(file.figma.getImageByHash(image.hash)).not.toBeNull();
    file.loseImage(image.hash);
    expect(file.figma.getImageByHash(image.hash)).toBeNull();
  });

  test('that nothing uses are forgotten when the file is closed', () => {
    const file = createFigmaFile();
    const used = file.addImage(flat(2, 2, red));
    const unused = file.addImage(flat(3, 3, red));
    file.build((figma) => {
      figma.createRectangle().fills = [{ type: 'IMAGE', scaleMode: 'FILL', imageHash: used }];
    });
    file.reopen();
    expect([file.imageBytes(used) !== null, file.imageBytes(unused) !== null]).toEqual([true, false]);
  });

  test('go through base64 without a prefix', () => {
    const { figma } = createFigmaFile();
    const bytes = new Uint8Array([0, 1, 254, 255]);
    expect(figma.base64Encode(bytes)).toBe('AAH+/w==');
    expect(figma.base64Decode('AAH+/w==')).toEqual(bytes);
    expect(() => figma.base64Decode('data:image/png;base64,AAH+/w==')).toThrow('in base64Decode');
  });
});

describe('paints', () => {
  test('come back with all fields, whatever the scale mode; a crop without rotation', async () => {
    const { node } = await fileWith((figma) => figma.createRectangle());
    node.fills = [
      { type: 'IMAGE', scaleMode: 'CROP', imageHash: null, rotation: 90 },
      { type: 'IMAGE', scaleMode: 'TILE', imageHash: null },
    ];
    const [crop, tile] = node.fills as readonly ImagePaint[];
    expect(crop).toMatchObject({
      visible: true,
      opacity: 1,
      blendMode: 'NORMAL',
      imageTransform: [
        [1, 0, 0],
        [0, 1, 0],
      ],
    });
    expect('rotation' in crop).toBe(false);
    expect(tile).toMatchObject({ scalingFactor: 0.5, rotation: 0, filters: { exposure: 0, shadows: 0 } });
  });

  test('detach the style when assigned, and patterns need setFillsAsync', async () => {
    const { node } = await fileWith((figma) => figma.createRectangle());
    await node.setFillStyleIdAsync('S:abc');
    expect(node.fillStyleId).toBe('S:abc');
    node.fills = [];
    expect(node.fillStyleId).toBe('');
    const pattern = { type: 'PATTERN', sourceNodeId: '1:1', tileType: 'RECTANGULAR', scalingFactor: 1 } as Loose;
    expect(() => {
      node.fills = [pattern];
    }).toThrow('setFillsAsync');
    await node.setFillsAsync([pattern]);
    expect((node.fills as Loose)[0].type).toBe('PATTERN');
  });

  test('may be mixed on a text', async () => {
    const file = createFigmaFile();
    const id = made(file, (hands) => {
      const text = hands.createText();
      text.characters = 'two colours';
      text.setRangeFills(0, 3, [solid(red)]);
      return text;
    });
    const text = await got<TextNode>(file, id);
    expect(text.fills).toBe(file.figma.mixed);
    expect(typeof file.figma.mixed).toBe('symbol');
  });

  test('a section has no opacity, a group no fills, a page no place', async () => {
    const file = createFigmaFile();
    const [section, group] = file.build((hands) => [
      hands.createSection().id,
      hands.group([hands.createRectangle()], hands.currentPage).id,
    ]);
    expect(() => (file.figma.currentPage as Loose).x).toThrow("node.x: no such property 'x' on PAGE node");
    expect('fills' in (await got(file, group))).toBe(false);
    expect('opacity' in (await got(file, section))).toBe(false);
  });

  test('corner radii can differ', async () => {
    const { node, figma } = await fileWith((figma) => figma.createRectangle());
    node.cornerRadius = 8;
    expect([node.topLeftRadius, node.bottomRightRadius]).toEqual([8, 8]);
    node.topLeftRadius = 2;
    expect(node.cornerRadius).toBe(figma.mixed);
  });
});

describe('drawn paths', () => {
  test('give the node its size, follow it, and are taken with single spaces only', () => {
    const { figma } = createFigmaFile();
    const vector = figma.createVector();
    vector.vectorPaths = [{ windingRule: 'NONZERO', data: 'M 0 0 L 30 0 L 0 10 Z' }];
    expect([vector.width, vector.height]).toEqual([30, 10]);
    vector.resize(60, 10);
    expect(vector.vectorPaths[0].data).toBe('M 0 0 L 60 0 L 0 10 Z');
    expect(() => {
      vector.vectorPaths = [{ windingRule: 'NONZERO', data: 'M0 0L10 0L0 10Z' }];
    }).toThrow('in set_vectorPaths: Property "vectorPaths" failed validation');
  });
});

describe('a file for viewing only', () => {
  test('can be read, not written', async () => {
    const file = createFigmaFile({ access: 'view' });
    const rect = await got<RectangleNode>(
      file,
      made(file, (hands) => hands.createRectangle()),
    );
    expect(rect.width).toBe(100);
    const words = 'Cannot edit the file: it is open for viewing only';
    expect(() => file.figma.createRectangle()).toThrow(`in createRectangle: ${words}`);
    expect(() => rect.resize(1, 1)).toThrow(words);
    expect(() => rect.remove()).toThrow(words);
    expect(() => rect.clone()).toThrow(words);
    expect(() => rect.setSharedPluginData('retake', 'a', 'b')).toThrow(words);
    expect(() => rect.setRelaunchData({ a: 'b' })).toThrow(words);
    expect(() => {
      rect.visible = false;
    }).toThrow(words);
    file.figma.currentPage.selection = [rect];
    expect(file.user.selected()).toEqual([rect.id]);
  });
});

test('the Starter plan has three pages', () => {
  const { figma } = createFigmaFile({ plan: 'starter' });
  figma.createPage();
  figma.createPage();
  expect(() => figma.createPage()).toThrow('The Starter plan only comes with 3 pages. Upgrade to Professional for unlimited pages.');
});

test('numbers are kept in 32 bits', async () => {
  const { node } = await fileWith((figma) => figma.createRectangle());
  node.opacity = 0.2;
  node.x = 0.1;
  expect([node.opacity, node.x]).toEqual([Math.fround(0.2), Math.fround(0.1)]);
  const thirds: Transform = [
    [1 / 3, 0, 0],
    [0, 1, 0],
  ];
  node.fills = [{ type: 'IMAGE', scaleMode: 'CROP', imageHash: null, imageTransform: thirds }];
  expect((node.fills as readonly ImagePaint[])[0].imageTransform?.[0][0]).toBe(Math.fround(1 / 3));
});
