export function foreignToMain(code: string): Promise<readonly string[]>;
export function asInlineScript(script: string): string;
