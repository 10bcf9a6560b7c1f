/**
 * Cross-origin rules as they were measured on the real service: a preflight that asks for a header outside a short list
 * is refused without any CORS header, so that the browser says only "Failed to fetch". Errors carry the header too.
 * An opaque origin ("null", as in Figma's iframe) is welcome.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

const allowed = ['content-type', 'x-goog-api-key', 'x-goog-api-client', 'authorization'];

/** Set on every answer that is not a refused preflight. */
export function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader(
    'access-control-expose-headers',
    'x-goog-upload-url, x-goog-upload-status, x-goog-upload-chunk-granularity, retry-after',
  );
  response.setHeader('vary', 'Origin, X-Origin, Referer');
}

export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const wanted = (request.headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  // Uploads come with headers of their own; whether the service admits them from a page is not known, so they pass.
  const isUpload = request.url?.startsWith('/upload/') === true;
  const isAllowed = (name: string) => allowed.includes(name) || (isUpload && name.startsWith('x-goog-upload-'));
  if (!wanted.every(isAllowed)) {
    response.writeHead(403, { 'content-type': 'text/html; charset=UTF-8' }).end();
    return;
  }
  allowOrigin(request, response);
  response.setHeader('access-control-allow-methods', 'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT');
  response.setHeader('access-control-allow-headers', wanted.join(','));
  response.setHeader('access-control-max-age', '3600');
  response.writeHead(200, { 'content-type': 'text/html; charset=UTF-8', 'content-length': '0' }).end();
}
