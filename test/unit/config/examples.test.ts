import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const root = new URL('../../../', import.meta.url);

it('docs/examples.md shows each system as its file is', async () => {
  const page = await readFile(new URL('docs/examples.md', root), 'utf8');
  const folder = new URL('test/fixtures/systems/', root);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.jsonc'));
  expect(files).toHaveLength(5);
  for (const file of files) {
    const text = await readFile(new URL(file, folder), 'utf8');
    expect(page, 'run `npm run docs`').toContain(
      `<!-- test/fixtures/systems/${file} -->\n\n\`\`\`jsonc\n${text}\`\`\`\n`,
    );
  }
});
