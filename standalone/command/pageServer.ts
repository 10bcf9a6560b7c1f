/**
 * Serves the built page on loopback, and nothing else: it decides who may ask (this machine, by a loopback name, so that
 * a rebound DNS name gets nothing), what the page may reach (its content security policy), and how the page gets its
 * settings (with a token that only the served page knows). The key goes to that page only and is never logged.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

export interface PageServerOptions {
  /** The first port to try; 0 takes any. 48213 when not given. */
  readonly port?: number | undefined;
  /** A picture that the page opens at once. */
  readonly document?: { readonly name: string; readonly bytes: Uint8Array } | undefined;
  readonly apiKey?: string | undefined;
  /** Address of the Gemini service, when it is not Google's own. */
  readonly baseUrl?: string | undefined;
  /** The built page: index.html, page.js and what they name. */
  readonly distDir: string;
}

export interface PageServer {
  /** "http://127.0.0.1:48213/" */
  readonly url: string;
  close(): Promise<void>;
}

/** Nobody else’s default: what is kept for this address in the browser stays ours. */
const defaultPort = 48213;
/** How many ports after a taken one are tried. */
const portsTried = 20;
const google = 'https://generativelanguage.googleapis.com';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** Rejects when no port is free (EADDRINUSE) or the page is not built (ENOENT). */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const token = randomBytes(24).toString('base64url');
  const index = (await readFile(join(options.distDir, 'index.html'), 'utf8')).replace('{retake-token}', token);
  const policy = contentPolicy(options.baseUrl);
  const server = createServer((request, response) => {
    answer(request, response, { options, token, index, policy }).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  const port = await listen(server, options.port ?? defaultPort);
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, first: number): Promise<number> {
  for (let port = first; ; port++) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    } catch (cause) {
      const isTaken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!isTaken || port >= first + portsTried || port >= 65_535) throw cause;
    }
  }
}

/** Only scripts of ours, and only two places to talk to: this server and the Gemini service. */
function contentPolicy(baseUrl: string | undefined): string {
  const service = baseUrl === undefined ? null : originOf(baseUrl);
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    `connect-src 'self' ${google}${service === null ? '' : ` ${service}`}`,
    "worker-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function originOf(url: string): string | null {
  try {
    return new URL(url).origin;
  } catch {
    return null;
  }
}

/** The Host header's name must be loopback's; the port is not looked at, because a forwarded one differs. */
export function isLoopbackHost(host: string | undefined): boolean {
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
  return name === '127.0.0.1' || name === 'localhost' || name === '[::1]';
}

const isSame = (a: string, b: string): boolean => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
};

interface Served {
  readonly options: PageServerOptions;
  readonly token: string;
  readonly index: string;
  readonly policy: string;
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  const { options, token } = served;
  const reply = (status: number, type: string, body: string | Uint8Array): void => {
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      'content-security-policy': served.policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const plain = (status: number, text: string): void => reply(status, types['.txt'], text);

  if (!isLoopbackHost(request.headers.host)) return plain(403, 'This server answers to 127.0.0.1 and localhost only.\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Only GET is answered.\n');
  const path = pathOf(request.url);
  if (path === null) return plain(400, 'That is no path.\n');

  if (path === '/' || path === '/index.html') return reply(200, types['.html'], served.index);
  if (path === '/config.json' || path === '/document') {
    const given = request.headers['x-retake-token'];
    if (typeof given !== 'string' || !isSame(given, token)) return plain(403, 'The token of the page is missing.\n');
    if (path === '/document')
      return options.document === undefined
        ? plain(404, 'No picture was given.\n')
        : reply(200, 'application/octet-stream', options.document.bytes);
    const config = {
      apiKey: options.apiKey || null,
      baseUrl: options.baseUrl || null,
      documentName: options.document?.name ?? null,
    };
    return reply(200, types['.json'], JSON.stringify(config));
  }

  // One flat folder: a name with a slash, a dot in front, or an unknown ending is no file of the page.
  const name = path.slice(1);
  const type = types[extname(name)];
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name) || name.includes('..') || type === undefined) return plain(404, 'Not found.\n');
  try {
    return reply(200, type, await readFile(join(options.distDir, name)));
  } catch {
    return plain(404, 'Not found.\n');
  }
}

function pathOf(url: string | undefined): string | null {
  try {
    return decodeURIComponent(new URL(url ?? '', 'http://127.0.0.1').pathname);
  } catch {
    return null;
  }
}
