/**
 * Where reports differ or nothing is documented, a test chooses what this Photoshop does. The first word of each union is
 * the default: the harder one where nothing is documented, the documented one where a report has it fail.
 */
export interface Quirks {
  /** getPixels where the asked region holds no pixel at all. */
  readonly emptyRead: 'reject' | 'empty';
  /** getPixels of a group or an adjustment layer by its id. */
  readonly groupRead: 'reject' | 'rendered';
  /** Bits of what getLayerMask and getSelection answer. */
  readonly maskDepth: 'document' | 'eight';
  /** generatorSettings asked for with `property`: the namespace's own settings, or those of all namespaces. */
  readonly generatorSettings: 'own' | 'nested';
  /** Setting XMPMetadataAsUTF8 of a document: one report has it fail (handbook §11). */
  readonly documentXmp: 'works' | 'fails';
  /** placeEvent refused, whatever the file: "Could not update smart object files". */
  readonly placing: 'works' | 'fails';
  /** Where a placed file has its middle while something is selected. */
  readonly placedAt: 'canvas' | 'selection';
  /** The first imaging call after a putPixels fails once ("Could not open…"); a retry after a moment works. */
  readonly afterPut: 'works' | 'fails-once';
  /** Reading a document with smart objects directly fails with −32005; a flattened duplicate reads well. */
  readonly smartRead: 'works' | 'fails';
  /** Calls for more pixels than this fail; one peer reads in tiles of 4 megapixels for that reason. */
  readonly mostPixelsPerCall: number;
  /** Beyond 600 MB of image data: warned of, or refused. */
  readonly memoryLimit: 'warn' | 'refuse';
  /** Where that is; a test that has no gigabyte to spare draws it nearer. */
  readonly memoryMarkBytes: number;
}

export const strict: Quirks = {
  emptyRead: 'reject',
  groupRead: 'reject',
  maskDepth: 'document',
  generatorSettings: 'own',
  documentXmp: 'works',
  placing: 'works',
  placedAt: 'canvas',
  afterPut: 'works',
  smartRead: 'works',
  mostPixelsPerCall: Number.POSITIVE_INFINITY,
  memoryLimit: 'warn',
  memoryMarkBytes: 600 * 1024 * 1024,
};
