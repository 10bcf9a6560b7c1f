/** Texts in a layer's XMP packet, each as one base64 property of Retake's namespace; what others keep there stays. */
import { fromBase64, toBase64 } from '../../shared/core/base64.ts';
import { fromUtf8, toUtf8 } from '../../shared/core/text.ts';

const namespace = 'https://retake.design/ns/1.0/';
const emptyPacket =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF></x:xmpmeta>';

/** A property's name has no dots. */
const propertyOf = (name: string): string => `layer_${name.replace(/[^A-Za-z0-9_]/g, '_')}`;

const patternOf = (name: string): RegExp =>
  new RegExp(
    `<rdf:Description rdf:about="" xmlns:retake="[^"]*"><retake:${propertyOf(name)}>([^<]*)</retake:${propertyOf(name)}></rdf:Description>`,
  );

export function readFromPacket(packet: string, name: string): string | null {
  const bytes = fromBase64(patternOf(name).exec(packet)?.[1] ?? '-');
  return bytes === null ? null : fromUtf8(bytes);
}

/** The packet with the text in it. A packet that is no RDF is replaced, as nobody could read it. */
export function writeToPacket(packet: string, name: string, text: string): string {
  const property = propertyOf(name);
  const base = packet.includes('</rdf:RDF>') ? packet.replace(patternOf(name), '') : emptyPacket;
  const entry = `<rdf:Description rdf:about="" xmlns:retake="${namespace}"><retake:${property}>${toBase64(toUtf8(text))}</retake:${property}></rdf:Description>`;
  return base.replace('</rdf:RDF>', `${entry}</rdf:RDF>`);
}
