const TIMEOUT_MS = 3000;

/** GET of a JSON document. Throws on any other status than 2xx, without quoting the address: it may be a secret. */
export async function getJson<Document>(
  uri: string,
  headers: Record<string, string> = {},
): Promise<Document> {
  const response = await fetch(uri, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${new URL(uri).host} answers ${response.status}`);
  return (await response.json()) as Document;
}
