/** Behaviour 11 of the handbook's §14: errors that resolve, references, argument types; and what an adapter asks for. */
import { describe, expect, test } from 'vitest';
import { plainPixels } from '../../contracts/memoryHost.ts';
import { type Bench, bench, idOf, type Loose, messageOf, portrait, smallPlan } from './support.ts';

const layerTarget = (ps: Bench, name: string): object[] => [
  { _ref: 'layer', _id: idOf(ps, name) },
  { _ref: 'document', _id: ps.inspect.document().id },
];
const get = async (ps: Bench, target: object[], rest: object = {}): Promise<Loose> =>
  (await ps.action.batchPlay([{ _obj: 'get', _target: target, ...rest }], {}))[0];

describe('errors', () => {
  test('wrong arguments reject', async () => {
    const ps = bench();
    expect(await messageOf(() => ps.action.batchPlay(true))).toBe(
      'Argument 1 has an invalid type. Expected type: array actual type: boolean',
    );
    expect(await messageOf(() => ps.action.batchPlay([], 3))).toBe(
      'Argument 2 has an invalid type. Expected type: object actual type: number',
    );
    expect(await messageOf(() => ps.action.batchPlay([{}], {}))).toBe('A descriptor needs _obj');
  });

  test('a command without its object resolves as an error', async () => {
    const ps = bench();
    expect(await ps.play({ _obj: 'flattenImage' })).toEqual({
      _obj: 'error',
      message: 'The object “current document” is not currently available.',
      result: -25922,
    });
    ps.user.open(smallPlan());
    expect(await ps.play({ _obj: 'hide', _target: [{ _ref: 'layer', _id: 9999 }] })).toMatchObject({ _obj: 'error', result: -25922 });
    expect(await ps.play({ _obj: 'noSuchCommand' })).toMatchObject({ _obj: 'error', result: -25920 });
    expect(await get(ps, [{ _property: 'userMaskEnabled' }, ...layerTarget(ps, 'portrait')])).toMatchObject({
      _obj: 'error',
      result: -25921,
    });
  });

  test('result −128 is the user’s cancel, and resolves', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    ps.user.rename('portrait', 'changed');
    expect(await ps.play({ _obj: 'close' })).toMatchObject({ _obj: 'error', result: -128 });
    expect(ps.inspect.documents).toHaveLength(1);
  });

  test('the first error ends the list, unless continueOnError', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const commands = [{ _obj: 'noSuchCommand' }, { _obj: 'flattenImage' }];
    expect(await ps.modal(() => ps.action.batchPlay(commands, {}))).toHaveLength(1);
    expect(ps.inspect.document().state.layers).toHaveLength(3);
    expect(await ps.modal(() => ps.action.batchPlay(commands, { continueOnError: true }))).toHaveLength(2);
    expect(ps.inspect.document().state.layers).toHaveLength(1);
  });
});

describe('reading', () => {
  test('layers tell what an adapter lists', async () => {
    const ps = bench();
    ps.user.open(
      smallPlan({}, [
        {
          name: 'group',
          children: [
            {
              name: 'inner',
              pixels: portrait(4, 4),
              opacity: 0.5,
              mask: { bounds: { x: 0, y: 0, width: 4, height: 4 }, data: new Uint8ClampedArray(16) },
            },
          ],
        },
      ]),
    );
    const inner = await get(ps, layerTarget(ps, 'inner'));
    expect(inner).toMatchObject({
      name: 'inner',
      layerID: idOf(ps, 'inner'),
      parentLayerID: idOf(ps, 'group'),
      layerKind: 1,
      opacity: 128,
      hasUserMask: true,
      userMaskEnabled: true,
      background: false,
      mode: { _enum: 'blendMode', _value: 'normal' },
      layerSection: { _value: 'layerSectionContent' },
      bounds: { left: { _unit: 'pixelsUnit', _value: 0 }, right: { _value: 4 } },
    });
    expect(await get(ps, layerTarget(ps, 'group'))).toMatchObject({
      layerKind: 7,
      layerSection: { _value: 'layerSectionStart' },
      mode: { _value: 'passThrough' },
    });
    expect(await get(ps, layerTarget(ps, 'Background'))).toMatchObject({ layerKind: 12, background: true, itemIndex: 0 });
    ps.user.open({ extent: { width: 8, height: 8 }, layers: [{ name: 'only', pixels: portrait(4, 4) }] });
    expect(await get(ps, layerTarget(ps, 'only'))).toMatchObject({ itemIndex: 1 });
  });

  test('multiGet reads many properties at once, of one layer and of a range', async () => {
    const ps = bench();
    ps.user.open(smallPlan({}, [{ name: 'group', children: [{ name: 'inner', pixels: portrait(4, 4) }] }]));
    const ask = (rest: object): Promise<Loose[]> =>
      ps.action.batchPlay([{ _obj: 'multiGet', options: { failOnMissingProperty: false }, ...rest }], {});
    const [one] = await ask({ _target: layerTarget(ps, 'inner'), extendedReference: [['name', 'visible', 'userMaskEnabled']] });
    expect(one).toEqual({ name: 'inner', visible: true });
    const [all] = await ask({
      _target: [{ _ref: 'document', _id: ps.inspect.document().id }],
      extendedReference: [['name', 'layerSection'], { _obj: 'layer', index: 0, count: -1 }],
    });
    expect(all.list.map(({ name }: Loose) => name)).toEqual(['Background', 'portrait', 'note', '</Layer group>', 'inner', 'group']);
  });

  test('documents tell their lengths in points', async () => {
    const ps = bench();
    ps.user.open(smallPlan({ ppi: 300, depth: 16 }));
    const document = await get(ps, [{ _ref: 'document', _enum: 'ordinal', _value: 'targetEnum' }]);
    expect(document).toMatchObject({
      title: 'small.psd',
      width: { _unit: 'distanceUnit', _value: 15.36 },
      resolution: { _unit: 'densityUnit', _value: 300 },
      depth: 16,
      mode: { _enum: 'colorSpace', _value: 'RGBColor' },
      quickMask: false,
      hasBackgroundLayer: true,
      targetLayersIDs: [{ _id: idOf(ps, 'note') }],
    });
    expect(await get(ps, [{ _property: 'hostVersion' }, { _ref: 'application', _enum: 'ordinal' }])).toMatchObject({
      hostVersion: { versionMajor: 27, versionMinor: 9 },
    });
  });
});

describe('changing', () => {
  test('makes, names, stacks, groups, shows, selects and deletes layers, each one history state', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    await ps.play({ _obj: 'make', _target: [{ _ref: 'layer' }], using: { _obj: 'layer', name: 'made' } });
    await ps.play({
      _obj: 'set',
      _target: layerTarget(ps, 'made'),
      to: { _obj: 'layer', name: 'renamed', opacity: { _unit: 'percentUnit', _value: 40 }, mode: { _enum: 'blendMode', _value: 'screen' } },
    });
    expect(ps.inspect.layer('renamed')).toMatchObject({ opacity: 40, blendMode: 'screen' });
    await ps.play({ _obj: 'move', _target: layerTarget(ps, 'renamed'), to: { _ref: 'layer', _index: 1 } });
    expect(ps.inspect.tree().map(({ name }) => name)).toEqual(['note', 'portrait', 'renamed', 'Background']);
    await ps.play({ _obj: 'select', _target: layerTarget(ps, 'note'), makeVisible: false });
    await ps.play({
      _obj: 'select',
      _target: layerTarget(ps, 'portrait'),
      selectionModifier: { _enum: 'selectionModifierType', _value: 'addToSelection' },
    });
    await ps.play({
      _obj: 'make',
      _target: [{ _ref: 'layerSection' }],
      from: { _ref: 'layer', _enum: 'ordinal', _value: 'targetEnum' },
      using: { _obj: 'layerSection', name: 'both' },
    });
    expect(ps.inspect.tree()[0]).toMatchObject({ name: 'both', children: [{ name: 'note' }, { name: 'portrait' }] });
    await ps.play({ _obj: 'duplicate', _target: layerTarget(ps, 'both'), name: 'again' });
    expect(ps.inspect.tree()[0]).toMatchObject({ name: 'again', children: [{ name: 'note' }, { name: 'portrait' }] });
    await ps.play({ _obj: 'delete', _target: layerTarget(ps, 'again') });
    expect(ps.inspect.history()).toEqual([
      'Open',
      'New Layer',
      'Layer Properties',
      'Layer Order',
      'Group Layers',
      'Duplicate Layer',
      'Delete Layer',
    ]);
    const entries = ps.inspect.history().length;
    await ps.play({ _obj: 'hide', null: [{ _ref: 'layer', _name: 'renamed' }] });
    expect(ps.inspect.layer('renamed').visible).toBe(false);
    expect(ps.inspect.history()).toHaveLength(entries);
  });

  test('selects by shapes, and combines them', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const px = (value: number): object => ({ _unit: 'pixelsUnit', _value: value });
    const rectangle = (left: number, top: number, right: number, bottom: number): object => ({
      _obj: 'rectangle',
      left: px(left),
      top: px(top),
      right: px(right),
      bottom: px(bottom),
    });
    const target = [{ _ref: 'channel', _property: 'selection' }];
    await ps.play({ _obj: 'set', _target: target, to: rectangle(2, 3, 12, 13) });
    await ps.play({ _obj: 'subtractFrom', _target: target, to: rectangle(0, 0, 7, 48) });
    expect(ps.app.activeDocument.selection.bounds).toMatchObject({ left: 7, top: 3, right: 12, bottom: 13 });
    await ps.play({ _obj: 'expand', by: px(2) });
    expect(ps.app.activeDocument.selection.bounds).toMatchObject({ left: 5, top: 1, right: 14, bottom: 15 });
    await ps.play({ _obj: 'inverse' });
    expect(ps.app.activeDocument.selection.bounds).toMatchObject({ left: 0, top: 0, right: 64, bottom: 48 });
    await ps.play({ _obj: 'set', _target: target, to: { _enum: 'ordinal', _value: 'none' } });
    expect(ps.app.activeDocument.selection.bounds).toBeNull();
    expect(await ps.play({ _obj: 'feather', radius: px(2) })).toMatchObject({ _obj: 'error' });
  });

  test('keeps generator settings by namespace on the layer, without a history state of their own', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const target = [{ _property: 'generatorSettings' }, ...layerTarget(ps, 'portrait')];
    const set = (property: string, json: string): Promise<Loose> =>
      ps.play({ _obj: 'set', _target: target, to: { _obj: 'null', json }, property });
    await set('retake', '{"a":1}');
    await set('other', '{"b":2}');
    expect((await get(ps, target, { property: 'retake' })).generatorSettings.json).toBe('{"a":1}');
    expect((await get(ps, target)).generatorSettings.other.json).toBe('{"b":2}');
    expect(ps.inspect.history()).toEqual(['Open']);
    const nested = bench({ quirks: { generatorSettings: 'nested' } });
    nested.user.open(smallPlan({}, [{ name: 'told', pixels: portrait(4, 4), generatorSettings: { retake: '{}' } }]));
    const answer = await get(nested, [{ _property: 'generatorSettings' }, ...layerTarget(nested, 'told')], { property: 'retake' });
    expect(answer.generatorSettings.retake.json).toBe('{}');
    expect(await get(ps, target, { property: 'nobody' })).toMatchObject({ _obj: 'error' });
  });

  const namespace = 'https://retake.example/ns/';
  const packet = (note: string): string =>
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:rtk="${namespace}"><rtk:note>${note}</rtk:note></rdf:Description></rdf:RDF></x:xmpmeta>`;
  const noteIn = (text: string): string => new (bench().uxp.xmp.XMPMeta)(text).getProperty(namespace, 'note').value;

  test('keeps XMP of layers and documents; undo leaves the document’s; a report has it fail', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const layer = [{ _ref: 'property', _property: 'XMPMetadataAsUTF8' }, ...layerTarget(ps, 'portrait')];
    const document = [
      { _ref: 'property', _property: 'XMPMetadataAsUTF8' },
      { _ref: 'document', _id: ps.inspect.document().id },
    ];
    await ps.play({ _obj: 'set', _target: layer, to: { _obj: 'layer', XMPMetadataAsUTF8: packet('on the layer') } });
    ps.user.rename('note', 'noted');
    await ps.play({ _obj: 'set', _target: document, to: { _obj: 'document', XMPMetadataAsUTF8: packet('in the document') } });
    ps.user.undo();
    expect(noteIn((await get(ps, layer)).XMPMetadataAsUTF8)).toBe('on the layer');
    expect(noteIn((await get(ps, document)).XMPMetadataAsUTF8)).toBe('in the document');
    expect(await ps.play({ _obj: 'set', _target: document, to: { _obj: 'document', XMPMetadataAsUTF8: '<broken' } })).toMatchObject({
      result: -1715,
    });
    expect(noteIn((await get(ps, document)).XMPMetadataAsUTF8)).toBe('in the document');
    expect(ps.app.activeDocument.saved).toBe(false);
    const failing = bench({ quirks: { documentXmp: 'fails' } });
    failing.user.open(smallPlan());
    const target = [
      { _ref: 'property', _property: 'XMPMetadataAsUTF8' },
      { _ref: 'document', _enum: 'ordinal' },
    ];
    expect(
      await failing.play({ _obj: 'set', _target: target, to: { _obj: 'document', XMPMetadataAsUTF8: packet('refused') } }),
    ).toMatchObject({
      _obj: 'error',
      result: -25920,
    });
  });

  test('converts, resizes, crops and flattens documents', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    await ps.play({ _obj: 'convertMode', depth: 16 });
    expect(ps.app.activeDocument.bitsPerChannel).toBe(ps.constants.BitsPerChannelType.SIXTEEN);
    await ps.play({ _obj: 'convertMode', to: { _class: 'grayscaleMode' } });
    expect(ps.app.activeDocument.mode).toBe(ps.constants.DocumentMode.GRAYSCALE);
    expect(ps.inspect.pixels('portrait').channels).toBe(2);
    await ps.play({ _obj: 'imageSize', width: { _unit: 'pixelsUnit', _value: 32 } });
    expect(ps.app.activeDocument).toMatchObject({ width: 32, height: 24 });
    await ps.play({ _obj: 'flattenImage' });
    expect(ps.app.activeDocument.layers.map(({ name }: Loose) => name)).toEqual(['Background']);
    ps.user.undo();
    ps.user.undo();
    expect(ps.app.activeDocument).toMatchObject({ width: 64, height: 48 });
  });
});

test('blend modes, clipping, masks, opacity and pass-through groups show as they should', async () => {
  const ps = bench();
  const red = plainPixels(4, 4, [200, 0, 0, 255]);
  const grey = plainPixels(4, 4, [128, 128, 128, 255]);
  const show = (layers: Parameters<typeof smallPlan>[1], at = 0): number[] => {
    ps.user.open({ extent: { width: 4, height: 4 }, layers: [...(layers ?? []), { name: 'Background', pixels: grey, background: true }] });
    return [...ps.inspect.composite().data.subarray(at * 4, at * 4 + 4)];
  };
  expect(show([{ name: 'a', pixels: red, blendMode: 'multiply' }])).toEqual([100, 0, 0, 255]);
  expect(show([{ name: 'a', pixels: red, opacity: 0.5 }])).toEqual([164, 64, 64, 255]);
  expect(
    show([{ name: 'a', pixels: red, mask: { bounds: { x: 0, y: 0, width: 4, height: 4 }, data: new Uint8ClampedArray(16).fill(51) } }]),
  ).toEqual([142, 102, 102, 255]);
  const half = plainPixels(2, 4, [0, 0, 250, 255]);
  expect(
    show(
      [
        { name: 'clipped', pixels: red, clipping: true },
        { name: 'base', pixels: half },
      ],
      1,
    ),
  ).toEqual([200, 0, 0, 255]);
  expect(
    show(
      [
        { name: 'clipped', pixels: red, clipping: true },
        { name: 'base', pixels: half },
      ],
      3,
    ),
  ).toEqual([128, 128, 128, 255]);
  expect(show([{ name: 'g', children: [{ name: 'a', pixels: red, blendMode: 'multiply' }] }])).toEqual([100, 0, 0, 255]);
  expect(show([{ name: 'g', blendMode: 'normal', children: [{ name: 'a', pixels: red, blendMode: 'multiply' }] }])).toEqual([
    200, 0, 0, 255,
  ]);
  expect(show([{ name: 'g', opacity: 0.5, children: [{ name: 'a', pixels: red }] }])).toEqual([164, 64, 64, 255]);
  expect(show([{ name: 'inverted', kind: 'adjustment' }])).toEqual([127, 127, 127, 255]);
});

describe('merging', () => {
  test('a group, selected layers and what is visible become one layer that shows the same', async () => {
    const plan = smallPlan({}, [
      {
        name: 'group',
        opacity: 0.5,
        children: [
          { name: 'inner', pixels: portrait(8, 8), at: { x: 2, y: 2 }, blendMode: 'multiply' },
          { name: 'under', pixels: portrait(12, 12) },
        ],
      },
    ]);
    for (const merge of [
      (ps: Bench) => ps.modal(() => ps.app.activeDocument.layers.getByName('group').merge()),
      (ps: Bench) => ps.play({ _obj: 'mergeLayersNew', _target: layerTarget(ps, 'group') }),
      (ps: Bench) => ps.play({ _obj: 'mergeVisible' }),
      (ps: Bench) => ps.modal(() => ps.app.activeDocument.mergeVisibleLayers()),
    ]) {
      const ps = bench();
      ps.user.open(plan);
      const before = ps.inspect.composite().data;
      await merge(ps);
      const worst = Math.max(...[...ps.inspect.composite().data].map((v, i) => Math.abs(v - before[i])));
      expect(worst).toBeLessThanOrEqual(1);
      expect(ps.inspect.tree().some(({ kind }) => kind === 'group')).toBe(false);
    }
  });

  test('flattening lays what is transparent on white', async () => {
    const ps = bench();
    ps.user.open({ extent: { width: 4, height: 4 }, layers: [{ name: 'half', pixels: plainPixels(2, 4, [255, 0, 0, 128]) }] });
    await ps.play({ _obj: 'flattenImage' });
    const { data } = ps.inspect.pixels('Background');
    expect([...data.subarray(0, 4), ...data.subarray(8, 12)]).toEqual([255, 127, 127, 255, 255, 255, 255, 255]);
  });

  test('a mask is applied, or deleted without', async () => {
    const mask = { bounds: { x: 8, y: 5, width: 40, height: 30 }, data: new Uint8ClampedArray(1200).fill(51) };
    const target = [{ _ref: 'channel', _enum: 'channel', _value: 'mask' }];
    const ps = bench();
    ps.user.open(smallPlan({ layers: [{ name: 'masked', pixels: portrait(), at: { x: 8, y: 5 }, mask }] }));
    await ps.play({ _obj: 'delete', _target: target, apply: true });
    expect(ps.inspect.mask('masked')).toBeNull();
    expect(ps.inspect.pixels('masked').data[3]).toBe(51);
    ps.user.undo();
    await ps.play({ _obj: 'delete', _target: target });
    expect(ps.inspect.pixels('masked').data[3]).toBe(255);
    expect(ps.inspect.mask('masked')).toBeNull();
  });
});
