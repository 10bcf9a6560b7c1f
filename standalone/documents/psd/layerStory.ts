/**
 * Where a layer keeps its own story: what Photoshop calls generator settings, a descriptor among the layer's metadata
 * (block 'shmd', item 'extn'), under our namespace. Photoshop copies it along with the layer.
 * Source: Adobe Photoshop File Formats Specification, 2019, "Metadata setting" and "Descriptor structure".
 */
import { ByteReader, Damaged } from '../../../shared/core/bytes/byteReader.ts';
import { ByteWriter } from '../../../shared/core/bytes/byteWriter.ts';
import type { TaggedBlock } from './taggedBlocks.ts';
import { writeTaggedBlock } from './taggedBlocks.ts';

const namespace = 'retake';
const descriptorVersion = 16;

export function writeStory(story: string, large: boolean): Uint8Array {
  const own = descriptor('json', 'TEXT', unicode(story));
  const settings = descriptor(namespace, 'Objc', own);
  const data = new ByteWriter()
    .u32(descriptorVersion)
    .append(descriptor('generatorSettings', 'Objc', settings))
    .pad(4);
  const item = new ByteWriter().key('8BIM').key('extn').u8(1).bytes(new Uint8Array(3)).u32(data.length).append(data);
  return writeTaggedBlock('shmd', new ByteWriter().u32(1).append(item).join(), large, 4);
}

/** Null when the layer has none, or one that cannot be read: a layer's pixels do not depend on it. */
export function readStory(blocks: readonly TaggedBlock[]): string | null {
  const block = blocks.find(({ key }) => key === 'shmd');
  if (block === undefined) return null;
  try {
    const reader = new ByteReader(block.data, 'the metadata of a layer');
    for (let left = reader.u32('metadata'); left > 0 && reader.left >= 16; left--) {
      reader.key('metadata');
      const key = reader.key('metadata');
      reader.take(4, 'metadata');
      const data = new ByteReader(reader.take(reader.u32('metadata'), 'metadata'), 'the metadata of a layer');
      const found = key === 'extn' ? storyIn(data) : null;
      if (found !== null) return found;
    }
  } catch (cause) {
    if (!(cause instanceof Damaged)) throw cause;
  }
  return null;
}

function storyIn(data: ByteReader): string | null {
  if (data.u32('a descriptor') !== descriptorVersion) return null;
  const path = ['generatorSettings', namespace, 'json'];
  let at: DescriptorValue | undefined = readDescriptor(data, 0);
  for (const name of path) at = at instanceof Map ? at.get(name) : undefined;
  return typeof at === 'string' ? at : null;
}

/** A descriptor of one member. */
const descriptor = (name: string, type: 'TEXT' | 'Objc', value: ByteWriter): ByteWriter =>
  new ByteWriter().append(unicode('')).append(id('null')).u32(1).append(id(name)).key(type).append(value);

/** Four letters stand for themselves; longer ones say how many they are. */
const id = (name: string): ByteWriter =>
  name.length === 4 ? new ByteWriter().u32(0).key(name) : new ByteWriter().u32(name.length).key(name);

/** Counted in UTF-16 units, the final zero among them. */
function unicode(text: string): ByteWriter {
  const units = new Uint8Array((text.length + 1) * 2);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    units[i * 2] = unit >> 8;
    units[i * 2 + 1] = unit & 255;
  }
  return new ByteWriter().u32(text.length + 1).bytes(units);
}

/** Texts and the members of objects; other values are passed over. */
type DescriptorValue = string | null | ReadonlyMap<string, DescriptorValue>;

/** Deeper than any that Photoshop writes; a file may claim what it likes. */
const mostDepth = 32;

function readDescriptor(reader: ByteReader, depth: number): ReadonlyMap<string, DescriptorValue> {
  if (depth > mostDepth) throw new Damaged('a descriptor goes too deep');
  readUnicode(reader);
  readId(reader);
  const members = new Map<string, DescriptorValue>();
  for (let left = reader.u32('a descriptor'); left > 0; left--) {
    const name = readId(reader);
    members.set(name, readValue(reader, depth));
  }
  return members;
}

function readValue(reader: ByteReader, depth: number): DescriptorValue {
  const type = reader.key('a descriptor');
  switch (type) {
    case 'TEXT':
      return readUnicode(reader);
    case 'Objc':
    case 'GlbO':
      return readDescriptor(reader, depth + 1);
    case 'VlLs':
      for (let left = reader.u32('a list'); left > 0; left--) readValue(reader, depth + 1);
      return null;
    case 'bool':
      reader.take(1, 'a descriptor');
      return null;
    case 'long':
      reader.take(4, 'a descriptor');
      return null;
    case 'doub':
    case 'comp':
      reader.take(8, 'a descriptor');
      return null;
    case 'UntF':
      reader.take(12, 'a descriptor');
      return null;
    case 'enum':
      readId(reader);
      readId(reader);
      return null;
    case 'type':
    case 'GlbC':
      readUnicode(reader);
      readId(reader);
      return null;
    case 'tdta':
    case 'alis':
      reader.take(reader.u32('a descriptor'), 'a descriptor');
      return null;
    default:
      throw new Damaged(`a descriptor holds a value of type ${type}`);
  }
}

function readId(reader: ByteReader): string {
  const length = reader.u32('a descriptor');
  const bytes = reader.take(length === 0 ? 4 : length, 'a descriptor');
  return String.fromCharCode(...bytes.subarray(0, 256));
}

function readUnicode(reader: ByteReader): string {
  const bytes = reader.take(reader.u32('a text') * 2, 'a text');
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 2) parts.push(String.fromCharCode((bytes[i] << 8) | bytes[i + 1]));
  return parts.join('').replace(/\0+$/, '');
}
