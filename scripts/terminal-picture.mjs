// Draws a captured terminal screen as an SVG:
//   tmux capture-pane -p -e | node scripts/terminal-picture.mjs > docs/images/dashboard.svg
// It knows the colours, bold and dim text that `tmux capture-pane -e` writes. No font is embedded: each run of text
// is stretched to its columns, so that the lines meet with any monospaced font.
import { text } from 'node:stream/consumers';

const cell = { width: 8.4, height: 18 };
const margin = 16;
const titleBar = 26;
const colours = {
  30: '#3b4252',
  31: '#ff7b72',
  32: '#56d364',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#56d4dd',
  37: '#e6edf3',
};
const ink = '#e6edf3';

const lines = (await text(process.stdin)).trimEnd().split('\n');
const runs = lines.map(runsOf);
const columns = Math.max(...runs.map((line) => line.reduce((sum, run) => sum + run.text.length, 0)));
const width = Math.ceil(columns * cell.width + 2 * margin);
const height = lines.length * cell.height + titleBar + margin;
process.stdout
  .write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="chatops status in a terminal">
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<g fill="#30363d"><circle cx="18" cy="14" r="5"/><circle cx="34" cy="14" r="5"/><circle cx="50" cy="14" r="5"/></g>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve">
${runs.map(drawLine).join('\n')}
</g>
</svg>
`);

/** A line as runs of text in one style. */
function runsOf(line) {
  const found = [];
  let style = { colour: ink, bold: false, dim: false };
  // oxlint-disable-next-line no-control-regex -- escape sequences are what is looked for
  for (const [, codes, said] of line.matchAll(/\u001B\[([\d;]*)m|([^\u001B]+)/g)) {
    if (said === undefined) style = codes.split(';').reduce(restyled, style);
    else found.push({ text: said, ...style });
  }
  return found;
}

function restyled(style, code) {
  const number = Number(code);
  if (number === 0) return { colour: ink, bold: false, dim: false };
  if (number === 1) return { ...style, bold: true };
  if (number === 2) return { ...style, dim: true };
  if (number === 22) return { ...style, bold: false, dim: false };
  if (number === 39) return { ...style, colour: ink };
  return { ...style, colour: colours[number >= 90 ? number - 60 : number] ?? style.colour };
}

function drawLine(line, row) {
  let column = 0;
  return line
    .map((run) => {
      const start = column;
      column += run.text.length;
      const said = run.text.trim();
      if (said === '') return '';
      const x = margin + (start + run.text.indexOf(said[0])) * cell.width;
      const y = titleBar + (row + 0.75) * cell.height;
      const length = said.length * cell.width;
      const look = `fill="${run.colour}"${run.bold ? ' font-weight="bold"' : ''}${run.dim ? ' opacity="0.55"' : ''}`;
      const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}" textLength="${length.toFixed(1)}" lengthAdjust="spacingAndGlyphs"`;
      return `<text ${place} ${look}>${escaped(said)}</text>`;
    })
    .join('');
}

function escaped(said) {
  return said.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(' ', '\u00A0');
}
