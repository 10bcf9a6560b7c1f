/** Two people at one layer, and one who never leaves the keyboard. */
import { describe, expect, test } from 'vitest';
import { soon, useStudio } from './designer.ts';
import { nodesIn, takesIn } from './nodes.ts';
import { photoScene } from './scenes.ts';

const studio = useStudio();

describe('two people', () => {
  test('edit one layer at once: both takes are there, in the file and in both histories', async () => {
    const { file, id } = await photoScene();
    const before = file.tree(id);
    const ada = file.join('Ada');
    ada.select(id);
    const first = await studio.open(file);
    const second = await studio.open(file, { person: ada });
    const goOn = studio.model.hold();
    await first.send('make the box green');
    await second.send('make the box teal');
    await expect.poll(() => studio.model.underWay, soon).toBe(2);
    goOn();
    await expect
      .poll(
        () =>
          takesIn(file)
            .map(({ name }) => name)
            .sort(),
        soon,
      )
      .toEqual(['make the box green', 'make the box teal']);
    for (const person of [first, second]) await person.atRest();
    expect(file.tree(id)).toEqual(before);
    for (const person of [first, second]) {
      await person.run();
      await person.isReady();
      for (const name of ['make the box green', 'make the box teal'])
        await expect.poll(async () => (await person.find('.rt-takes')).innerHTML(), soon).toContain(name);
    }
    // What one undoes is one's own.
    await first.hasCommitted();
    while (takesIn(file).some(({ name }) => name === 'make the box green')) expect(file.user.undo()).toBe(true);
    expect(takesIn(file).map(({ name }) => name)).toEqual(['make the box teal']);
  });
});

describe('from the keyboard alone', () => {
  test('an instruction is suggested, run, told of, and repeated on the next layer', async () => {
    const { file, id } = await photoScene();
    const designer = await studio.open(file);
    await designer.edit('make the box green');

    // The quick-action bar: what is typed comes first, then what was sent before.
    const bar = await designer.run({ command: 'quick', parameters: 'ask' });
    const typed = bar.ask('instruction', 'the box');
    await expect.poll(() => typed.suggestions, soon).toEqual(['the box', 'make the box green']);
    bar.submit({ instruction: 'make the box green' });
    await expect.poll(() => takesIn(file).length, soon).toBe(2);
    await expect.poll(() => bar.notifications.at(-1)?.message, soon).toBe('Retake: make the box green');
    expect(bar.ui.look?.isVisible).toBe(false);
    bar.notifications.at(-1)?.dequeue('timeout');
    await expect.poll(() => bar.isClosed, soon).toBe(true);

    file.user.select(id);
    const again = await designer.run({ command: 'repeat' });
    await expect.poll(() => takesIn(file).length, soon).toBe(3);
    await expect.poll(() => again.notifications.at(-1)?.message, soon).toBe('Retake: make the box green');
    again.notifications.at(-1)?.dequeue('timeout');
    await expect.poll(() => again.isClosed, soon).toBe(true);
    expect(nodesIn(file).filter(({ name }) => name === 'Photo')).toHaveLength(1);
  });

  test('with nothing selected says what to do, and ends', async () => {
    const { file } = await photoScene();
    file.user.select();
    const designer = await studio.open(file, { command: 'quick', parameters: { instruction: 'make the box green' } });
    await expect.poll(() => file.plugin.notifications.at(-1)?.message, soon).toContain('Select the layer that should change');
    expect(file.plugin.notifications.at(-1)).toMatchObject({ isError: true, button: 'Open Retake' });
    file.plugin.notifications.at(-1)?.press();
    await expect.poll(() => file.plugin.ui.look?.isVisible, soon).toBe(true);
    await designer.cardSays('Nothing is selected');
    expect(studio.world.service.asked).toEqual([]);
  });

  test('a failure brings the panel out, with the words in their field', async () => {
    const { file } = await photoScene();
    studio.world.service.always({
      kind: 'json',
      status: 503,
      body: { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } },
    });
    const designer = await studio.open(file, { command: 'quick', parameters: { instruction: 'make the box green' } });
    await expect.poll(() => file.plugin.ui.look?.isVisible, soon).toBe(true);
    await expect.poll(async () => (await designer.find('#rt-instruction')).inputValue(), soon).toBe('make the box green');
    await designer.failsWith('overloaded');
    expect(takesIn(file)).toEqual([]);
  });
});
