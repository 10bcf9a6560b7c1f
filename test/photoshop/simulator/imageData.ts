/** PhotoshopImageData: pixels outside a document, held until disposed. */
import type { Space } from './color.ts';
import type { ImageMemory } from './imageMemory.ts';
import { createSamples, type Depth, depthOf, type Samples } from './raster.ts';

export interface ImageContents {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly colorSpace: Space;
  /** '' for that of the document it is put into. */
  readonly colorProfile: string;
  /** Chunky; 16 bits run to 32768. */
  readonly data: Samples;
}

/** Only the imaging module can make one. */
const made = Symbol('made by the imaging module');

const formats: Readonly<Record<Space, readonly [string, string]>> = {
  RGB: ['RGB', 'RGBA'],
  Grayscale: ['Grayscale', 'GrayscaleAlpha'],
  Lab: ['LAB', 'LABAlpha'],
  CMYK: ['CMYK', 'CMYKAlpha'],
};

export class PhotoshopImageData {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly componentSize: Depth;
  readonly colorSpace: Space;
  readonly colorProfile: string;
  readonly hasAlpha: boolean;
  readonly pixelFormat: string;
  readonly isChunky = true;
  readonly type = 'image/uncompressed';
  #contents: ImageContents | null;
  readonly #memory: ImageMemory;

  constructor(key: unknown, contents: ImageContents, memory: ImageMemory) {
    if (key !== made) throw new TypeError('Illegal constructor');
    memory.take(contents.data.byteLength);
    this.#contents = contents;
    this.#memory = memory;
    this.width = contents.width;
    this.height = contents.height;
    this.components = contents.components;
    this.componentSize = depthOf(contents.data);
    this.colorSpace = contents.colorSpace;
    this.colorProfile = contents.colorProfile;
    this.hasAlpha = contents.components % 2 === 0 && contents.colorSpace !== 'CMYK';
    this.pixelFormat = formats[contents.colorSpace][this.hasAlpha ? 1 : 0];
  }

  static make(contents: ImageContents, memory: ImageMemory): PhotoshopImageData {
    return new PhotoshopImageData(made, contents, memory);
  }

  /** Throws when it was disposed. */
  static contentsOf(image: unknown): ImageContents {
    if (!(image instanceof PhotoshopImageData)) throw new Error('imageData has an invalid type. Expected type: PhotoshopImageData');
    if (image.#contents === null) throw new Error('The image data was disposed');
    return image.#contents;
  }

  async getData({ chunky = true, fullRange = false }: { chunky?: boolean; fullRange?: boolean } = {}): Promise<Samples> {
    const { data, components, width, height } = PhotoshopImageData.contentsOf(this);
    const scale = fullRange && this.componentSize === 16 ? 65535 / 32768 : 1;
    if (chunky && scale === 1) return data.slice();
    const out = createSamples(this.componentSize, data.length);
    const pixels = width * height;
    for (let i = 0, at = 0; i < pixels; i++) {
      for (let c = 0; c < components; c++, at++) out[chunky ? at : c * pixels + i] = scale === 1 ? data[at] : Math.round(data[at] * scale);
    }
    return out;
  }

  dispose(): void {
    if (this.#contents === null) return;
    this.#memory.give(this.#contents.data.byteLength);
    this.#contents = null;
  }
}

export interface BufferOptions {
  readonly width?: unknown;
  readonly height?: unknown;
  readonly components?: unknown;
  readonly colorSpace?: unknown;
  readonly colorProfile?: unknown;
  readonly chunky?: unknown;
  readonly fullRange?: unknown;
}

const componentsOf: Readonly<Record<string, readonly number[]>> = { RGB: [3, 4], Grayscale: [1, 2], Lab: [3, 4] };

/** The checks of createImageDataFromBuffer; throws what it rejects with. */
export function contentsFromBuffer(buffer: unknown, options: BufferOptions): ImageContents {
  const isArray = buffer instanceof Uint8Array || buffer instanceof Uint16Array || buffer instanceof Float32Array;
  if (!isArray || buffer instanceof Uint8ClampedArray) {
    throw new Error('Argument 1 has an invalid type. Expected type: Uint8Array, Uint16Array or Float32Array');
  }
  const { width, height, components, colorSpace, colorProfile = '', chunky = true, fullRange = false } = options;
  for (const [name, value] of Object.entries({ width, height, components })) {
    if (!Number.isInteger(value) || (value as number) < 1) throw new Error(`createImageDataFromBuffer: ${name} must be a positive integer`);
  }
  if (typeof colorSpace !== 'string') throw new Error('createImageDataFromBuffer: colorSpace is required');
  if (typeof colorProfile !== 'string') throw new Error('createImageDataFromBuffer: colorProfile must be a string');
  if (!(componentsOf[colorSpace] ?? []).includes(components as number)) {
    throw new Error(`createImageDataFromBuffer: ${components} components do not make ${colorSpace}`);
  }
  const [w, h, count] = [width, height, components] as [number, number, number];
  if (buffer.length !== w * h * count) {
    throw new Error(`createImageDataFromBuffer: the buffer has ${buffer.length} elements, width * height * components is ${w * h * count}`);
  }
  return {
    width: w,
    height: h,
    components: count,
    colorSpace: colorSpace as Space,
    colorProfile,
    data: asStored(buffer, w * h, count, chunky === true, fullRange === true),
  };
}

function asStored(buffer: Samples, pixels: number, components: number, isChunky: boolean, isFullRange: boolean): Samples {
  const depth = depthOf(buffer);
  const data = createSamples(depth, buffer.length);
  const convert = depth === 16 ? (isFullRange ? (v: number) => Math.round((v * 32768) / 65535) : (v: number) => Math.min(v, 32768)) : null;
  if (isChunky && convert === null) data.set(buffer);
  else {
    for (let i = 0, at = 0; i < pixels; i++) {
      for (let c = 0; c < components; c++, at++) {
        const value = buffer[isChunky ? at : c * pixels + i];
        data[at] = convert === null ? value : convert(value);
      }
    }
  }
  return data;
}
