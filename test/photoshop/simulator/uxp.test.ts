/** Behaviours 13 and 14 of the handbook's §14, files, entry points, and the bare context. */
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { bareContext } from './bareContext.ts';
import { type Bench, bench, type Loose, messageOf, smallPlan } from './support.ts';

const service = 'https://generativelanguage.googleapis.com/v1beta/models';

describe('secureStorage', () => {
  const of = (ps: Bench): Loose => ps.uxp.storage.secureStorage;

  test('answers bytes whatever was stored, and null when there is nothing', async () => {
    const ps = bench();
    await of(ps).setItem('key', 'AIza-ü');
    const bytes = await of(ps).getItem('key');
    expect(bytes).toBeInstanceOf(Uint8Array);
    expect(new TextDecoder().decode(bytes)).toBe('AIza-ü');
    expect(await of(ps).getItem('other')).toBeNull();
    expect(await of(bench({ version: '25.0.0' })).getItem('other')).toBeUndefined();
  });

  test('rejects empty values, other types, and removing what is not there', async () => {
    const ps = bench();
    expect(await messageOf(() => of(ps).setItem('key', ''))).toBe('secureStorage: value must not be empty');
    expect(await messageOf(() => of(ps).setItem('key', new Uint8Array(0)))).toBe('secureStorage: value must not be empty');
    expect(await messageOf(() => of(ps).setItem('key', { a: 1 }))).toContain('must be a string');
    expect(await messageOf(() => of(ps).removeItem('key'))).toBe('secureStorage: there is no such item');
    expect(await messageOf(() => of(ps).clear())).toBe('secureStorage: there is nothing to clear');
  });

  test('outlives a session, and may be lost or refuse', async () => {
    const ps = bench();
    await of(ps).setItem('key', 'kept');
    const next = bench({ keys: ps.keys });
    expect(await of(next).getItem('key')).not.toBeNull();
    next.keys.entries.clear();
    expect(await of(next).getItem('key')).toBeNull();
    next.keys.isBroken = true;
    expect(await messageOf(() => of(next).setItem('key', 'x'))).toBe('Secure storage is not available');
  });
});

describe('fetch', () => {
  const network = async (_url: string, init: RequestInit): Promise<Response> =>
    new Response(JSON.stringify({ method: init.method ?? 'GET' }), { status: 201 });
  const fetchOf = (ps: Bench): Loose => ps.globals().fetch;

  test('reaches the hosts of the manifest, and the whole body is there at once', async () => {
    const answer = await fetchOf(bench({ network }))(service, { method: 'POST' });
    expect(answer).toMatchObject({ status: 201, ok: true, body: null });
    expect(await answer.json()).toEqual({ method: 'POST' });
    expect(await messageOf(() => answer.text())).toBe('body stream already read');
  });

  test('refuses every other host in UXP’s own words, addresses even when all are allowed', async () => {
    const ps = bench({ network });
    for (const url of [
      'https://example.com/x',
      'http://generativelanguage.googleapis.com/',
      'https://generativelanguage.googleapis.com.evil.org/',
    ]) {
      expect(await messageOf(() => fetchOf(ps)(url))).toBe(`Permission denied to the url ${url}. Manifest entry not found.`);
    }
    const all = bench({ network, manifest: { requiredPermissions: { network: { domains: 'all' } } } });
    expect((await fetchOf(all)('https://example.com/')).ok).toBe(true);
    expect(await messageOf(() => fetchOf(all)('http://127.0.0.1:80/'))).toBe(
      'Permission denied to the url http://127.0.0.1:80/. Manifest entry not found.',
    );
  });

  test('throws on signal: undefined, and rejects when the host does not answer', async () => {
    expect(await messageOf(() => fetchOf(bench({ network }))(service, { signal: undefined }))).toContain(
      'signal is not of type AbortSignal',
    );
    expect(await messageOf(() => fetchOf(bench())(service))).toBe('Network request failed');
  });
});

describe('files', () => {
  const fs = (ps: Bench): Loose => ps.uxp.storage.localFileSystem;

  test('text and bytes go in and out by format; a missing one rejects', async () => {
    const ps = bench();
    const folder = await fs(ps).getDataFolder();
    const { formats } = ps.uxp.storage;
    const file = await folder.createFile('kept.bin');
    expect(await messageOf(() => folder.getEntry('kept.bin'))).toBe("Could not find an entry of 'kept.bin'");
    await file.write(Uint8Array.of(1, 2, 255), { format: formats.binary });
    expect(new Uint8Array(await (await folder.getEntry('kept.bin')).read({ format: formats.binary }))).toEqual(Uint8Array.of(1, 2, 255));
    expect(await messageOf(() => file.write(Uint8Array.of(1)))).toBe('utf8 takes a string');
    expect(await messageOf(() => folder.createFile('kept.bin'))).toBe('kept.bin exists');
    await file.write('größer');
    expect(await file.read()).toBe('größer');
    await file.write('!', { append: true });
    expect(await file.read()).toBe('größer!');
    expect((await folder.getEntries()).map(({ name }: Loose) => name)).toEqual(['kept.bin']);
    await file.delete();
    expect(await folder.getEntries()).toEqual([]);
  });

  test('the plug-in’s own folder is read-only; the temporary one is empty in the next session, the data folder is not', async () => {
    const ps = bench();
    const plugin = await fs(ps).getPluginFolder();
    expect(await messageOf(() => plugin.createFile('x'))).toContain('read-only');
    await (await fs(ps).createEntryWithUrl('plugin-temp:/x.png', { overwrite: true })).write('temporary');
    await (await fs(ps).createEntryWithUrl('plugin-data:/y.json')).write('kept');
    const next = bench({ disk: ps.disk });
    expect(await messageOf(() => fs(next).getEntryWithUrl('plugin-temp:/x.png'))).toContain('Could not find');
    expect(await (await fs(next).getEntryWithUrl('plugin-data:/y.json')).read()).toBe('kept');
  });

  test('session tokens end with the session, persistent ones with the file', async () => {
    const ps = bench();
    const file = await (await fs(ps).getDataFolder()).createFile('take.png');
    expect(await messageOf(() => fs(ps).createSessionToken(file))).toContain('Could not find');
    await file.write('x');
    const session = fs(ps).createSessionToken(file);
    const persistent = await fs(ps).createPersistentToken(file);
    expect(fs(ps).getEntryForSessionToken(session).name).toBe('take.png');
    const next = bench({ disk: ps.disk });
    expect(await messageOf(() => fs(next).getEntryForSessionToken(session))).toBe('token is not defined');
    const entry = await fs(next).getEntryForPersistentToken(persistent);
    expect(await entry.read()).toBe('x');
    await entry.delete();
    expect(await messageOf(async () => (await fs(next).getEntryForPersistentToken(persistent)).read())).toContain('Could not find');
  });

  test('a full disk cuts the file short and says so; renaming onto a file removes that first', async () => {
    const ps = bench();
    const folder = await fs(ps).getDataFolder();
    await (await folder.createFile('old')).write('the old one');
    ps.disk.freeBytes = 3;
    const file = await folder.createFile('new');
    expect(await messageOf(() => file.write('four and more'))).toBe('There is not enough space on the disk');
    expect(await file.read()).toBe('fou');
    expect(await messageOf(() => folder.renameEntry(file, 'old'))).toBe('old exists');
    await folder.renameEntry(file, 'old', { overwrite: true });
    expect(await (await folder.getEntry('old')).read()).toBe('fou');
  });

  test('what still runs when Photoshop ends reaches nobody', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const file = await (await fs(ps).getDataFolder()).createFile('kept');
    await file.write('before');
    const next = ps.restart();
    expect(await messageOf(() => file.write('after'))).toBe('Photoshop was quit');
    expect(await messageOf(() => ps.modal(() => 1))).toBe('Photoshop was quit');
    expect(new TextDecoder().decode(next.disk.files.get('/plugin-data/kept'))).toBe('before');
    expect(next.inspect.documents).toHaveLength(0);
  });

  test('what the user picks is what the dialogs answer', async () => {
    const ps = bench();
    expect(await fs(ps).getFileForOpening({ types: ['png'] })).toBeNull();
    ps.disk.files.set('/Users/me/Pictures/a.png', Uint8Array.of(1));
    ps.pick('/Users/me/Pictures/a.png');
    expect((await fs(ps).getFileForOpening()).name).toBe('a.png');
    expect((await fs(ps).getFileForOpening({ allowMultiple: true })).map(({ name }: Loose) => name)).toEqual(['a.png']);
  });
});

describe('the host', () => {
  test('tells its version, UXP’s and the plug-in’s', () => {
    const ps = bench({ version: '26.5.0', uiLocale: 'de_DE' });
    expect(ps.uxp.host).toEqual({ name: 'Photoshop', version: '26.5.0', uiLocale: 'de_DE' });
    expect(ps.uxp.versions.uxp).toContain('uxp-8.1.0');
    expect(ps.uxp.xmp).toBeDefined();
    expect(bench({ version: '24.7.0' }).uxp.xmp).toBeUndefined();
  });

  test('opens addresses of the schemes that the manifest names', async () => {
    const ps = bench();
    await ps.uxp.shell.openExternal('https://ai.google.dev/pricing');
    expect(ps.desk.opened).toEqual(['https://ai.google.dev/pricing']);
    expect(await messageOf(() => ps.uxp.shell.openExternal('mailto:a@b.c'))).toContain('Permission denied');
  });

  test('has a clipboard for plug-ins with a panel that may use it', async () => {
    const copy = (ps: Bench): Promise<void> => (ps.globals().navigator as Loose).clipboard.writeText('answers');
    const ps = bench();
    await copy(ps);
    expect(ps.desk.clipboard).toBe('answers');
    expect(
      await messageOf(() =>
        copy(bench({ manifest: { entrypoints: [{ type: 'command', id: 'x' }], requiredPermissions: { clipboard: 'readAndWrite' } } })),
      ),
    ).toContain('UXP-15542');
    expect(await messageOf(() => copy(bench({ manifest: { entrypoints: [{ type: 'panel', id: 'x' }] } })))).toContain('Permission denied');
  });

  test('its xmp module reads and writes simple properties', () => {
    const { XMPMeta, XMPConst } = bench().uxp.xmp;
    XMPMeta.registerNamespace('https://retake.example/ns/', 'rtk');
    const meta = new XMPMeta();
    meta.setProperty('https://retake.example/ns/', 'store', '{"a":"<&>"}');
    meta.setProperty(XMPConst.NS_XMP, 'CreatorTool', 'Adobe Photoshop');
    const again = new XMPMeta(meta.serialize());
    expect(again.getProperty('https://retake.example/ns/', 'store').value).toBe('{"a":"<&>"}');
    expect(again.doesPropertyExist(XMPConst.NS_XMP, 'CreatorTool')).toBe(true);
    again.deleteProperty(XMPConst.NS_XMP, 'CreatorTool');
    expect(again.getProperty(XMPConst.NS_XMP, 'CreatorTool')).toBeNull();
    expect(() => new XMPMeta('<not xml')).toThrow('cannot be read');
  });
});

describe('entry points', () => {
  const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  test('setup in time, panels shown once, commands run', async () => {
    const ps = bench();
    const calls: string[] = [];
    await ps.plugin.load(() => {
      ps.uxp.entrypoints.setup({
        panels: {
          mainPanel: {
            create: (node: unknown) => void calls.push(`create ${node}`),
            show: () => void calls.push('show'),
            hide: () => void calls.push('hide'),
          },
        },
        commands: { regenerate: () => void calls.push('run') },
      });
    });
    await ps.plugin.showPanel('mainPanel', 'node');
    await ps.plugin.showPanel('mainPanel', 'node');
    await ps.plugin.runCommand('regenerate');
    expect(calls).toEqual(['create node', 'show', 'run']);
    ps.assertClean();
    expect(() => ps.uxp.entrypoints.setup({})).toThrow('called before');
  });

  test('a panel’s menu can be changed and chosen from', async () => {
    const ps = bench();
    const chosen: unknown[] = [];
    await ps.plugin.load(() =>
      ps.uxp.entrypoints.setup({
        panels: {
          mainPanel: {
            show() {},
            invokeMenu: (id: string) => void chosen.push(id),
            menuItems: [{ id: 'about', label: 'About this host' }, '-'],
          },
        },
      }),
    );
    const { menuItems } = ps.uxp.entrypoints.getPanel('mainPanel');
    expect([menuItems.size, menuItems.getItem('about').label]).toEqual([2, 'About this host']);
    await ps.plugin.chooseMenu('mainPanel', 'about');
    expect(chosen).toEqual(['about']);
    menuItems.getItem('about').enabled = false;
    expect(await messageOf(() => ps.plugin.chooseMenu('mainPanel', 'about'))).toContain('no about to choose');
    expect(ps.uxp.entrypoints.getPanel('other')).toBeNull();
  });

  test('ids that the manifest lacks are refused', () => {
    expect(() => bench().uxp.entrypoints.setup({ panels: { other: { show() {} } } })).toThrow('the manifest has no panel other');
  });

  test('setup that comes late, and callbacks over 300 ms or that throw, are failures', async () => {
    const ps = bench();
    await ps.plugin.load(
      () =>
        void later(20).then(() =>
          ps.uxp.entrypoints.setup({
            panels: { mainPanel: { show: () => later(50) } },
            commands: { regenerate: () => Promise.reject(new Error('no')) },
          }),
        ),
    );
    await later(30);
    await ps.plugin.showPanel('mainPanel', null);
    await ps.plugin.runCommand('regenerate');
    expect(ps.plugin.failures).toEqual([
      'entrypoints.setup was not called in time (PS-57605)',
      'panel mainPanel show took longer than 300 ms',
      'command regenerate failed: no',
    ]);
    expect(() => ps.assertClean()).toThrow('PS-57605');
  });
});

test('the simulator itself is for any JavaScript: nothing of Node’s is bundled with it', async () => {
  const entry = fileURLToPath(new URL('./index.ts', import.meta.url));
  const built = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'sim',
    logLevel: 'silent',
  });
  const sandbox: Record<string, unknown> = { TextEncoder, TextDecoder, URL, Blob, performance, setTimeout, btoa };
  const page = vm.createContext(sandbox);
  const script = `${built.outputFiles[0].text}
    const ps = sim.createPhotoshop();
    ps.user.open({ extent: { width: 2, height: 1 }, layers: [{ name: 'one', pixels: { width: 2, height: 1, data: new Uint8ClampedArray(8).fill(255) } }] });
    const { core, imaging } = ps.modules.photoshop;
    core.executeAsModal(async () => {
      const { imageData } = await imaging.getPixels({});
      const data = await imageData.getData();
      imageData.dispose();
      return [...data].join();
    }, { commandName: 'Page' });`;
  expect(await vm.runInContext(script, page)).toBe('255,255,255,255,255,255,255,255');
});

describe('the bare context', () => {
  const names = 'fetch setTimeout AbortController URL require crypto localStorage atob console Headers FormData URLSearchParams'.split(' ');

  test('has what UXP has, and nothing of Node, a page or what UXP leaves out', () => {
    const { run } = bareContext(bench());
    for (const name of names) expect([name, run(`typeof ${name}`)]).not.toEqual([name, 'undefined']);
    const absent = [
      'process',
      'Buffer',
      'document',
      'Worker',
      'WebAssembly',
      'Intl',
      'TextEncoder',
      'TextDecoder',
      'structuredClone',
      'ReadableStream',
      'OffscreenCanvas',
      'createImageBitmap',
    ];
    for (const name of absent) expect([name, run(`typeof ${name}`)]).toEqual([name, 'undefined']);
    expect(run('typeof crypto.subtle')).toBe('undefined');
    expect(() => run('eval("1 + 1")')).toThrow('Code generation from strings disallowed');
    expect(() => run('crypto.getRandomValues(new Uint8Array(65537))')).toThrow('at most 65536 bytes');
    expect(() => run('require("node:fs")')).toThrow("Cannot find module 'node:fs'");
  });

  test('goes by version, and each name can be taken away or put in', () => {
    const old = bareContext(bench({ version: '25.0.0' }));
    for (const name of ['Headers', 'Request', 'Response', 'FormData', 'URLSearchParams'])
      expect([name, old.run(`typeof ${name}`)]).toEqual([name, 'undefined']);
    const other = bareContext(bench({ globals: { without: ['fetch'], with: ['TextEncoder'] } }));
    expect(other.run('typeof fetch + typeof TextEncoder')).toBe('undefinedfunction');
  });

  test('has ImageBlob for previews', () => {
    const { run } = bareContext(bench());
    expect(run("new ImageBlob(new Uint8Array(12), { type: 'image/uncompressed', width: 2, height: 2, components: 3 }).size")).toBe(12);
    expect(() => run('new ImageBlob(new Uint8Array(11), { width: 2, height: 2, components: 3 })')).toThrow('does not fit');
  });

  test('carries pixels between the script and Photoshop', async () => {
    const ps = bench();
    ps.user.open(smallPlan());
    const script = `
      const { core, imaging, app } = require('photoshop');
      core.executeAsModal(async () => {
        const layer = await app.activeDocument.createPixelLayer({ name: 'bare' });
        const options = { width: 1, height: 1, components: 4, colorSpace: 'RGB', colorProfile: 'sRGB IEC61966-2.1' };
        const imageData = await imaging.createImageDataFromBuffer(new Uint8Array([1, 2, 3, 255]), options);
        await imaging.putPixels({ layerID: layer.id, imageData });
        const data = await imageData.getData();
        imageData.dispose();
        return data instanceof Uint8Array && layer.name;
      }, { commandName: 'Bare' });`;
    expect(await bareContext(ps).run(script)).toBe('bare');
    expect([...ps.inspect.pixels('bare').data]).toEqual([1, 2, 3, 255]);
    ps.assertClean();
  });
});
