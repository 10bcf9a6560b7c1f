/**
 * The local Gemini server under Google's own name: a front for TLS before it, and what to tell a browser so that it finds this
 * one there, believes it, and finds nothing else. So the panel is tested as it is shipped, its address and policy included.
 */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import { type Browser, chromium } from 'playwright-core';
import { chromiumArguments, findChromium } from '../../chromium.ts';
import type { PictureMaker } from '../../geminiServer/answerBody.ts';
import { type GeminiServer, startGeminiServer } from '../../geminiServer/server.ts';

const host = 'generativelanguage.googleapis.com';

export interface FigmaWorld {
  readonly browser: Browser;
  readonly service: GeminiServer;
  close(): Promise<void>;
}

/** A browser for which the service is the local one, and the rest of the network away. `answer` makes its pictures; the offline model when not given. */
export async function openWorld(answer?: PictureMaker): Promise<FigmaWorld> {
  const service = await startGeminiServer(answer === undefined ? {} : { answer });
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = selfSigned(host, publicKey, privateKey);
  const servicePort = Number(new URL(service.url).port);
  const front = createServer({ key: privateKey.export({ type: 'pkcs8', format: 'pem' }), cert: certificate }, (socket) => {
    const behind = connect(servicePort, '127.0.0.1');
    const end = (): void => {
      socket.destroy();
      behind.destroy();
    };
    for (const one of [socket, behind]) one.on('error', end).on('close', end);
    socket.pipe(behind).pipe(socket);
  });
  front.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const { port } = front.address() as AddressInfo;
  const pin = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
  const browser = await chromium.launch({
    executablePath: findChromium(),
    timeout: 120_000,
    args: [
      ...chromiumArguments,
      '--no-proxy-server',
      `--host-resolver-rules=MAP ${host}:443 127.0.0.1:${port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
      `--ignore-certificate-errors-spki-list=${pin}`,
    ],
  });
  return {
    browser,
    service,
    async close() {
      await browser.close();
      await service.close();
      await new Promise((resolve) => front.close(resolve));
    },
  };
}

/** An X.509 certificate of the first version (RFC 5280, 4.1), PEM. */
function selfSigned(name: string, publicKey: KeyObject, privateKey: KeyObject): string {
  const ecdsaWithSha256 = sequence(oid([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
  const commonName = sequence(tagged(0x31, sequence(oid([0x55, 0x04, 0x03]), tagged(0x0c, Buffer.from(name)))));
  const year = (number: number): Buffer => tagged(0x18, Buffer.from(`${number}0101000000Z`));
  const now = new Date().getUTCFullYear();
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const serial = tagged(0x02, Buffer.from([1]));
  const signed = sequence(serial, ecdsaWithSha256, commonName, sequence(year(now - 1), year(now + 1)), commonName, spki);
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', signed, privateKey)]);
  const certificate = sequence(signed, ecdsaWithSha256, tagged(0x03, signature));
  return `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

/** DER: tag, length, content. */
function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));
const oid = (bytes: readonly number[]): Buffer => tagged(0x06, Buffer.from(bytes));
