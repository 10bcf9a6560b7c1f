import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { ensureBuilt, Folder, retake } from './runRetake.ts';

vi.setConfig({ testTimeout: 180_000 });
beforeAll(ensureBuilt);

/** Two takes of one photo, the second from the first. */
async function twoTakes(folder: Folder): Promise<{ readonly first: string; readonly second: string }> {
  folder.photo('astronaut.png');
  const made = await retake(['edit', 'astronaut.png', '-i', 'make the orange suit blue', '-m', 'offline', '-o', 'a.psd'], folder.path);
  expect(made).toMatchObject({ code: 0 });
  const next = ['edit', 'a.psd', '-i', 'make it darker', '--from', 'latest', '-m', 'offline', '--in-place', '--report', 'next.json'];
  expect(await retake(next, folder.path)).toMatchObject({ code: 0 });
  const { takes } = JSON.parse((await retake(['history', 'a.psd', '--json'], folder.path)).stdout);
  return { first: takes[0].id, second: takes[1].id };
}

const withoutChance = (text: string): string =>
  text.replace(/\b[0-9a-f]{8}(?=\s)/g, 'take-id0').replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '2026-11-25 13:00');

describe('retake history, edit --from and export', () => {
  test('show, continue and carry out what a document remembers', async () => {
    using folder = new Folder();
    const { first, second } = await twoTakes(folder);

    const report = JSON.parse(folder.read('next.json').toString());
    expect(report.take).toMatchObject({ id: second, parent: first, chosenBy: 'policy', why: expect.stringMatching(/\.$/) });

    const listed = await retake(['history', 'a.psd'], folder.path);
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(withoutChance(listed.stdout)).toMatchSnapshot();
    // By the reader's own clock: nine hours on in Tokyo.
    const times = await Promise.all(
      ['UTC', 'Asia/Tokyo'].map(async (TZ) => {
        const { stdout } = await retake(['history', 'a.psd'], folder.path, { TZ });
        return Date.parse(`${stdout.match(/\d{4}-\d\d-\d\d \d\d:\d\d/)?.[0]}Z`);
      }),
    );
    expect(times[1] - times[0]).toBe(9 * 3_600_000);
    const json = JSON.parse((await retake(['history', 'a.psd', '--json'], folder.path)).stdout);
    expect(json).toMatchObject({ schema: 1, title: 'a.psd', notes: [] });
    expect(json.takes).toMatchObject([
      { id: first, parent: null, number: 1, state: 'done', instruction: 'make the orange suit blue', costUsd: 0 },
      { id: second, parent: first, number: 2, state: 'done', instruction: 'make it darker' },
    ]);

    // A picture of its own, with its story.
    const picture = await retake(['export', 'a.psd', second.slice(0, 12), '-o', 'take.png'], folder.path);
    expect(picture).toMatchObject({ code: 0, stdout: 'take.png\n', stderr: '' });
    const said = execFileSync('exiftool', ['-j', '-struct', '-XMP:all', folder.at('take.png')], { encoding: 'utf8' });
    expect(JSON.parse(said)[0]).toMatchObject({
      DigitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced',
      AltTextAccessibility: expect.stringContaining('darker'),
      Description: expect.stringContaining('darker'),
      Takes: [{ Instruction: 'make the orange suit blue' }, { Instruction: 'make it darker' }],
    });
    const again = JSON.parse((await retake(['history', 'take.png', '--json'], folder.path)).stdout);
    expect(again.takes.map(({ id }: { id: string }) => id)).toEqual([first, second]);

    // The branch, with every picture.
    const branch = await retake(['export', 'a.psd', 'latest', '-o', 'branch.zip'], folder.path);
    expect(branch).toMatchObject({ code: 0, stdout: 'branch.zip\n' });
    const files = unzipSync(readFileSync(folder.at('branch.zip')));
    const story = JSON.parse(Buffer.from(files['story.json']).toString());
    expect(story).toMatchObject({ schema: 1, document: 'a.psd', head: second });
    expect(story.rounds.map(({ result }: { result: string }) => result)).toEqual([
      '01-make-the-orange-suit-blue.png',
      '02-make-it-darker.png',
    ]);
    for (const name of ['01-make-the-orange-suit-blue.png', '02-make-it-darker.png', 'layer.png', 'answers/02-make-it-darker.jpg'])
      expect(Object.keys(files)).toContain(name);
  });

  test('say before anything is asked what will be left out of it', async () => {
    using folder = new Folder();
    folder.photo('astronaut.png');
    const references = (count: number) => Array.from({ length: count }, () => ['-r', 'astronaut.png=object']).flat();
    const first = ['edit', 'astronaut.png', '-i', 'make the orange suit blue', '-m', 'offline', '-o', 'a.psd', ...references(10)];
    expect(await retake(first, folder.path)).toMatchObject({ code: 0, stderr: '' });
    const told = 'Note: To stay within the model’s limits, these will not be sent: 2 references of “make the orange suit blue”.';
    const next = ['edit', 'a.psd', '--from', 'latest', '--way', 'fresh', '-m', 'offline', '-o', 'b.psd', '--report', 'next.json'];
    const made = await retake([...next, '-i', 'make it darker', ...references(6)], folder.path);
    expect(made).toMatchObject({ code: 0, stdout: 'b.psd\n' });
    expect(made.stderr.split('\n')[0]).toBe(told);
    expect(JSON.parse(folder.read('next.json').toString()).take.dropped).toEqual(['2 references of “make the orange suit blue”']);
    // A round that is never answered has said it too.
    const unknown = await retake([...next, '--force', '-i', 'compose a sonnet', ...references(6)], folder.path);
    expect(unknown.code).not.toBe(0);
    expect(unknown.stderr.split('\n')[0]).toBe(told);
  });

  test('name what comes near a take that is not there, and write nothing', async () => {
    using folder = new Folder();
    const { first } = await twoTakes(folder);
    const before = folder.contents();
    const unknown = await retake(['export', 'a.psd', 'suit'], folder.path);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toMatch(/There is no take “suit”\. Near it are .*\(make the orange suit blue\)/);
    expect(unknown.stderr).toContain(first.slice(0, 8));
    expect(unknown.stderr).toContain('`retake history INPUT` lists them all.');
    const edited = await retake(['edit', 'a.psd', '-i', 'brighter', '--from', 'zzz', '-m', 'offline'], folder.path);
    expect(edited).toMatchObject({ code: 2, stdout: '' });
    expect(await retake(['export', 'a.psd', 'latest', '-o', 'take.gif'], folder.path)).toMatchObject({ code: 2 });
    expect(await retake(['edit', 'a.psd', '-i', 'brighter', '--way', 'sideways'], folder.path)).toMatchObject({ code: 2 });
    expect(folder.contents()).toEqual(before);
  });

  test('say so when a picture holds no takes', async () => {
    using folder = new Folder();
    folder.photo('astronaut.png');
    const listed = await retake(['history', 'astronaut.png'], folder.path);
    expect(listed).toMatchObject({ code: 0, stdout: 'astronaut.png  no takes\n`retake edit` adds one.\n' });
    const none = await retake(['export', 'astronaut.png', 'latest'], folder.path);
    expect(none).toMatchObject({ code: 2 });
    expect(none.stderr).toMatch(/There is no take “latest” in this document\.\n`retake edit` adds one\.\n$/);
  });
});
