/**
 * The `fetch` of Figma's main thread (its page on `fetch`): an address as text, plain headers, no signal; the answer has the body
 * as a whole. The manifest's domains are kept to.
 */
import { isAllowed } from '../manifest.ts';

const known = ['method', 'headers', 'headersObject', 'body', 'credentials', 'cache', 'redirect', 'referrer', 'integrity'];

export const createSandboxFetch =
  (allowedDomains: readonly string[]) =>
  async (address: unknown, init: Readonly<Record<string, unknown>> = {}): Promise<object> => {
    if (typeof address !== 'string') throw new TypeError('in fetch: the address must be a string');
    const strange = Object.keys(init).filter((key) => !known.includes(key));
    if (strange.length > 0) throw new TypeError(`in fetch: unrecognized key(s) in object: ${strange.map((key) => `'${key}'`).join(', ')}`);
    if (!isAllowed(allowedDomains, address))
      throw new TypeError(`Failed to fetch: ${new URL(address).origin} is not in the manifest’s allowedDomains`);
    const answer = await fetch(address, { ...init, headers: { ...(init.headers as object), origin: 'null' } } as RequestInit);
    const { ok, status, statusText, redirected, type, url } = answer;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return {
      ...{ ok, status, statusText, redirected, type, url },
      headersObject: Object.fromEntries(answer.headers),
      arrayBuffer: async () => bytes.slice().buffer,
      text: async () => new TextDecoder().decode(bytes),
      json: async () => JSON.parse(new TextDecoder().decode(bytes)),
    };
  };
