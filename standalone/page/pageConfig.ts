/** What the page's own server hands over: read once, with the token that it wrote into this very page. */
export interface PageConfig {
  readonly apiKey: string | null;
  readonly baseUrl: string | null;
  /** A picture given on the command line. */
  readonly document: { readonly name: string; readonly bytes: Uint8Array } | null;
}

const nothing: PageConfig = { apiKey: null, baseUrl: null, document: null };

/** Without a server of ours behind it (a plain file host), the page works all the same. */
export async function readPageConfig(): Promise<PageConfig> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="retake-token"]')?.content ?? '';
  if (token === '' || token.startsWith('{')) return nothing;
  const headers = { 'x-retake-token': token };
  try {
    const answer = await fetch('config.json', { headers });
    if (!answer.ok) return nothing;
    const config: { apiKey: string | null; baseUrl: string | null; documentName: string | null } = await answer.json();
    const file = config.documentName === null ? null : await fetch('document', { headers });
    return {
      apiKey: config.apiKey,
      baseUrl: config.baseUrl,
      document:
        file?.ok && config.documentName !== null ? { name: config.documentName, bytes: new Uint8Array(await file.arrayBuffer()) } : null,
    };
  } catch {
    return nothing;
  }
}
