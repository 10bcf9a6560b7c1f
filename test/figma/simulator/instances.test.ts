import { describe, expect, test } from 'vitest';
import { createFigmaFile } from './index.ts';
import { got } from './kit.ts';

describe('instances', () => {
  function button(figma: PluginAPI): { component: ComponentNode; label: RectangleNode; instance: InstanceNode } {
    const component = figma.createComponent();
    const label = figma.createRectangle();
    component.appendChild(label);
    label.name = 'Label';
    return { component, label, instance: component.createInstance() };
  }

  test('have parts of their own, that follow the component unless overridden', () => {
    const { figma } = createFigmaFile();
    const { component, label, instance } = button(figma);
    const part = instance.children[0] as RectangleNode;
    expect([part.id, part.name]).toEqual([`I${instance.id};${label.id}`, 'Label']);
    label.opacity = 0.5;
    expect(part.opacity).toBe(0.5);
    part.opacity = 0.25;
    label.opacity = 1;
    label.cornerRadius = 4;
    expect([part.opacity, part.cornerRadius]).toEqual([0.25, 4]);
    const more = figma.createEllipse();
    component.insertChild(0, more);
    expect(instance.children.map((node) => node.type)).toEqual(['ELLIPSE', 'RECTANGLE']);
    more.remove();
    expect(instance.children).toHaveLength(1);
  });

  test('keep their structure and places', () => {
    const { instance } = button(createFigmaFile().figma);
    const part = instance.children[0] as RectangleNode;
    const words = 'This property cannot be overridden in an instance';
    expect(() => {
      part.x = 5;
    }).toThrow(`in set_x: ${words}`);
    expect(() => part.resize(5, 5)).toThrow(`in resize: ${words}`);
    expect(() => {
      part.layoutPositioning = 'ABSOLUTE';
    }).toThrow(words);
    part.visible = false;
    part.fills = [];
    expect([part.visible, part.fills]).toEqual([false, []]);
  });

  test('are nested, and found by getMainComponentAsync', async () => {
    const { figma } = createFigmaFile();
    const { component, instance } = button(figma);
    const outer = figma.createComponent();
    outer.appendChild(instance);
    const top = outer.createInstance();
    const nested = top.children[0] as InstanceNode;
    expect(nested.type).toBe('INSTANCE');
    expect((await nested.getMainComponentAsync())?.id).toBe(component.id);
    expect(nested.children[0].id).toBe(`I${top.id};${instance.id};${component.children[0].id}`);
    expect((await component.getInstancesAsync()).map((one) => one.id)).toContain(instance.id);
  });

  test('of a library work; the library’s component cannot be written', async () => {
    const file = createFigmaFile();
    const remote = file.buildRemote((figma) => button(figma).component);
    const component = await got<ComponentNode>(file, remote);
    expect([component.remote, component.parent]).toEqual([true, null]);
    const instance = component.createInstance();
    expect((await instance.getMainComponentAsync())?.remote).toBe(true);
    expect(() => {
      component.name = 'x';
    }).toThrow('in set_name: Cannot write to internal and read-only node');
    expect((await file.figma.importComponentByKeyAsync(component.key)).id).toBe(remote);
    instance.children[0].setSharedPluginData('retake', 'gen', 'x');
  });

  test('resized, let their parts follow the constraints', () => {
    const { figma } = createFigmaFile();
    const { label, instance } = button(figma);
    label.resize(80, 80);
    label.constraints = { horizontal: 'STRETCH', vertical: 'MIN' };
    instance.resize(200, 100);
    expect(instance.children[0].width).toBe(180);
    label.opacity = 0.5;
    expect([instance.width, instance.children[0].width]).toEqual([200, 180]);
  });

  test('detached, are frames', () => {
    const { instance } = button(createFigmaFile().figma);
    const frame = instance.detachInstance();
    expect([frame.type, frame.children[0].id.startsWith('I'), instance.removed]).toEqual(['FRAME', false, true]);
  });
});
