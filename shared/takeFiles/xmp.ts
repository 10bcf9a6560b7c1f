/**
 * What Retake keeps in a document's XMP packet: one entry for each take (retake:Takes), the history's own entries
 * (retake:entries, packed; before that retake:Store), and IPTC's digital source type of the whole picture. Everything that was in the packet stays. Never a key.
 * Source: ISO 16684-1:2019 (XMP); IPTC Photo Metadata Standard, DigitalSourceType.
 */
import { base64, utf8 } from '@scure/base';
import type { Document, Element } from '@xmldom/xmldom';
import { DOMParser, XMLSerializer } from '@xmldom/xmldom';
import { takeKey } from '../core/history/keys.ts';
import type { LayerRef } from '../core/host.ts';
import type { DigitalSourceType, Provenance } from '../core/provenance.ts';
import { digitalSourceTypes } from '../core/provenance.ts';
import { packEntries, unpackEntries } from './packedEntries.ts';

export const retakeNamespace = 'https://retake.design/ns/1.0/';
const iptcNamespace = 'http://iptc.org/std/Iptc4xmpExt/2008-02-29/';
const iptcCoreNamespace = 'http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/';
const dublinCore = 'http://purl.org/dc/elements/1.1/';
const rdf = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const xmlns = 'http://www.w3.org/2000/xmlns/';
/** The packet's own identifier, fixed by the standard. */
const packetId = 'W5M0MpCehiHzreSzNTczkc9d';

/** From the least to the most that a model has made. Terms that are not listed rank below all of these. */
const ranks: readonly string[] = [digitalSourceTypes.algorithm, digitalSourceTypes.composite, digitalSourceTypes.generated];

/** A take in the packet's list, with the layer that shows it. */
export interface PlacedTake {
  readonly provenance: Provenance;
  readonly layer: LayerRef;
  readonly layerName: string;
  readonly layerId: number;
}

export interface XmpContents {
  readonly store: ReadonlyMap<string, Uint8Array>;
  /** Whether the packet can be added to. An unreadable one is kept and nothing is merged into it. */
  readonly isReadable: boolean;
  /** Whether all of the store could be read; what could not stays in the packet, beside the new. */
  readonly isStoreWhole: boolean;
}

export function readXmp(packet: Uint8Array | null): XmpContents {
  if (packet === null) return { store: new Map(), isReadable: true, isStoreWhole: true };
  const found = parsePacket(packet);
  if (found === null) return { store: new Map(), isReadable: false, isStoreWhole: true };
  const store = new Map<string, Uint8Array>();
  for (const entry of listItems(found, 'Store')) {
    const key = fieldOf(entry, 'key');
    const bytes = fromBase64(fieldOf(entry, 'bytes'));
    if (key !== '' && bytes !== null) store.set(key, bytes);
  }
  let isStoreWhole = true;
  for (const packed of found.getElementsByTagNameNS(retakeNamespace, 'entries')) {
    const unpacked = unpackEntries(packed.textContent ?? '');
    for (const [key, bytes] of unpacked.entries) store.set(key, bytes);
    isStoreWhole &&= unpacked.isWhole;
  }
  return { store, isReadable: true, isStoreWhole };
}

/**
 * The packet with the takes added and the store replaced. An unreadable packet is set aside inside the new one. A take
 * whose layer is not among `layerIds` leaves the list when the store has it: five thousand would be five megabytes that
 * every program must read. `altText` describes the picture as a whole, where nobody has yet.
 */
export function writeXmp(
  packet: Uint8Array | null,
  takes: readonly PlacedTake[],
  store: ReadonlyMap<string, Uint8Array>,
  layerIds: ReadonlySet<number> | null = null,
  altText: string | null = null,
): Uint8Array {
  const existing = packet === null ? null : parsePacket(packet);
  const document = existing ?? new DOMParser().parseFromString(emptyPacket, 'text/xml');
  const description = document.createElementNS(rdf, 'rdf:Description');
  description.setAttributeNS(rdf, 'rdf:about', aboutOf(document));
  description.setAttributeNS(xmlns, 'xmlns:retake', retakeNamespace);
  const isListed = (item: Element): boolean =>
    layerIds === null || layerIds.has(Number(fieldOf(item, 'layerId'))) || !store.has(takeKey(fieldOf(item, 'takeId')));
  const earlier = listItems(document, 'Takes')
    .filter(isListed)
    .map((item) => item.cloneNode(true) as Element);
  // One that left the list and was placed again comes back, with the layer that it has now.
  const known = new Set(earlier.map((item) => fieldOf(item, 'takeId')));
  const added = takes.filter((take) => !known.has(take.provenance.takeId)).map((take) => itemOf(document, takeFields(take)));
  removeAll(document, 'Takes');
  // What cannot be unpacked stays beside the new, for whoever may make sense of it.
  const broken = [...document.getElementsByTagNameNS(retakeNamespace, 'entries')]
    .map((element) => element.textContent ?? '')
    .filter((text) => !unpackEntries(text).isWhole);
  removeAll(document, 'Store');
  removeAll(document, 'entries');
  appendList(document, description, 'Takes', 'rdf:Seq', [...earlier, ...added]);
  if (store.size > 0) appendField(document, description, 'entries', packEntries(store));
  for (const text of broken) appendField(document, description, 'unreadableEntries', text);
  if (packet !== null && existing === null) appendField(document, description, 'unreadablePacket', base64.encode(packet));
  if (altText !== null) describe(document, description, altText);
  if (description.childNodes.length > 0) rdfRoot(document)?.appendChild(description);
  if (takes.length > 0)
    declareSourceType(
      document,
      description,
      takes.map((take) => take.provenance.digitalSourceType),
    );
  return utf8.decode(withWrapper(new XMLSerializer().serializeToString(document)));
}

const emptyPacket = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="${rdf}"/></x:xmpmeta>`;

function withWrapper(xml: string): string {
  const bare = xml.replace(/<\?xpacket[^>]*\?>/g, '').trim();
  return `<?xpacket begin="\uFEFF" id="${packetId}"?>\n${bare}\n<?xpacket end="w"?>`;
}

/** Null when it is no well-formed RDF. xmldom is told to stop at the first error instead of guessing. */
function parsePacket(packet: Uint8Array): Document | null {
  try {
    const text = utf8
      .encode(packet)
      .replace(/\0+$/, '')
      .replace(/^\uFEFF/, '');
    const document = new DOMParser({
      onError: (level, message) => {
        if (level !== 'warning') throw new Error(message);
      },
    }).parseFromString(text, 'text/xml');
    return rdfRoot(document) === null ? null : document;
  } catch {
    return null;
  }
}

const rdfRoot = (document: Document): Element | null => document.getElementsByTagNameNS(rdf, 'RDF').item(0);

/** All descriptions of a packet speak of one thing; ours must name it as they do. */
function aboutOf(document: Document): string {
  const first = document.getElementsByTagNameNS(rdf, 'Description').item(0);
  return first?.getAttributeNS(rdf, 'about') ?? first?.getAttribute('about') ?? '';
}

function listItems(document: Document, name: string): readonly Element[] {
  const list = document.getElementsByTagNameNS(retakeNamespace, name).item(0);
  return list === null ? [] : [...list.getElementsByTagNameNS(rdf, 'li')];
}

/**
 * A picture's description, for those who see it and for those who do not: dc:description and IPTC's alternative text.
 * Source: IPTC Photo Metadata Standard 2021.1, "Alt Text (Accessibility)".
 */
function describe(document: Document, description: Element, text: string): void {
  for (const [namespace, name] of [
    [dublinCore, 'dc:description'],
    [iptcCoreNamespace, 'Iptc4xmpCore:AltTextAccessibility'],
  ]) {
    if (isSaid(document, namespace, name.split(':')[1])) continue;
    description.setAttributeNS(xmlns, `xmlns:${name.split(':')[0]}`, namespace);
    const property = document.createElementNS(namespace, name);
    const alternatives = document.createElementNS(rdf, 'rdf:Alt');
    const item = document.createElementNS(rdf, 'rdf:li');
    item.setAttributeNS('http://www.w3.org/XML/1998/namespace', 'xml:lang', 'x-default');
    item.appendChild(document.createTextNode(xmlText(text)));
    alternatives.appendChild(item);
    property.appendChild(alternatives);
    description.appendChild(property);
  }
}

/** As an element, or as an attribute of a description. */
const isSaid = (document: Document, namespace: string, name: string): boolean =>
  document.getElementsByTagNameNS(namespace, name).length > 0 ||
  [...document.getElementsByTagNameNS(rdf, 'Description')].some((each) => each.hasAttributeNS(namespace, name));

const fieldOf = (item: Element, name: string): string => item.getElementsByTagNameNS(retakeNamespace, name).item(0)?.textContent ?? '';

function removeAll(document: Document, name: string): void {
  for (const element of [...document.getElementsByTagNameNS(retakeNamespace, name)]) {
    const parent = element.parentNode;
    parent?.removeChild(element);
    const isLeftEmpty =
      parent !== null && parent.nodeName === 'rdf:Description' && (parent as Element).getElementsByTagName('*').length === 0;
    const saysMore = isLeftEmpty && [...(parent as Element).attributes].some((a) => !a.name.startsWith('xmlns') && a.localName !== 'about');
    if (isLeftEmpty && !saysMore) parent.parentNode?.removeChild(parent);
  }
}

function appendField(document: Document, to: Element, name: string, value: string): void {
  const element = document.createElementNS(retakeNamespace, `retake:${name}`);
  element.appendChild(document.createTextNode(xmlText(value)));
  to.appendChild(element);
}

/** XML 1.0 has no place for most control characters, nor for halves of surrogate pairs. */
const xmlText = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
  text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu, '\uFFFD');

function itemOf(document: Document, fields: readonly (readonly [string, string])[]): Element {
  const item = document.createElementNS(rdf, 'rdf:li');
  item.setAttributeNS(rdf, 'rdf:parseType', 'Resource');
  for (const [name, value] of fields) appendField(document, item, name, value);
  return item;
}

function appendList(document: Document, description: Element, name: string, kind: 'rdf:Seq' | 'rdf:Bag', items: readonly Element[]): void {
  if (items.length === 0) return;
  const property = document.createElementNS(retakeNamespace, `retake:${name}`);
  const list = document.createElementNS(rdf, kind);
  for (const item of items) list.appendChild(item);
  property.appendChild(list);
  description.appendChild(property);
}

function takeFields({ provenance, layerName, layerId }: PlacedTake): readonly (readonly [string, string])[] {
  return [
    ['schema', String(provenance.schema)],
    ['takeId', provenance.takeId],
    ...(provenance.parentTakeId === null ? [] : [['parentTakeId', provenance.parentTakeId] as const]),
    ['layerName', layerName],
    ['layerId', String(layerId)],
    ['model', provenance.model],
    ['modelVersion', provenance.modelVersion],
    ['responseId', provenance.responseId],
    ['instruction', provenance.instruction],
    ['promptId', provenance.prompt.id],
    ['promptVersion', String(provenance.prompt.version)],
    ['inputHash', provenance.inputHash],
    ['promptHash', provenance.promptHash],
    ['answerHash', provenance.answerHash],
    ['at', provenance.at],
    ['digitalSourceType', provenance.digitalSourceType],
    ['software', provenance.software],
  ];
}

/** The strongest declaration of the takes and of what the document said before, as element or as attribute. */
function declareSourceType(document: Document, description: Element, types: readonly DigitalSourceType[]): void {
  const name = 'DigitalSourceType';
  const elements = [...document.getElementsByTagNameNS(iptcNamespace, name)];
  const holders = [...document.getElementsByTagNameNS(rdf, 'Description')].filter((d) => d.hasAttributeNS(iptcNamespace, name));
  const before = [...elements.map((e) => e.textContent ?? ''), ...holders.map((d) => d.getAttributeNS(iptcNamespace, name) ?? '')];
  const rank = (type: string): number => ranks.findIndex((known) => known.split('/').pop() === type.trim().split('/').pop());
  const strongest = [...before, ...types].reduce((a, b) => (rank(b) > rank(a) ? b : a));
  if (before.includes(strongest)) return;
  for (const element of elements) element.parentNode?.removeChild(element);
  for (const holder of holders) holder.removeAttributeNS(iptcNamespace, name);
  description.setAttributeNS(xmlns, 'xmlns:Iptc4xmpExt', iptcNamespace);
  const element = document.createElementNS(iptcNamespace, `Iptc4xmpExt:${name}`);
  element.appendChild(document.createTextNode(strongest));
  description.appendChild(element);
}

function fromBase64(text: string): Uint8Array | null {
  try {
    return base64.decode(text.trim());
  } catch {
    return null;
  }
}
