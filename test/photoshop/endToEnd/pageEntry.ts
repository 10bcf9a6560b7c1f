/**
 * The simulated Photoshop inside a page of Chromium, which loses everything that UXP does not have: what stays is the DOM, the
 * language, and the globals that the simulator gives to plug-ins. The built script then runs in it as it is.
 */
import { decode } from 'fast-png';
import { sRGB } from '../../../shared/core/pixels.ts';
import { apiKeySetting } from '../../../shared/core/ports.ts';
import { createPhotoshop, type Photoshop, type PhotoshopOptions, type PhotoshopPlan } from '../simulator/index.ts';
import { Disk } from '../simulator/uxp/disk.ts';
import { KeyStore } from '../simulator/uxp/keyStore.ts';

export interface PageOptions extends Pick<PhotoshopOptions, 'version' | 'manifest' | 'quirks'> {
  /** '' for none. */
  readonly key: string;
  /** Of an earlier session, in base64. */
  readonly files: Readonly<Record<string, string>>;
  readonly folders: readonly string[];
  /** The built script. */
  readonly script: string;
}

/** A document as a test asks for it; its pictures are PNG files in base64, by layer. */
export interface PagePlan extends Omit<PhotoshopPlan, 'layers'> {
  readonly layers: readonly (Omit<PhotoshopPlan['layers'][number], 'pixels' | 'deep' | 'children'> & { readonly png?: string })[];
}

export interface PageSimulator {
  start(options: PageOptions): Promise<void>;
  open(plan: PagePlan): number;
  /** Null before `start`. */
  ps: Photoshop | null;
  /** What lies on the disk, to begin another session with. */
  disk(): Pick<PageOptions, 'files' | 'folders'>;
}

const kept = globalThis as unknown as { readonly pageKept: { readonly fetch: typeof fetch } };
const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

function textOf(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

function pictureOf(png: string, isDeep: boolean): Pick<PhotoshopPlan['layers'][number], 'pixels' | 'deep'> {
  const { width, height, channels, data } = decode(bytesOf(png));
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < channels; c++) rgba[i * 4 + c] = data[i * channels + c];
  if (!isDeep) return { pixels: { width, height, profile: sRGB, data: rgba } };
  // Sixteen bits of which eight would keep nothing of the lower ones.
  const deep = Uint16Array.from(rgba, (v, i) => (i % 4 === 3 ? 65_535 : Math.min(65_535, v * 257 + ((i * 7919) % 200))));
  return { deep: { width, height, profile: sRGB, data: deep } };
}

/** Of the DOM and the language, as UXP has them (Adobe's reference); all other globals of the browser go. */
const domNames =
  /^(document|window|self|location|top|parent|frames|length|name|customElements|inner(Width|Height)|devicePixelRatio|getComputedStyle|CSSStyleDeclaration|StyleSheet|CSSStyleSheet|Node|NodeList|Text|Comment|Document|DocumentFragment|Element|HTML\w*Element|HTMLCollection|SVG\w*Element|DOMTokenList|NamedNodeMap|Attr|ShadowRoot|\w*Event|EventTarget|CanvasRenderingContext2D|Path2D|Window)$/;
const languageNames =
  /^(Object|Function|Array|Number|parseFloat|parseInt|Infinity|NaN|undefined|Boolean|String|Symbol|Date|Promise|RegExp|\w*Error|JSON|Math|ArrayBuffer|\w+Array|DataView|Map|BigInt|Set|WeakMap|WeakSet|Proxy|Reflect|decodeURI|decodeURIComponent|encodeURI|encodeURIComponent|escape|unescape|eval|isFinite|isNaN|console|globalThis|Iterator)$/;
const canvasNames = [
  ...['drawImage', 'getImageData', 'putImageData', 'createImageData', 'fillText', 'strokeText', 'measureText'],
  ...['setTransform', 'transform', 'rotate', 'scale', 'translate', 'resetTransform', 'createPattern', 'filter'],
];

function loseWhatUxpLacks(globals: Readonly<Record<string, unknown>>): void {
  const page = globalThis as unknown as Record<string, unknown>;
  const stays = (name: string): boolean =>
    domNames.test(name) || languageNames.test(name) || /^(pageKept|pageSimulator|__pw|__play)/.test(name);
  for (const name of Object.getOwnPropertyNames(page)) if (!stays(name) && !(name in globals)) delete page[name];
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(page, name, { value, writable: true, configurable: true });
  for (const name of canvasNames) delete (CanvasRenderingContext2D.prototype as unknown as Record<string, unknown>)[name];
  for (const name of ['toDataURL', 'toBlob', 'transferControlToOffscreen', 'captureStream'])
    delete (HTMLCanvasElement.prototype as unknown as Record<string, unknown>)[name];
  delete (Element.prototype as unknown as Record<string, unknown>).animate;
}

const simulator: PageSimulator = {
  ps: null,
  async start({ key, files, folders, script, ...options }) {
    const disk = new Disk();
    for (const [path, text] of Object.entries(files)) disk.files.set(path, bytesOf(text));
    for (const path of folders) disk.folders.add(path);
    const keys = new KeyStore();
    if (key !== '')
      keys.entries.set(
        apiKeySetting,
        Uint8Array.from(key, (c) => c.charCodeAt(0)),
      );
    const ps = createPhotoshop({
      ...options,
      disk,
      keys,
      // The service at its own address, answered by the test.
      network: (url, init) => kept.pageKept.fetch(`/service${new URL(url).pathname}${new URL(url).search}`, init),
    });
    simulator.ps = ps;
    loseWhatUxpLacks(ps.globals());
    const root = document.createElement('div');
    root.id = 'panel';
    document.body.appendChild(root);
    await ps.plugin.load(() => {
      const element = document.createElement('script');
      element.textContent = script;
      document.head.appendChild(element);
    });
  },
  open({ layers, ...plan }) {
    if (simulator.ps === null) throw new Error('not started');
    return simulator.ps.user.open({
      ...plan,
      layers: layers.map(({ png, ...layer }) => ({ ...layer, ...(png === undefined ? {} : pictureOf(png, plan.depth === 16)) })),
    });
  },
  disk() {
    const { disk } = simulator.ps as Photoshop;
    return { files: Object.fromEntries([...disk.files].map(([path, bytes]) => [path, textOf(bytes)])), folders: [...disk.folders] };
  },
};

(globalThis as unknown as { pageSimulator: PageSimulator }).pageSimulator = simulator;
