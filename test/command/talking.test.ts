/** What the command says, to people and to programs. */
import { execFileSync, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { builtInModels } from '../../shared/core/models/registry.ts';
import { version } from '../../shared/core/version.ts';
import { richPsd } from '../documents/buildPsd.ts';
import { failures } from '../geminiServer/failures.ts';
import { startGeminiServer } from '../geminiServer/server.ts';
import { startThinkingServer } from '../geminiServer/thinkingServer.ts';
import { ensureBuilt, entry, Folder, retake, start } from './runRetake.ts';

// A command takes a second; a machine that is busy with other tests takes many.
vi.setConfig({ testTimeout: 180_000 });

beforeAll(ensureBuilt);

const here = resolve(import.meta.dirname);

describe('help', () => {
  test.each([[], ['edit'], ['history'], ['export'], ['generate'], ['layers'], ['models'], ['open']].map((words) => [...words, '--help']))(
    'of retake %s %s',
    async (...args) => {
      const ended = await retake(args, here);
      expect(ended.code).toBe(0);
      expect(ended.stderr).toBe('');
      expect(ended.stdout).toContain('Examples:\n  retake ');
      expect(ended.stdout).toMatchSnapshot();
    },
  );

  test('names each command and each exit code', async () => {
    const { stdout } = await retake(['--help'], here);
    for (const word of ['edit', 'history', 'export', 'generate', 'layers', 'models', 'open', 'GEMINI_API_KEY', 'GOOGLE_GEMINI_BASE_URL'])
      expect(stdout).toContain(word);
    for (const code of [0, 2, 3, 4, 5, 130]) expect(stdout).toMatch(new RegExp(`^ {2}${code} `, 'm'));
  });

  test('gives the version', async () => {
    expect(await retake(['--version'], here)).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('retake models', () => {
  test('lists the whole registry without a key, and asks nobody', async () => {
    const ended = await retake(['models', '--json'], here, { GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:9' });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const listed = JSON.parse(ended.stdout);
    expect(listed.models.map((model: { id: string }) => model.id)).toEqual(builtInModels.map((model) => model.id));
    expect(listed.models.every((model: { alive: unknown }) => model.alive === null)).toBe(true);
    expect(listed).toMatchSnapshot();
    expect((await retake(['models'], here)).stdout).toMatchSnapshot();
  });

  test('shows with a key which of them are alive, and what else is offered', async () => {
    const server = await startGeminiServer();
    const env = { GEMINI_API_KEY: server.key, GOOGLE_GEMINI_BASE_URL: server.url };
    const asJson = await retake(['models', '--json'], here, env);
    const asText = await retake(['models'], here, env);
    await server.close();
    expect(asJson).toMatchObject({ code: 0, stderr: '' });
    const alive = Object.fromEntries(
      JSON.parse(asJson.stdout).models.map((model: { id: string; alive: unknown }) => [model.id, model.alive]),
    );
    expect(alive).toMatchObject({ 'gemini-nano-banana-2.1': true, 'gemini-2.5-flash-image': false, offline: null });
    expect(asText.stdout).toMatch(/^gemini-nano-banana-2\.1 .* alive/m);
    expect(asText.stdout).toMatch(/^imagen-4\.0-generate-001 .* gone/m);
    expect(server.malformed).toEqual([]);
  });

  test('lists them all the same when the service refuses, and tells why', async () => {
    const server = await startGeminiServer();
    const ended = await retake(['models', '--json'], here, { GEMINI_API_KEY: 'wrong', GOOGLE_GEMINI_BASE_URL: server.url });
    await server.close();
    expect(ended.code).toBe(4);
    expect(ended.stderr).toContain('The API key is not valid');
    const listed = JSON.parse(ended.stdout);
    expect(listed.models).toHaveLength(builtInModels.length);
    expect(listed.service).toMatchObject({ asked: true, failure: { kind: 'unauthorised' } });
  });

  test('tells a network that is not there by its exit code', async () => {
    const server = await startGeminiServer();
    server.always(failures['html-200'], 'models');
    const ended = await retake(['models'], here, { GEMINI_API_KEY: server.key, GOOGLE_GEMINI_BASE_URL: server.url });
    await server.close();
    expect(ended.code).toBe(5);
    expect(ended.stdout).toContain('gemini-nano-banana-2.1');
  });
});

describe('retake layers', () => {
  test('lists a document top first, groups indented, with what is unusual', async () => {
    using folder = new Folder();
    folder.put('rich.psd', richPsd());
    const ended = await retake(['layers', 'rich.psd'], folder.path);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatchSnapshot();
  });

  test('gives the same as JSON', async () => {
    using folder = new Folder();
    folder.put('rich.psd', richPsd());
    const ended = await retake(['layers', 'rich.psd', '--json'], folder.path);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchSnapshot();
  });
});

describe('a run in a pipe', () => {
  test('is quiet: the path on stdout and nothing else', async () => {
    using folder = new Folder();
    folder.photo('astronaut.png');
    const ended = await retake(['edit', 'astronaut.png', '-i', 'make it darker', '-m', 'offline'], folder.path);
    expect(ended).toMatchObject({ code: 0, stdout: 'astronaut-retake.psd\n', stderr: '' });
  });

  test('still says that the offline model is no AI when nobody chose it', async () => {
    using folder = new Folder();
    const ended = await retake(['generate', '-i', 'a teal circle', '-o', 'a.png'], folder.path);
    expect(ended).toMatchObject({
      code: 0,
      stdout: 'a.png\n',
      stderr: 'Note: Offline model — not AI: it follows a small list of commands. Set GEMINI_API_KEY for real edits.\n',
    });
  });

  test('does not mind a reader that has seen enough', () => {
    const script = 'set -o pipefail; node "$0" models --json | head -c 20 && echo " fine"';
    const env = { PATH: process.env.PATH };
    expect(execFileSync('bash', ['--norc', '-c', script, entry], { encoding: 'utf8', env })).toMatch(/ fine\n$/);
  });
});

/** Runs the command on a terminal of its own (a pty from Python), and answers all that appeared there. */
function onTerminal(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  onShown: (shown: string) => void = () => {},
): Promise<{ shown: string; code: number | null }> {
  const script = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
  const child = spawn('/usr/bin/python3', ['-c', script, process.execPath, entry, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm-256color', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    onShown(shown);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ shown, code })));
}

describe('a run on a terminal', () => {
  test('shows what is going on in one line, then description, cost and path', async () => {
    using folder = new Folder();
    folder.photo('astronaut.png');
    // It thinks until the terminal shows for how long.
    const { server, goOn } = await startThinkingServer();
    const env = { GEMINI_API_KEY: server.key, GOOGLE_GEMINI_BASE_URL: server.url };
    const { shown, code } = await onTerminal(['edit', 'astronaut.png', '-i', 'make it darker'], folder.path, env, (so) => {
      if (/Asking Nano Banana 2\.1 · \d+ s/.test(so)) goOn();
    });
    await server.close();
    expect(code).toBe(0);
    for (const stage of ['Opening astronaut.png', 'Asking Nano Banana 2.1', 'Asking Nano Banana 2.1 · \\d+ s', 'Writing the file'])
      expect(shown).toMatch(new RegExp(`\r\x1b\\[2K\\S ${stage}\r`));
    // What stays, after the moving line is gone.
    const lines = shown.split('\r\n').map((line) => line.split('\x1b[2K').at(-1));
    expect(lines.slice(-3)).toEqual([
      expect.stringMatching(/^gemini-nano-banana-2\.1 · 1024 × 1024 · \$0\.0\d{3} · \d+\.\d s$/),
      'astronaut-retake.psd',
      '',
    ]);
  });

  test('is coloured there, and not with NO_COLOR', async () => {
    using folder = new Folder();
    const colored = await onTerminal(['edit', 'none.png', '-i', 'x', '-m', 'offline'], folder.path, {});
    const plain = await onTerminal(['edit', 'none.png', '-i', 'x', '-m', 'offline'], folder.path, { NO_COLOR: '1' });
    expect(colored.code).toBe(2);
    expect(colored.shown).toContain('\x1b[31mretake:\x1b[0m');
    expect(plain.shown).toContain('retake: File not found');
    expect(plain.shown).not.toContain('\x1b[31m');
  });
});

describe('retake open', () => {
  test('prints an address on loopback, serves the page there, and ends with Ctrl-C', async () => {
    using folder = new Folder();
    folder.photo('astronaut.png');
    const running = start(['open', 'astronaut.png', '--port', '0'], folder.path);
    const url = await new Promise<string>((resolve) => running.child.stdout?.once('data', (text: string) => resolve(text.trim())));
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const page = await (await fetch(url)).text();
    expect(page).toContain('<!doctype html>');
    const ended = await running.stop();
    expect(ended).toMatchObject({ code: 0, stderr: '', stdout: `${url}\n` });
  });

  test('refuses a file that is not there before it serves anything', async () => {
    using folder = new Folder();
    const ended = await retake(['open', 'none.psd', '--port', '0'], folder.path);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('There is no file “none.psd”');
  });
});
