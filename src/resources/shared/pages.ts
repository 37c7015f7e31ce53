/** Every item of every page of a listing. */
export async function collect<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of pages) all.push(...(items(page) ?? []));
  return all;
}

/** What a call that takes at most `size` items says about all of them; the batches run at once. */
export async function inBatches<Item, Answer>(
  items: readonly Item[],
  size: number,
  call: (batch: Item[]) => Promise<readonly Answer[] | undefined>,
): Promise<Answer[]> {
  const batches = Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
  const answers = await Promise.all(batches.map(call));
  return answers.flatMap((answer) => answer ?? []);
}
