import { takeNamespace } from '../../wire/takeData.ts';

/**
 * Whether nothing can be written here. Figma says it of Dev Mode only (`editorType`); in a file that may just be viewed every
 * write is refused, also one that changes nothing. To know it beforehand saves an answer that would be paid for and not placed.
 */
export function isReadOnly(figma: PluginAPI): boolean {
  if (figma.editorType === 'dev') return true;
  try {
    figma.root.setSharedPluginData(takeNamespace, 'probe', '');
    return false;
  } catch {
    return true;
  }
}
