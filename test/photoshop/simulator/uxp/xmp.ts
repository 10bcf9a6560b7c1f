/** require('uxp').xmp (25.0): the simple properties of a packet, by Adobe's ExtendScript-like names. */
import { DOMParser, type Element, XMLSerializer } from '@xmldom/xmldom';

const rdf = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const empty = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="${rdf}"><rdf:Description rdf:about=""/></rdf:RDF></x:xmpmeta>`;
const prefixes = new Map([
  ['http://ns.adobe.com/xap/1.0/', 'xmp:'],
  ['http://purl.org/dc/elements/1.1/', 'dc:'],
  ['http://ns.adobe.com/photoshop/1.0/', 'photoshop:'],
]);

export class XMPMeta {
  readonly #document: ReturnType<DOMParser['parseFromString']>;

  constructor(packet?: string) {
    const source = packet === undefined || packet === '' ? empty : packet.replace(/<\?xpacket[^>]*\?>/g, '').trim();
    try {
      this.#document = new DOMParser({ onError: (level, text) => this.#refuse(level, text) }).parseFromString(source, 'text/xml');
    } catch {
      throw new Error('XMP: the packet cannot be read');
    }
  }
  #refuse(level: string, text: string): void {
    if (level !== 'warning') throw new Error(text);
  }
  static registerNamespace(namespace: string, prefix: string): string {
    const name = prefix.endsWith(':') ? prefix : `${prefix}:`;
    prefixes.set(namespace, name);
    return name;
  }
  static getNamespacePrefix(namespace: string): string {
    return prefixes.get(namespace) ?? '';
  }
  get #descriptions(): Element[] {
    return Array.from(this.#document.getElementsByTagNameNS(rdf, 'Description'));
  }
  doesPropertyExist(namespace: string, name: string): boolean {
    return this.#find(namespace, name) !== null;
  }
  getProperty(namespace: string, name: string): { value: string; toString(): string } | null {
    const value = this.#find(namespace, name);
    return value === null ? null : { value, toString: () => value };
  }
  #find(namespace: string, name: string): string | null {
    for (const description of this.#descriptions) {
      if (description.hasAttributeNS(namespace, name)) return description.getAttributeNS(namespace, name);
      const child = description.getElementsByTagNameNS(namespace, name)[0];
      if (child) return child.textContent;
    }
    return null;
  }
  setProperty(namespace: string, name: string, value: string): void {
    const prefix = prefixes.get(namespace);
    if (prefix === undefined) throw new Error('XMP: the namespace is not registered');
    this.deleteProperty(namespace, name);
    const [description] = this.#descriptions;
    if (!description) throw new Error('XMP: the packet has no description');
    description.setAttributeNS('http://www.w3.org/2000/xmlns/', `xmlns:${prefix.slice(0, -1)}`, namespace);
    description.setAttributeNS(namespace, `${prefix}${name}`, String(value));
  }
  deleteProperty(namespace: string, name: string): void {
    for (const description of this.#descriptions) {
      description.removeAttributeNS(namespace, name);
      for (const child of Array.from(description.getElementsByTagNameNS(namespace, name))) child.parentNode?.removeChild(child);
    }
  }
  serialize(): string {
    const body = new XMLSerializer().serializeToString(this.#document);
    return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>\n${body}\n<?xpacket end="w"?>`;
  }
}

export const xmp = {
  XMPMeta,
  XMPConst: {
    NS_XMP: 'http://ns.adobe.com/xap/1.0/',
    NS_DC: 'http://purl.org/dc/elements/1.1/',
    NS_PHOTOSHOP: 'http://ns.adobe.com/photoshop/1.0/',
  },
};
