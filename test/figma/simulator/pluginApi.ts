/// <reference path="../../../node_modules/@figma/plugin-typings/plugin-api.d.ts" />
/** Makes Figma's types known here as they are to the sandbox: `PluginAPI` and all it names, but not its globals. */
export {};
