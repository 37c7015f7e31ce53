// Runs every bench, or those that are named: `npm run bench -- cold-start`. What follows the names are their options.
import { readdir } from 'node:fs/promises';

const all = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
  .map((file) => file.replace('.mjs', ''));
const given = process.argv.slice(2);
const firstOption = given.findIndex((word) => word.startsWith('-'));
const chosen = firstOption < 0 ? given : given.slice(0, firstOption);
const unknown = chosen.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`error: no bench is called ${unknown.join(', ')}\nhint: choose from ${all.join(', ')}`);
  process.exit(2);
}
process.argv.splice(2, chosen.length);
for (const name of chosen.length > 0 ? chosen : all) {
  console.log(`# ${name}`);
  await import(`./${name}.mjs`);
}
